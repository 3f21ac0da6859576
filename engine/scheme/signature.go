package scheme

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxSignatures bounds how many signatures one request may carry, and with it
// the work that a forged header can cause.
const maxSignatures = 16

// signaturePlan is where the signature stands and how it is written.
type signaturePlan struct {
	// headers are its names, of which one at most may be present.
	headers []string
	// numbered is the highest number that the header's name may end with, 0 for
	// a name without one.
	numbered int
	// repeats says that all of the headers may be there, several times each.
	repeats bool
	// from is another place than a header, nil without one.
	from     *reference
	prefixes []string
	// parse is how the text is taken apart.
	parse     syntax
	take      string
	separator string
	// several says that the pairs of a signer hold one signature for each secret.
	several bool
	// groups stands between groups of pairs, empty for one group alone.
	groups string
	// between stands within an item: between version and signature, or between
	// the fields of a positional item.
	between string
	fields  []string
	// defaults are the texts that fields are written with where nothing states
	// them, in which labelField stands for the secret's label.
	defaults  map[string]string
	encodings []webhook.Encoding
	// algorithm is what the header of a token must name.
	tokenAlgorithm string
	// components are what a message signature must cover, label its name, and
	// algorithmNames what it may call its algorithm, the first the one written.
	components     []component
	label          string
	algorithmNames []string
}

// syntax is how the text of a signature is taken apart.
type syntax string

const (
	plainSyntax      syntax = "plain"
	pairsSyntax      syntax = "kv"
	listSyntax       syntax = "list"
	positionalSyntax syntax = "positional"
	tokenSyntax      syntax = "jwt"
	detachedSyntax   syntax = "jws-detached"
	messageSyntax    syntax = "rfc9421"
	cavageSyntax     syntax = "cavage"
)

// signatureField is what the signature is called among positional fields, and
// labelField stands for the label of the secret in what others are written with.
const (
	signatureField = "signature"
	labelField     = "{label}"
)

func (p *signaturePlan) isToken() bool { return p.parse == tokenSyntax || p.parse == detachedSyntax }

func compileSignature(d SignatureDef, l language) (signaturePlan, error) {
	p := signaturePlan{
		numbered: d.Numbered, repeats: d.Repeats, prefixes: d.Prefix, parse: syntax(d.Parse),
		take: d.Take, separator: d.Separator, groups: d.Groups, between: d.Between, several: d.Several,
	}
	p.compileFields(d.Fields)
	for _, name := range d.Header {
		name, err := fillSettings(name, l.settings)
		if err != nil || name == "" {
			return p, errors.Join(fmt.Errorf("signature.header = %q names no header", d.Header), err)
		}
		p.headers = append(p.headers, http.CanonicalHeaderKey(name))
	}
	switch {
	case len(p.headers) == 0 && d.From == "":
		return p, errors.New("signature needs a header, or from where else it is read")
	case len(p.headers) > 0 && d.From != "":
		return p, errors.New("signature has either a header or from, not both")
	case d.From == "" && (p.numbered < 0 || p.numbered > 100), d.From != "" && (p.numbered != 0 || p.repeats):
		return p, errors.New("signature.numbered is 1 to 100; it and signature.repeats go with a header")
	}
	var err error
	if d.From != "" {
		if p.from, err = l.single("signature.from", d.From); err != nil {
			return p, err
		}
	}
	if err := p.compileSyntax(d); err != nil {
		return p, err
	}
	if p.isToken() {
		if d.Encoding != nil {
			return p, fmt.Errorf("signature.parse = %q: the signature of a token is in base64url, and takes no encoding", d.Parse)
		}
		p.encodings = []webhook.Encoding{webhook.Base64URL}
		return p, nil
	}
	if err := p.compileListing(d); err != nil || p.listsComponents() {
		return p, err
	}
	p.encodings, err = compileEncodings(d.Encoding)
	return p, err
}

// compileFields reads positional fields, "name" or "name=text".
func (p *signaturePlan) compileFields(list []string) {
	for _, field := range list {
		name, text, given := strings.Cut(field, "=")
		if given {
			if p.defaults == nil {
				p.defaults = map[string]string{}
			}
			p.defaults[name] = text
		}
		p.fields = append(p.fields, name)
	}
}

func (p *signaturePlan) hasDefault(field string) bool {
	_, has := p.defaults[field]
	return has
}

