package scheme

import (
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keyPlan turns secret material into a key, one step after the other.
type keyPlan []keyStep

// keyStep either turns bytes into bytes, or, as the last one, reads the key of a
// pair.
type keyStep struct {
	// expects says what the step takes.
	expects string
	// apply appends the outcome to dst. It reports false for material that is
	// not of the form that the step is for.
	apply func(dst, material []byte) ([]byte, bool)
	// family and pair are set in place of apply where the step reads a pair. The
	// family keeps the kinds of key apart: a public key must never come to be the
	// key of an HMAC, since everybody knows it.
	family string
	pair   func(material []byte) (keyPair, error)
}

// compileKey reads the steps of a key preparation, separated by "|". [KeySteps]
// lists them.
func compileKey(text string) (keyPlan, error) {
	var plan keyPlan
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	last := ""
	for name := range strings.SplitSeq(text, "|") {
		name = strings.TrimSpace(name)
		if last != "" {
			return nil, fmt.Errorf("key step %q: nothing can follow %s, which makes the key", name, last)
		}
		step, err := parseKeyStep(name)
		if err != nil {
			return nil, err
		}
		if step.family != "" {
			last = name
		}
		plan = append(plan, step)
	}
	return plan, nil
}

// family returns the kind of pair that the plan reads, empty where it makes the
// key of a shared secret.
func (p keyPlan) family() string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1].family
}

// fits reports a preparation whose outcome is not a key of the algorithm.
func (p keyPlan) fits(a webhook.Algorithm, m method) error {
	switch family := p.family(); {
	case m.kind == publicKeyMethod && family != m.pair.family:
		return fmt.Errorf("algorithm %q needs a key that ends with the step %s", a, m.pair.family)
	case m.kind != publicKeyMethod && family != "":
		return fmt.Errorf("key step %s gives a public key, which is no secret for algorithm %q", family, a)
	}
	return nil
}

// prepare returns what the steps leave of a secret, without the last one where
// that reads a pair.
func (p keyPlan) prepare(s webhook.Secret) ([]byte, error) {
	key := s.Reveal()
	if len(key) == 0 {
		return nil, fmt.Errorf("secret %q: %w", s.Label, webhook.ErrBlankSecret)
	}
	for _, step := range p {
		if step.apply == nil {
			break
		}
		out, ok := step.apply(nil, key)
		if !ok {
			return nil, fmt.Errorf("secret %q does not fit the scheme: it is not %s", s.Label, step.expects)
		}
		key = out
	}
	if len(key) == 0 {
		return nil, fmt.Errorf("secret %q: nothing is left of it after preparation: %w", s.Label, webhook.ErrBlankSecret)
	}
	return key, nil
}

// shared returns the key of an algorithm under which whoever verifies can sign.
// It refuses material that is a public key: with such a key everybody can.
func (p keyPlan) shared(s webhook.Secret) ([]byte, error) {
	key, err := p.prepare(s)
	if err != nil {
		return nil, err
	}
	if pair, ok := publicMaterial(key); ok {
		return nil, fmt.Errorf("secret %q is %s, which everybody may know: with it as the key of a shared secret anybody could sign", s.Label, pair.kind())
	}
	return key, nil
}

// open returns the key of a pair, ready for the method.
func (p keyPlan) open(m method, s webhook.Secret) (publicKey, error) {
	material, err := p.prepare(s)
	if err != nil {
		return nil, err
	}
	pair, err := p[len(p)-1].pair(material)
	if err != nil {
		return nil, fmt.Errorf("secret %q does not fit the scheme: %w", s.Label, err)
	}
	key, err := m.open(pair)
	if err != nil {
		return nil, fmt.Errorf("secret %q does not fit the scheme: it is %s; %w", s.Label, pair.kind(), err)
	}
	return key, nil
}

// check reports why a secret gives no key of the algorithm.
func (p keyPlan) check(s webhook.Secret, a webhook.Algorithm) error {
	m, _ := methodOf(a)
	if m.kind == publicKeyMethod {
		_, err := p.open(m, s)
		return err
	}
	key, err := p.shared(s)
	if err == nil && a == webhook.Basic && !strings.Contains(string(key), ":") {
		return fmt.Errorf("secret %q does not fit the scheme: it is not user:password", s.Label)
	}
	return err
}
