package scheme

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

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