func (p *signaturePlan) compileSyntax(d SignatureDef) error {
	separators := map[syntax][2]string{
		plainSyntax: {}, pairsSyntax: {",", "="}, listSyntax: {" ", ","}, positionalSyntax: {"", ","}, tokenSyntax: {}, detachedSyntax: {}, messageSyntax: {}, cavageSyntax: {},
	}
	if p.parse == "" {
		p.parse = plainSyntax
	}
	standard, known := separators[p.parse]
	structured := p.parse == pairsSyntax || p.parse == listSyntax || p.parse == positionalSyntax
	switch {
	case !known:
		return fmt.Errorf("unknown signature.parse %q; it is plain, kv, list, positional, jwt, jws-detached, rfc9421 or cavage", d.Parse)
	case !structured && (p.take != "" || p.separator != "" || p.between != ""):
		return errors.New(`signature.take, signature.separator and signature.between go with parse = "kv", "list" or "positional"`)
	case p.parse != pairsSyntax && (p.groups != "" || p.several):
		return errors.New(`signature.groups and signature.several go with parse = "kv"`)
	case p.parse == pairsSyntax && p.take == "":
		return errors.New(`signature.parse = "kv" needs take, the key of the signature`)
	case (p.parse == positionalSyntax) != (len(p.fields) > 0):
		return errors.New(`signature.fields are the names of the fields of parse = "positional", and go with it alone`)
	case p.hasDefault(signatureField), slices.Contains(slices.Collect(maps.Values(p.defaults)), ""):
		return fmt.Errorf("signature.fields = %q: the text of a field must not be empty, and the signature's is computed", d.Fields)
	case len(p.fields) > 0 && !slices.Contains(p.fields, signatureField):
		return fmt.Errorf("signature.fields = %q: one of them is %q", p.fields, signatureField)
	case p.parse == positionalSyntax && p.take != "":
		return errors.New("signature.take does not go with positional fields")
	}
	if p.separator == "" {
		p.separator = standard[0]
	}
	if p.between == "" {
		p.between = standard[1]
	}
	return nil
}

// headerSyntax is a structured signature header, taken apart.
type headerSyntax struct {
	members []webhook.Value
}

func (s *headerSyntax) find(name string) webhook.Value {
	for _, m := range s.members {
		if m.Origin.Name == name {
			return m
		}
	}
	return webhook.Value{Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: name}}
}

// add keeps a member. It reports false for one that is there twice, since the
// message is made of it.
func (s *headerSyntax) add(name, text string) bool {
	if s.find(name).Found || len(s.members) >= maxSignatures {
		return false
	}
	s.members = append(s.members, webhook.Value{
		Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: name}, Text: text, Found: true,
	})
	return true
}

// readSignatures reads the signatures of the request into j.sigs.
func (j *judge) readSignatures(p *signaturePlan) webhook.Verdict {
	if p.from != nil {
		return j.signatureFrom(p)
	}
	if p.repeats && p.numbered == 0 {
		return j.repeatedSignatures(p)
	}
	present := ""
	for _, name := range p.headers {
		if p.numbered > 0 {
			return j.numberedSignatures(p, name)
		}
		if len(j.req.Header[name]) == 0 {
			continue
		}
		if present != "" {
			return webhook.Rejected(webhook.SignatureAmbiguous, "")
		}
		present = name
	}
	values := j.req.Header[present]
	switch {
	case len(values) == 0:
		return p.missing()
	case len(values) > 1:
		return webhook.Rejected(webhook.SignatureAmbiguous, "")
	}
	return j.signatureText(p, values[0], webhook.Origin{Kind: webhook.HeaderOrigin, Name: present})
}

// repeatedSignatures reads all of the headers, as often as they are there.
func (j *judge) repeatedSignatures(p *signaturePlan) webhook.Verdict {
	var texts []string
	for _, name := range p.headers {
		texts = append(texts, j.req.Header[name]...)
	}
	return j.anySignature(p, texts, webhook.Origin{Kind: webhook.HeaderOrigin, Name: p.headers[0]})
}

// anySignature reads several texts, of which one that is malformed does not spoil
// the others.
func (j *judge) anySignature(p *signaturePlan, texts []string, at webhook.Origin) webhook.Verdict {
	if len(texts) > maxSignatures {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("%d signatures, at most %d", len(texts), maxSignatures))
	}
	last := p.missing()
	for _, text := range texts {
		if v := j.signatureText(p, text, at); !v.Accepted() {
			last = v
		}
	}
	if len(j.sigs) == 0 {
		return last
	}
	return bounded(j.sigs)
}

// missing names the headers in which a signature was looked for.
func (p *signaturePlan) missing() webhook.Verdict {
	names := strings.Join(p.headers, " or ")
	if p.numbered > 0 {
		names = fmt.Sprintf("%s1 to %[1]s%d", p.headers[0], p.numbered)
	}
	return webhook.Rejected(webhook.SignatureMissing, "there is no header "+names)
}

func (j *judge) numberedSignatures(p *signaturePlan, name string) webhook.Verdict {
	var texts []string
	for i := range p.numbered {
		switch values := j.req.Header[http.CanonicalHeaderKey(name+strconv.Itoa(i+1))]; {
		case len(values) > 1:
			return webhook.Rejected(webhook.SignatureAmbiguous, "")
		case len(values) == 1:
			texts = append(texts, values[0])
		}
	}
	return j.anySignature(p, texts, webhook.Origin{Kind: webhook.HeaderOrigin, Name: name})
}

