package scheme

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Scheme is a compiled [Definition].
type Scheme struct {
	algorithm  webhook.Algorithm
	method     method
	keyText    string
	key        keyPlan
	signature  signaturePlan
	candidates []candidate
	// signing is the index of the candidate that is signed.
	signing int
	time    *timePlan
	require []requirement
	event   eventPlan
	// rule is the file of the guest that makes the claim, empty for a scheme
	// that is all data; allowed are the algorithms that the guest may use.
	rule    string
	allowed []webhook.Algorithm
	judges  sync.Pool
}

// candidate is one form of the message.
type candidate struct {
	name   string
	parts  template
	covers webhook.Coverage
	// readsJSON says that a signed value comes from the body's JSON.
	readsJSON bool
}

type timePlan struct {
	from      *reference
	units     []webhook.TimeUnit
	tolerance time.Duration
}

type requirement struct {
	left, right *reference
	set         []string
	optional    bool
}

// Compile checks a definition and makes it ready for use. Settings fill the
// values setting.NAME; the setting "tolerance" replaces the tolerance.
//
// The error joins every fault.
func Compile(def Definition, event EventDef, settings map[string]string) (*Scheme, error) {
	if def.Rule != "" {
		return compileRule(def, event, settings)
	}
	s := &Scheme{keyText: def.Key}
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	var err error
	s.algorithm, err = compileAlgorithm(def.Algorithm)
	note(err)
	s.method, _ = methodOf(s.algorithm)
	s.keyText, err = fillSettings(def.Key, settings)
	note(err)
	s.key, err = compileKey(s.keyText)
	note(err)
	s.signature, err = compileSignature(def.Signature)
	note(err)
	note(s.compileTime(def.Time, settings))
	note(s.compileRequire(def.Require, settings))
	s.event, err = compileEvent(event, settings)
	note(err)
	note(s.compileMessage(def.Message, settings))
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// compileRule compiles the parts of a scheme whose claim a guest makes.
func compileRule(def Definition, event EventDef, settings map[string]string) (*Scheme, error) {
	s := &Scheme{rule: def.Rule}
	var faults []error
	if def.Algorithm != "" || def.Message != nil || def.Signature.Header != "" {
		faults = append(faults, fmt.Errorf("a scheme with a rule takes algorithms alone; algorithm, signature and message are the rule's to say"))
	}
	if len(def.Algorithms) == 0 {
		faults = append(faults, fmt.Errorf("a scheme with a rule lists its algorithms"))
	}
	for _, name := range def.Algorithms {
		a, err := compileAlgorithm(name)
		if err != nil {
			faults = append(faults, err)
		}
		s.allowed = append(s.allowed, a)
	}
	var err error
	if s.event, err = compileEvent(event, settings); err != nil {
		faults = append(faults, err)
	}
	return s, errors.Join(faults...)
}

// fillSettings replaces {setting.NAME} in text that holds no other value.
func fillSettings(text string, settings map[string]string) (string, error) {
	t, err := parseTemplate(text, settings)
	if err != nil {
		return "", err
	}
	out := ""
	for _, seg := range t {
		if seg.kind != webhook.Literal {
			return "", fmt.Errorf("%q takes no value but {setting.NAME}", text)
		}
		out += seg.literal
	}
	return out, nil
}

func (s *Scheme) compileTime(d *TimeDef, settings map[string]string) error {
	if d == nil {
		if _, ok := settings["tolerance"]; ok {
			return fmt.Errorf("setting tolerance: the scheme states no time")
		}
		return nil
	}
	from, err := parseTemplate(d.From, settings)
	if err != nil {
		return err
	}
	ref, ok := from.single()
	if !ok {
		return fmt.Errorf("time.from = %q must be one value in braces", d.From)
	}
	units, err := compileUnits(d.Unit)
	if err != nil {
		return err
	}
	text := d.Tolerance
	if override, ok := settings["tolerance"]; ok {
		text = override
	}
	tolerance, err := compileTolerance(text)
	if err != nil {
		return err
	}
	s.time = &timePlan{from: ref, units: units, tolerance: tolerance}
	return nil
}

func (s *Scheme) compileRequire(defs []RequireDef, settings map[string]string) error {
	for i, d := range defs {
		texts := d.Equals
		if d.Value != "" {
			texts = []string{d.Value}
		}
		if (len(d.Equals) == 2) == (d.Value != "" && len(d.In) > 0) {
			return fmt.Errorf("require %d needs either equals with two values, or value and in", i+1)
		}
		r := requirement{set: d.In, optional: d.Optional}
		refs := make([]*reference, 0, 2)
		for _, text := range texts {
			t, err := parseTemplate(text, settings)
			if err != nil {
				return err
			}
			ref, ok := t.single()
			if !ok {
				return fmt.Errorf("require %d: %q must be one value in braces", i+1, text)
			}
			refs = append(refs, ref)
		}
		r.left = refs[0]
		if len(refs) == 2 {
			r.right = refs[1]
		}
		s.require = append(s.require, r)
	}
	return nil
}

func (s *Scheme) compileMessage(defs MessageDef, settings map[string]string) error {
	if s.method.size == 0 {
		// A token has no message: the signature is the secret.
		if len(defs) > 0 {
			return fmt.Errorf("algorithm %q takes no message", s.algorithm)
		}
		s.candidates = []candidate{{}}
		return nil
	}
	if len(defs) == 0 {
		return fmt.Errorf("scheme needs a message such as \"{body}\"")
	}
	signing := 0
	for i, d := range defs {
		parts, err := parseTemplate(d.Text, settings)
		if err != nil {
			return err
		}
		keyed := s.method.mac || slices.ContainsFunc(parts, func(seg segment) bool { return seg.kind == webhook.SecretText })
		if !keyed {
			return fmt.Errorf("message %q: no key takes part, so that anybody could make the signature: put {secret} in, or use an HMAC", d.Text)
		}
		if d.Sign {
			signing++
			s.signing = i
		}
		s.candidates = append(s.candidates, s.newCandidate(d.Name, parts))
	}
	if signing > 1 {
		return fmt.Errorf("%d candidates are marked sign; one form is signed", signing)
	}
	return nil
}

func (s *Scheme) newCandidate(name string, parts template) candidate {
	c := candidate{name: name, parts: parts}
	var signed []webhook.Origin
	for _, seg := range parts {
		switch seg.kind {
		case webhook.RawBody, webhook.ECMAScriptBody:
			c.covers |= webhook.CoversBody
		case webhook.FromValue:
			signed = append(signed, seg.value.origins()...)
			c.readsJSON = c.readsJSON || seg.value.readsJSON()
		}
	}
	covered := func(refs ...*reference) bool {
		for _, ref := range refs {
			for _, o := range ref.origins() {
				if !originCovered(o, signed, c.covers.Has(webhook.CoversBody)) {
					return false
				}
			}
		}
		return len(refs) > 0
	}
	if covered(s.event.id.references()...) {
		c.covers |= webhook.CoversID
	}
	if covered(s.event.typ.references()...) {
		c.covers |= webhook.CoversType
	}
	if s.time != nil && covered(s.time.from) {
		c.covers |= webhook.CoversTime
	}
	return c
}

// originCovered reports whether a signature vouches for what stands at o: it is
// signed itself, or it stands in a body that is.
func originCovered(o webhook.Origin, signed []webhook.Origin, body bool) bool {
	if o.Kind == webhook.JSONOrigin || o.Kind == webhook.FormOrigin {
		if body {
			return true
		}
	}
	return o.Kind != webhook.NoOrigin && slices.Contains(signed, o)
}

func (r *reference) origins() []webhook.Origin {
	if r.either != nil {
		return []webhook.Origin{r.origin, *r.either}
	}
	return []webhook.Origin{r.origin}
}

func (r *reference) readsJSON() bool {
	return slices.ContainsFunc(r.origins(), func(o webhook.Origin) bool { return o.Kind == webhook.JSONOrigin })
}

func (t template) references() []*reference {
	var refs []*reference
	for _, seg := range t {
		if seg.kind == webhook.FromValue {
			refs = append(refs, seg.value)
		}
	}
	return refs
}

// Rule returns the file of the guest that makes the claim, empty for a scheme
// that is all data.
func (s *Scheme) Rule() string { return s.rule }

// Allowed lists the algorithms that the scheme may use.
func (s *Scheme) Allowed() []webhook.Algorithm {
	if s.rule != "" {
		return slices.Clone(s.allowed)
	}
	return []webhook.Algorithm{s.algorithm}
}

// SignatureHeader returns the canonical name of the header that carries the
// signature, empty where a rule decides it.
func (s *Scheme) SignatureHeader() string { return s.signature.header }

// Tolerance returns how far a stated time may be from now, zero if it is not
// bounded.
func (s *Scheme) Tolerance() time.Duration {
	if s.time == nil {
		return 0
	}
	return s.time.tolerance
}

// CoversAlways returns what every form of the message covers.
func (s *Scheme) CoversAlways() webhook.Coverage {
	if len(s.candidates) == 0 {
		return 0
	}
	all := s.candidates[0].covers
	for _, c := range s.candidates[1:] {
		all &= c.covers
	}
	return all
}

// CheckSecret reports why a secret cannot be used with the scheme: it is blank,
// or not of the form that the key preparation demands.
func (s *Scheme) CheckSecret(secret webhook.Secret) error { return s.key.check(secret) }

// SecretHeaders lists the headers that carry the secret itself, which must be
// redacted before a request is stored or shown.
func (s *Scheme) SecretHeaders() []string {
	if s.rule == "" && s.method.size == 0 {
		return []string{s.signature.header}
	}
	return nil
}
