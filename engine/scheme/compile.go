package scheme

import (
	"errors"
	"fmt"
	"maps"
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
	s := &Scheme{keyText: def.Key, foreach: def.Foreach}
	l := language{settings: settings}
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	var err error
	l.parts, err = l.compileParts(def.Part)
	note(err)
	name, err := fillSettings(def.Algorithm, settings)
	note(err)
	s.algorithm, err = compileAlgorithm(name)
	note(err)
	s.method, _ = methodOf(s.algorithm)
	s.keyText, err = fillSettings(def.Key, settings)
	note(err)
	s.key, err = compileKey(s.keyText)
	note(err)
	if s.algorithm != "" && err == nil {
		note(s.key.fits(s.algorithm, s.method))
	}
	s.signature, err = compileSignature(def.Signature, l)
	note(err)
	note(s.compileToken())
	note(s.compileListedAlgorithm())
	note(s.compileKeyID(def.KeyID, l))
	note(s.compileTime(def.Time, l))
	note(s.compileRequire(def.Require, l))
	s.event, err = compileEvent(event, settings)
	note(err)
	note(s.compileMessage(def.Message, l))
	note(s.checkItems())
	if s.Tolerance() > 0 && len(s.candidates) > 0 && !s.CoversAlways().Has(webhook.CoversTime) {
		faults = append(faults, fmt.Errorf("time.from = %q is not signed, so that a tolerance on it proves nothing: whoever repeats a request writes another time", def.Time.From))
	}
	note(s.compileHandshakes(def.Handshakes, settings))
	if s.algorithm != "" {
		note(s.compileKeys(def.Keys, settings))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// compileRule compiles the parts of a scheme whose claim a guest makes.
func compileRule(def Definition, event EventDef, settings map[string]string) (*Scheme, error) {
	s := &Scheme{rule: def.Rule}
	var faults []error
	if def.Algorithm != "" || def.Message != nil || (def.Signature.Header != nil || def.Signature.From != "") {
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
	if len(faults) == 0 {
		if err := s.compileKeys(def.Keys, settings); err != nil {
			faults = append(faults, err)
		}
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

func (s *Scheme) compileTime(d *TimeDef, l language) error {
	if d == nil {
		if _, ok := l.settings["tolerance"]; ok {
			return fmt.Errorf("setting tolerance: the scheme states no time")
		}
		return nil
	}
	ref, err := l.single("time.from", d.From)
	if err != nil {
		return err
	}
	units, err := compileUnits(d.Unit)
	if err != nil {
		return err
	}
	text := d.Tolerance
	if override, ok := l.settings["tolerance"]; ok {
		text = override
	}
	tolerance, err := compileTolerance(text)
	if err != nil {
		return err
	}
	s.time = &timePlan{from: ref, units: units, tolerance: tolerance}
	return nil
}

// compileParts compiles the named parts, which refer to no others.
func (l language) compileParts(defs map[string]string) (map[string]template, error) {
	parts := map[string]template{}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		t, err := l.parse(defs[name])
		if err == nil && len(t) == 0 {
			err = errors.New("is empty")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("part.%s: %w", name, err))
		}
		parts[name] = t
	}
	return parts, errors.Join(faults...)
}

// compileToken pins what the header of a token must name.
func (s *Scheme) compileToken() error {
	if !s.signature.isToken() {
		return nil
	}
	alg, ok := tokenAlgorithms[s.algorithm]
	if !ok {
		return fmt.Errorf("algorithm %q: a token is signed with one of %s", s.algorithm, slices.Sorted(maps.Keys(tokenAlgorithms)))
	}
	s.signature.tokenAlgorithm = alg
	return nil
}

func (s *Scheme) compileKeyID(text string, l language) error {
	if text == "" {
		return nil
	}
	var err error
	s.keyID, err = l.single("key_id", text)
	return err
}

// checkItems refuses values of an item where there is none, and a foreach whose
// signature is not the item's own.
func (s *Scheme) checkItems() error {
	ofItem := func(ref *reference) bool { return ref != nil && ref.ofItem }
	if s.foreach != "" {
		if !ofItem(s.signature.from) {
			return errors.New("foreach: signature.from must be a value of the item, such as {item.signature}")
		}
		if s.time != nil || len(s.require) > 0 {
			return errors.New("foreach: time and require are of the request, and no signature covers the request")
		}
		return nil
	}
	refs := []*reference{s.signature.from, s.keyID}
	for _, c := range s.candidates {
		refs = append(refs, c.parts.references()...)
	}
	for _, r := range s.require {
		refs = append(refs, r.left, r.right)
	}
	if s.time != nil {
		refs = append(refs, s.time.from)
	}
	if i := slices.IndexFunc(refs, ofItem); i >= 0 {
		return fmt.Errorf("{%s}: there is no item without foreach", refs[i].source)
	}
	return nil
}

func (s *Scheme) compileMessage(defs MessageDef, l language) error {
	if s.method.kind == tokenMethod {
		// A token has no message: the signature is the secret.
		if len(defs) > 0 {
			return fmt.Errorf("algorithm %q takes no message", s.algorithm)
		}
		s.candidates = []candidate{{}}
		return nil
	}
	if s.signature.listsComponents() {
		if len(defs) > 0 {
			return fmt.Errorf("signature.parse = %q takes no message: the signature lists what it covers, and components what it must", s.signature.parse)
		}
		s.candidates = []candidate{s.newCandidate("", s.signature.covers())}
		return nil
	}
	if s.signature.parse == tokenSyntax {
		if len(defs) > 0 {
			return errors.New("a token is its own message; a detached one takes a message such as \"{jwt.protected}.{body | base64url}\"")
		}
		defs = MessageDef{{Text: "{jwt.input}"}}
	}
	if len(defs) == 0 {
		return fmt.Errorf("scheme needs a message such as \"{body}\"")
	}
	signing := 0
	for i, d := range defs {
		parts, err := l.parse(d.Text)
		if err != nil {
			return err
		}
		secret := parts.has(webhook.SecretText)
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