func (j *judge) signatureFrom(p *signaturePlan) webhook.Verdict {
	v, refusal := j.resolve(p.from)
	switch {
	case refusal.Reason == webhook.FieldAmbiguous:
		return webhook.Rejected(webhook.SignatureAmbiguous, refusal.Detail)
	case refusal.Reason == webhook.FieldMalformed:
		return webhook.Rejected(webhook.SignatureMalformed, refusal.Detail)
	case refusal.Reason != "":
		return refusal
	case !v.Found:
		return webhook.Rejected(webhook.SignatureMissing, p.from.source+" is absent")
	}
	return j.signatureText(p, v.Text, v.Origin)
}

// signatureText reads the signatures of one text.
func (j *judge) signatureText(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	ok := len(p.prefixes) == 0
	for _, prefix := range p.prefixes {
		if rest, found := strings.CutPrefix(text, prefix); found {
			text, ok = rest, true
			break
		}
	}
	if !ok || text == "" {
		return webhook.Rejected(webhook.SignatureMalformed, "")
	}
	switch p.parse {
	case pairsSyntax:
		return j.readPairs(p, text, at)
	case listSyntax:
		return j.readList(p, text, at)
	case positionalSyntax:
		return j.readPositional(p, text, at)
	case tokenSyntax, detachedSyntax:
		return j.readToken(p, text, at)
	case messageSyntax:
		return j.readMessageSignature(p, text, at)
	case cavageSyntax:
		return j.readCavage(p, text, at)
	}
	j.addSignature(p, text, at)
	return webhook.Verdict{Outcome: webhook.Accept}
}

func (j *judge) addSignature(p *signaturePlan, text string, at webhook.Origin) {
	j.sigs = append(j.sigs, webhook.Signature{Text: text, Encodings: p.encodings, Origin: at})
}

// readPairs reads "t=1,v1=ab,v1=cd". A member beside the signature may stand
// once only, since the message is made of it; in another group it may be again,
// and the same.
func (j *judge) readPairs(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	wellFormed := true
	if p.groups == "" {
		wellFormed = j.readGroup(p, text, at)
	} else {
		for group := range strings.SplitSeq(text, p.groups) {
			wellFormed = wellFormed && j.readGroup(p, group, at)
		}
	}
	if !wellFormed {
		return webhook.Rejected(webhook.SignatureMalformed, "")
	}
	return j.taken(p, true)
}

func (j *judge) readGroup(p *signaturePlan, text string, at webhook.Origin) bool {
	for item := range strings.SplitSeq(text, p.separator) {
		key, value, ok := strings.Cut(strings.TrimSpace(item), p.between)
		switch {
		case !ok:
			return false
		case key == p.take:
			j.addSignature(p, value, at)
		case !j.syntax.add(key, value) && (p.groups == "" || j.syntax.find(key).Text != value):
			return false
		}
	}
	return true
}

// readList reads "v1,ab v1,cd v1a,ef", where other versions are passed over, or
// "ab,cd" without versions.
func (j *judge) readList(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	wellFormed := true
	for item := range strings.SplitSeq(text, p.separator) {
		if p.take == "" {
			j.addSignature(p, strings.TrimSpace(item), at)
			continue
		}
		version, value, ok := strings.Cut(item, p.between)
		switch {
		case !ok:
			wellFormed = false
		case version == p.take:
			j.addSignature(p, value, at)
		}
	}
	return j.taken(p, wellFormed)
}

// readPositional reads "1663103925004,ab,cd", fields by their place; where the
// signature is the last of them there may be more. With a separator there are
// several such items, whose other fields the message cannot use.
func (j *judge) readPositional(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	items := []string{text}
	if p.separator != "" {
		items = strings.Split(text, p.separator)
	}
	if len(items) > maxSignatures {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("%d signatures, at most %d", len(items), maxSignatures))
	}
	last := len(p.fields) - 1
	for _, item := range items {
		values := strings.Split(strings.TrimSpace(item), p.between)
		if len(values) < len(p.fields) || len(values) > len(p.fields) && p.fields[last] != signatureField {
			return webhook.Rejected(webhook.SignatureMalformed, "")
		}
		for i, value := range values {
			switch name := p.fields[min(i, last)]; {
			case name == signatureField:
				j.addSignature(p, value, at)
			case len(items) == 1 && !j.syntax.add(name, value):
				return webhook.Rejected(webhook.SignatureMalformed, "")
			}
		}
	}
	return j.taken(p, true)
}

// taken judges what reading a structured text has given.
func (j *judge) taken(p *signaturePlan, wellFormed bool) webhook.Verdict {
	switch {
	case len(j.sigs) == 0 && !wellFormed:
		return webhook.Rejected(webhook.SignatureMalformed, "")
	case len(j.sigs) == 0:
		return webhook.Rejected(webhook.SignatureMissing, "no signature of version "+p.take)
	}
	return bounded(j.sigs)
}

func bounded(sigs []webhook.Signature) webhook.Verdict {
	if len(sigs) > maxSignatures {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("%d signatures, at most %d", len(sigs), maxSignatures))
	}
	return webhook.Verdict{Outcome: webhook.Accept}
}
