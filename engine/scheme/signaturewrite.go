package scheme

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// madeSignature is a signature in its encoding, with the label of the secret that
// made it.
type madeSignature struct{ label, text string }

// CarriesSeveral reports whether a request can carry a signature by each of
// several secrets, so that both an old and a new one verify while they are
// exchanged. Of other schemes a request carries the signature by one secret.
func (s *Scheme) CarriesSeveral() bool {
	p := &s.signature
	switch p.parse {
	case pairsSyntax:
		return p.several || p.repeated()
	case listSyntax:
		return true
	case positionalSyntax:
		return p.repeated() || p.separator != "" || p.endsWithSignature()
	}
	return p.repeated()
}

// CheckSigner reports why a secret cannot sign: the scheme cannot, the secret does
// not fit it (see [Scheme.CheckSecret]), or it is a public key, which is
// [ErrCannotSign].
func (s *Scheme) CheckSigner(secret webhook.Secret) error {
	if err := errors.Join(s.CanSign(), s.CheckSecret(secret)); err != nil || s.method.kind != publicKeyMethod {
		return err
	}
	key, err := s.key.open(s.method, secret)
	if err != nil {
		return err
	}
	var digest []byte
	if s.method.hash != nil {
		digest = make([]byte, s.method.hash().Size())
	}
	if _, err = key.sign(digest); errors.Is(err, errPublicOnly) {
		return fmt.Errorf("%w: secret %q %w", ErrCannotSign, secret.Label, err)
	}
	return err
}

// repeated reports whether every signature has a header of its own.
func (p *signaturePlan) repeated() bool { return p.repeats || p.numbered > 0 }

// endsWithSignature reports whether a positional text may go on with further
// signatures.
func (p *signaturePlan) endsWithSignature() bool {
	return len(p.fields) > 0 && p.fields[len(p.fields)-1] == signatureField
}

// write composes the texts of the signatures from them and the members that the
// message used: one text, or one for each signature where these have headers of
// their own.
func (p *signaturePlan) write(made []madeSignature, members []webhook.Value) ([]string, error) {
	if !p.repeated() {
		text, err := p.writeTogether(made, members)
		return []string{text}, err
	}
	var texts []string
	for i := range made {
		text, err := p.writeTogether(made[i:i+1], members)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (p *signaturePlan) writeTogether(made []madeSignature, members []webhook.Value) (string, error) {
	prefix := ""
	if len(p.prefixes) > 0 {
		prefix = p.prefixes[0]
	}
	switch p.parse {
	case pairsSyntax:
		return prefix + p.writePairs(made, members), nil
	case listSyntax:
		return prefix + p.writeList(made), nil
	case positionalSyntax:
		text, err := p.writePositional(made, members)
		return prefix + text, err
	case messageSyntax, cavageSyntax:
		return prefix + p.writeListed(made[0].text, members), nil
	}
	return prefix + made[0].text, nil
}

// writePairs writes "t=1,v1=ab,v1=cd", or a group of its own for each signature.
func (p *signaturePlan) writePairs(made []madeSignature, members []webhook.Value) string {
	var stated []string
	for _, m := range members {
		stated = append(stated, m.Origin.Name+p.between+m.Text)
	}
	var groups []string
	items := slices.Clone(stated)
	for i, sig := range made {
		items = append(items, p.take+p.between+sig.text)
		if p.groups != "" || i == len(made)-1 {
			groups = append(groups, strings.Join(items, p.separator))
			items = slices.Clone(stated)
		}
	}
	return strings.Join(groups, p.groups)
}

func (p *signaturePlan) writeList(made []madeSignature) string {
	items := make([]string, len(made))
	for i, sig := range made {
		items[i] = sig.text
		if p.take != "" {
			items[i] = p.take + p.between + sig.text
		}
	}
	return strings.Join(items, p.separator)
}

// writePositional writes an item for each signature where items have a separator,
// and one item that ends with all of them where it may.
func (p *signaturePlan) writePositional(made []madeSignature, members []webhook.Value) (string, error) {
	if p.separator == "" {
		item, err := p.writeItem(made[0], members)
		if p.endsWithSignature() {
			for _, sig := range made[1:] {
				item += p.between + sig.text
			}
		}
		return item, err
	}
	items := make([]string, len(made))
	for i, sig := range made {
		var err error
		if items[i], err = p.writeItem(sig, members); err != nil {
			return "", err
		}
	}
	return strings.Join(items, p.separator), nil
}

func (p *signaturePlan) writeItem(sig madeSignature, members []webhook.Value) (string, error) {
	syntax := headerSyntax{members: members}
	values := make([]string, len(p.fields))
	for i, name := range p.fields {
		if name == signatureField {
			values[i] = sig.text
			continue
		}
		if v := syntax.find(name); v.Found {
			values[i] = v.Text
			continue
		}
		text, given := p.defaults[name]
		values[i] = strings.ReplaceAll(text, labelField, sig.label)
		switch {
		case !given:
			return "", fmt.Errorf("cannot sign: nothing says what the field %q of the signature is; the scheme gives one as %q", name, name+"=TEXT")
		case values[i] == "" || strings.Contains(values[i], p.between) || p.separator != "" && strings.Contains(values[i], p.separator):
			return "", fmt.Errorf("cannot sign: %q cannot be the field %q of the signature: label the secret otherwise", values[i], name)
		}
	}
	return strings.Join(values, p.between), nil
}

// putSignatures writes the texts where the scheme reads them, in the place of any
// that were there.
func (j *judge) putSignatures(p *signaturePlan, texts []string) {
	if p.from != nil {
		j.put(p.place(), texts[0], nil)
		return
	}
	for _, name := range p.headers {
		delete(j.req.Header, name)
		for i := range p.numbered {
			j.req.Header.Del(name + strconv.Itoa(i+1))
		}
	}
	for i, text := range texts {
		j.req.Header.Add(p.headerOf(i), text)
	}
}

// headerOf is the header of a signature by its place among several: they are
// numbered, or have names of their own of which the last is repeated.
func (p *signaturePlan) headerOf(i int) string {
	if p.numbered > 0 {
		return http.CanonicalHeaderKey(p.headers[0] + strconv.Itoa(i+1))
	}
	return p.headers[min(i, len(p.headers)-1)]
}
