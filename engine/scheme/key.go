package scheme

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keyPlan turns secret material into a key, one step after the other.
type keyPlan []keyStep

type keyStep struct {
	name string
	// apply appends the outcome to dst. It reports false for material that is
	// not of the form that the step is for.
	apply func(dst, material []byte) ([]byte, bool)
}

// compileKey reads the steps of a key preparation, separated by "|":
//
//	utf-8            the bytes as they are, the default
//	strip:TEXT       without TEXT at the start, if it is there, once
//	base64, hex      decoded strictly
//	ed25519          an Ed25519 key: a public one as 64 hex digits, base64 or PEM,
//	                 or a private one as PEM (PKCS #8), which can sign too; the
//	                 last step, and for that algorithm alone (Discord)
//	latin1-as-utf8   each byte as a Latin-1 character, written in UTF-8, which
//	                 is what PHP's utf8_encode does (Dastra)
func compileKey(text string) (keyPlan, error) {
	var plan keyPlan
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(text, "|") {
		name = strings.TrimSpace(name)
		prefix, strips := strings.CutPrefix(name, "strip:")
		switch {
		case name == "utf-8":
		case strips && prefix != "":
			plan = append(plan, keyStep{name, func(dst, m []byte) ([]byte, bool) {
				if len(m) >= len(prefix) && string(m[:len(prefix)]) == prefix {
					m = m[len(prefix):]
				}
				return append(dst, m...), true
			}})
		case name == "base64":
			plan = append(plan, keyStep{name, decodeKeyBase64})
		case name == "hex":
			plan = append(plan, keyStep{name, func(dst, m []byte) ([]byte, bool) {
				out, err := hex.AppendDecode(dst, m)
				return out, err == nil
			}})
		case name == ed25519Step:
			plan = append(plan, keyStep{name, ed25519Key})
		case name == "latin1-as-utf8":
			plan = append(plan, keyStep{name, func(dst, m []byte) ([]byte, bool) {
				for _, b := range m {
					dst = utf8.AppendRune(dst, rune(b))
				}
				return dst, true
			}})
		default:
			return nil, fmt.Errorf("unknown key step %q; steps are utf-8, strip:TEXT, base64, hex, ed25519, latin1-as-utf8", name)
		}
	}
	return plan, nil
}

// expects says what the step takes.
func (s keyStep) expects() string {
	if s.name == ed25519Step {
		return "an Ed25519 key: 64 hex digits, base64 or PEM of the public one, or PEM of the private one"
	}
	return s.name
}

var strictBase64 = base64.StdEncoding.Strict()

func decodeKeyBase64(dst, m []byte) ([]byte, bool) {
	for _, c := range m {
		if c == '\r' || c == '\n' {
			return dst, false
		}
	}
	out, err := strictBase64.AppendDecode(dst, m)
	return out, err == nil
}

// prepare returns the key for a secret, appended to scratch when a step made a
// copy, and the scratch space to go on with.
func (p keyPlan) prepare(scratch []byte, s webhook.Secret) (key, rest []byte, ok bool) {
	key = s.Reveal()
	for _, step := range p {
		start := len(scratch)
		if scratch, ok = step.apply(scratch, key); !ok {
			return nil, scratch, false
		}
		key = scratch[start:len(scratch):len(scratch)]
	}
	return key, scratch, len(key) > 0
}

// check reports which step a secret does not fit.
func (p keyPlan) check(s webhook.Secret) error {
	key := s.Reveal()
	if len(key) == 0 {
		return fmt.Errorf("secret %q: %w", s.Label, webhook.ErrBlankSecret)
	}
	for _, step := range p {
		out, ok := step.apply(nil, key)
		if !ok {
			return fmt.Errorf("secret %q does not fit the scheme: it is not %s", s.Label, step.expects())
		}
		key = out
	}
	if len(key) == 0 {
		return fmt.Errorf("secret %q: nothing is left of it after preparation: %w", s.Label, webhook.ErrBlankSecret)
	}
	return nil
}
