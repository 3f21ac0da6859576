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
	if s.algorithm != "" && err == nil {
		note(s.key.fits(s.algorithm, s.method))
	}
	s.signature, err = compileSignature(def.Signature)
	note(err)
	note(s.compileTime(def.Time, settings))
	note(s.compileRequire(def.Require, settings))
	s.event, err = compileEvent(event, settings)
	note(err)
	note(s.compileMessage(def.Message, settings))
	if s.Tolerance() > 0 && len(s.candidates) > 0 && !s.CoversAlways().Has(webhook.CoversTime) {
		faults = append(faults, fmt.Errorf("time.from = %q is not signed, so that a tolerance on it proves nothing: whoever repeats a request writes another time", def.Time.From))
	}
	note(s.compileHandshakes(def.Handshakes, settings))
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
	if len(def.Handshakes) > 0 {
		faults = append(faults, fmt.Errorf("a scheme with a rule has no handshake of its own; challenges are the rule's to answer"))
	}
	public := 0
	for _, name := range def.Algorithms {
		a, err := compileAlgorithm(name)
		if err != nil {
			faults = append(faults, err)
		}
		if m, _ := methodOf(a); m.kind == publicKeyMethod {
			public++
		}
		s.allowed = append(s.allowed, a)
	}
	if public > 0 && public < len(s.allowed) {
		faults = append(faults, fmt.Errorf("algorithms = %s: a source has one kind of secret, and a public key, which everybody may know, must not be tried as a shared one", def.Algorithms))
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
	ref, err := parseSingle("time.from", d.From, settings)
	if err != nil {
		return err
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

func (s *Scheme) compileMessage(defs MessageDef, settings map[string]string) error {
	if s.method.kind == tokenMethod {
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
		secret := slices.ContainsFunc(parts, func(seg segment) bool { return seg.kind == webhook.SecretText })
		if secret && s.method.kind == publicKeyMethod {
			return fmt.Errorf("message %q: {secret} has no place under %s, whose key is public", d.Text, s.algorithm)
		}
		if s.method.kind == digestMethod && !secret {
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
