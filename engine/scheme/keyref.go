package scheme

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// urlPart is a piece of the URL template: a literal, the identifier, or a value.
type urlPart struct {
	literal string
	id      bool
	value   *reference
}

func (p *keysPlan) compileURL(d *KeysDef, settings map[string]string, byRule bool) error {
	var err error
	if p.allow, err = compileAllowList(d.Hosts, d.Except, d.Path); err != nil {
		return err
	}
	for i, text := range strings.Split(d.URL, "{id}") {
		if i > 0 {
			p.url = append(p.url, urlPart{id: true})
		}
		t, err := parseTemplate(text, settings)
		if err != nil {
			return fmt.Errorf("url: %w", err)
		}
		for _, seg := range t {
			switch seg.kind {
			case webhook.Literal:
				p.addLiteral(seg.literal)
			case webhook.FromValue:
				p.url = append(p.url, urlPart{value: seg.value})
			default:
				return fmt.Errorf("url = %q: neither the body nor the secret has a place in it", d.URL)
			}
		}
	}
	for _, u := range p.url {
		p.allow.query = p.allow.query || strings.Contains(u.literal, "?")
	}
	p.ref.Group = p.group()
	return p.checkChoice(d, byRule)
}

func (p *keysPlan) addLiteral(text string) {
	if n := len(p.url); n > 0 && p.url[n-1].literal != "" {
		p.url[n-1].literal += text
		return
	}
	p.url = append(p.url, urlPart{literal: text})
}

// checkChoice demands of the allow-list what the template leaves open.
func (p *keysPlan) checkChoice(d *KeysDef, byRule bool) error {
	if len(p.url) == 0 && !byRule {
		return errors.New("url is missing: where the keys are fetched")
	}
	choosesAll := len(p.url) == 0 || p.url[0].literal == ""
	choosesHost := choosesAll || len(p.url) > 1 && !strings.Contains(strings.TrimPrefix(p.url[0].literal, "https://"), "/")
	switch {
	case choosesHost && len(d.Hosts) == 0:
		return fmt.Errorf("url = %q leaves the host to the request: list hosts", d.URL)
	case choosesAll && d.Path == "":
		return fmt.Errorf("url = %q leaves the path to the request: give a path", d.URL)
	case choosesAll:
		return nil
	}
	if len(p.url) == 1 {
		address, err := p.allow.check(p.url[0].literal)
		if err != nil {
			return fmt.Errorf("url = %q %w", d.URL, err)
		}
		p.ref.URL, p.ref.Host = address.String(), address.host
		return nil
	}
	sample := ""
	for _, u := range p.url {
		if sample += u.literal; u.literal == "" {
			sample += "x"
		}
	}
	if _, err := parseKeyURL(sample); err != nil {
		return fmt.Errorf("url = %q %w", d.URL, err)
	}
	return nil
}

// KeyRef returns the reference to the keys that a request needs, held against
// what the scheme allows. It fetches nothing.
//
// No keys are needed by a scheme whose keys are not fetched, and by a request
// that has no well-formed signature: [Verify] judges that without any. A refusal
// has the reason [webhook.KeyNotAllowed] for a place that is not allowed, or that
// of a value which is absent or cannot count; the request is then rejected with
// it, and nothing must be fetched.
//
// A scheme with a rule whose URL is not in the pack needs none here: see
// [Scheme.KeyRefAt].
func (s *Scheme) KeyRef(req *webhook.Request) (ref webhook.KeyRef, needed bool, refusal webhook.Verdict) {
	if s.keys == nil || req.Truncated || len(s.keys.url) == 0 {
		return webhook.KeyRef{}, false, webhook.Verdict{}
	}
	j := s.borrow(req, nil, time.Time{})
	defer s.giveBack(j)
	if s.rule == "" && !j.readSignatures(&s.signature).Accepted() {
		return webhook.KeyRef{}, false, webhook.Verdict{}
	}
	ref, refusal = s.keys.refer(j)
	return ref, refusal.Reason == "", refusal
}

// KeyRefAt returns the reference to the keys behind a URL that a rule states, and
// the key of an identifier, empty for any of them. An empty URL is that of the
// pack. The refusal is that of [Scheme.KeyRef].
func (s *Scheme) KeyRefAt(url, id string) (webhook.KeyRef, webhook.Verdict) {
	p := s.keys
	switch {
	case p == nil:
		return webhook.KeyRef{}, webhook.Rejected(webhook.KeyNotAllowed, "the scheme fetches no keys")
	case url == "":
		url = p.ref.URL
	case len(p.allow.hosts) == 0 || p.allow.path == "":
		return webhook.KeyRef{}, webhook.Rejected(webhook.KeyNotAllowed, "the scheme lists no hosts and path for a URL that a rule states")
	}
	ref, refusal := p.at(url, id)
	ref.Chosen = ref.Chosen || url != p.ref.URL
	return ref, refusal
}

// refer reads the values of the request that take part.
func (p *keysPlan) refer(j *judge) (webhook.KeyRef, webhook.Verdict) {
	id := ""
	if p.id != nil {
		v, refusal := j.resolve(p.id)
		if refusal.Reason != "" {
			return webhook.KeyRef{}, refusal
		}
		if !v.Found {
			return webhook.KeyRef{}, webhook.Rejected(webhook.FieldMissing, p.id.source+" is absent")
		}
		if id = v.Text; !isKeyID(id) {
			return webhook.KeyRef{}, webhook.Rejected(webhook.FieldMalformed, p.id.source+" is no key identifier")
		}
	}
	if p.ref.URL != "" {
		return p.at(p.ref.URL, id)
	}
	var url strings.Builder
	for i, u := range p.url {
		switch {
		case u.id:
			url.WriteString(escapeAll(id))
		case u.value != nil:
			v, refusal := j.resolve(u.value)
			if refusal.Reason != "" {
				return webhook.KeyRef{}, refusal
			}
			if !v.Found {
				return webhook.KeyRef{}, webhook.Rejected(webhook.FieldMissing, u.value.source+" is absent")
			}
			if i > 0 {
				v.Text = escapeAll(v.Text)
			}
			url.WriteString(v.Text)
		default:
			url.WriteString(u.literal)
		}
	}
	return p.at(url.String(), id)
}

// at makes the reference for a URL, if it is allowed.
func (p *keysPlan) at(url, id string) (webhook.KeyRef, webhook.Verdict) {
	ref := p.ref
	if url != p.ref.URL || url == "" {
		address, err := p.allow.check(url)
		if err != nil {
			return webhook.KeyRef{}, webhook.Rejected(webhook.KeyNotAllowed, "the URL of the key "+err.Error())
		}
		ref.URL, ref.Host = address.String(), address.host
	}
	if id != "" && !isKeyID(id) {
		return webhook.KeyRef{}, webhook.Rejected(webhook.FieldMalformed, "the key's identifier is not visible ASCII, or too long")
	}
	ref.ID = id
	if p.asksID {
		ref.Request = withID(ref.Request, id)
	}
	return ref, webhook.Verdict{}
}

const maxKeyID = 256

// isKeyID reports visible ASCII of a bounded length.
func isKeyID(id string) bool {
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return id != "" && len(id) <= maxKeyID
}

// escapeAll escapes everything but the unreserved characters of RFC 3986, so
// that the text cannot leave its place in a path or a query.
func escapeAll(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		if isAlphanumeric(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}
