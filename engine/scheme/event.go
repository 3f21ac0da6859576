package scheme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// EventDef says how an accepted event is known, the [event] table of a
// provider.toml.
type EventDef struct {
	// ID and Type are templates.
	ID   string `toml:"id"`
	Type string `toml:"type"`
	// Dedup is the key by which a repeat is recognised unless a source says
	// otherwise: "body" (the default), "id", a name in Keys, or "off".
	Dedup string `toml:"dedup"`
	// Keys are further keys, as templates by name.
	Keys map[string]string `toml:"keys"`
}

type eventPlan struct {
	id, typ template
	dedup   string
	keys    map[string]template
}

func compileEvent(d EventDef, settings map[string]string) (eventPlan, error) {
	plan := eventPlan{dedup: d.Dedup, keys: map[string]template{}}
	var faults []error
	parse := func(what, text string) template {
		t, err := parseTemplate(text, settings)
		if err == nil {
			err = identityOnly(t)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("event.%s: %w", what, err))
		}
		return t
	}
	plan.id, plan.typ = parse("id", d.ID), parse("type", d.Type)
	for name, text := range d.Keys {
		plan.keys[name] = parse("keys."+name, text)
	}
	if plan.dedup == "" {
		plan.dedup = DedupBody
	}
	if err := plan.checkDedup(plan.dedup); err != nil {
		faults = append(faults, err)
	}
	return plan, errors.Join(faults...)
}

// identityOnly refuses what has no place in an identity.
func identityOnly(t template) error {
	for _, seg := range t {
		switch seg.kind {
		case webhook.SecretText, webhook.RawBody, webhook.ECMAScriptBody:
			return errors.New("an identity is made of header, query, json and sig values")
		}
	}
	return nil
}

// The keys that every scheme has.
const (
	// DedupBody is the digest of the body that was verified.
	DedupBody = "body"
	// DedupID is the event's identifier.
	DedupID = "id"
	// DedupOff keeps no key: every request is an event of its own.
	DedupOff = "off"
)

func (p *eventPlan) checkDedup(name string) error {
	switch name {
	case DedupBody, DedupOff:
		return nil
	case DedupID:
		if len(p.id) == 0 {
			return errors.New("dedup = \"id\": the provider gives its events no id")
		}
		return nil
	}
	if _, ok := p.keys[name]; ok {
		return nil
	}
	return fmt.Errorf("unknown dedup key %q; keys are %s", name, strings.Join(p.dedupNames(), ", "))
}

func (p *eventPlan) dedupNames() []string {
	names := []string{DedupBody, DedupOff}
	if len(p.id) > 0 {
		names = append(names, DedupID)
	}
	for name := range p.keys {
		names = append(names, name)
	}
	return names
}

// CheckDedup reports an unknown name of a dedup key, with the known ones.
func (s *Scheme) CheckDedup(name string) error {
	if name == "" {
		return nil
	}
	return s.event.checkDedup(name)
}

// Identity is how an accepted event is known.
type Identity struct {
	ID, Type string
	// DedupKey recognises a repeat; empty if none is kept.
	DedupKey string
}

// Identify reads the identity of an event that v accepted. The name of the
// dedup key may be empty for the scheme's own.
//
// A key never merges two events of an honest sender: where the id is not
// covered by the signature, the signature itself is part of the key (unless that
// is a token, which is the same in every request), and a named key of which a
// value is absent gives way to the digest of the body.
func (s *Scheme) Identify(req *webhook.Request, v webhook.Verdict, dedup string) Identity {
	r := s.identityReader(req)
	var sigs []string
	if s.method.kind != tokenMethod {
		sigs = req.Header[s.signature.header]
	}
	return s.identity(req, v, dedup, r.text(s.event.id), r.text(s.event.typ), sigs)
}

// IdentifyClaim does the same for an event whose claim a rule made. What the
// claim leaves out comes from the scheme's [event] table.
func (s *Scheme) IdentifyClaim(c *webhook.Claim, req *webhook.Request, v webhook.Verdict, dedup string) Identity {
	r := s.identityReader(req)
	id, typ := c.ID.Text, c.Type.Text
	if !c.ID.Found {
		id = r.text(s.event.id)
	}
	if !c.Type.Found {
		typ = r.text(s.event.typ)
	}
	if dedup == "" && c.ID.Found {
		dedup = DedupID
	}
	var sigs []string
	for _, alt := range c.AnyOf {
		for _, check := range alt.AllOf {
			if check.Algorithm == webhook.Token || check.Algorithm == webhook.Basic {
				continue
			}
			for _, sig := range check.Signatures {
				sigs = append(sigs, sig.Text)
			}
		}
	}
	return s.identity(req, v, dedup, id, typ, sigs)
}

// identity takes as sigs the signatures that tell one message from another. A
// token is none: it is the same in all of them, and a secret besides.
func (s *Scheme) identity(req *webhook.Request, v webhook.Verdict, dedup, id, typ string, sigs []string) Identity {
	identity := Identity{ID: id, Type: typ}
	if dedup == "" {
		dedup = s.event.dedup
	}
	switch dedup {
	case DedupOff:
		return identity
	case DedupID:
		if id != "" {
			identity.DedupKey = "id:" + id
			if !v.Covers.Has(webhook.CoversID) && len(sigs) > 0 {
				identity.DedupKey += ":" + digestOf(sigs)
			}
		}
	default:
		if t, ok := s.event.keys[dedup]; ok {
			if text := s.identityReader(req).text(t); text != "" {
				identity.DedupKey = dedup + ":" + text
			}
		}
	}
	if identity.DedupKey == "" {
		identity.DedupKey = bodyKey(req, v, sigs)
	}
	return identity
}

func bodyKey(req *webhook.Request, v webhook.Verdict, sigs []string) string {
	if !v.Covers.Has(webhook.CoversBody) && len(sigs) > 0 {
		return "signature:" + digestOf(sigs)
	}
	sum := sha256.Sum256(VerifiedBody(req, v))
	return "body:" + hex.EncodeToString(sum[:])
}

func digestOf(texts []string) string {
	h := sha256.New()
	for _, text := range texts {
		h.Write([]byte(text))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// identityReader resolves templates leniently: an identity that cannot be read
// is empty, since the event is authentic all the same.
type identityReader struct{ judge *judge }

func (s *Scheme) identityReader(req *webhook.Request) identityReader {
	j := &judge{req: req}
	if s.signature.parse == "kv" {
		_, _ = s.signature.read(req.Header, nil, &j.syntax)
	}
	return identityReader{j}
}

func (r identityReader) text(t template) string {
	var out strings.Builder
	for _, seg := range t {
		if seg.kind == webhook.Literal {
			out.WriteString(seg.literal)
			continue
		}
		v, refusal := r.judge.resolve(seg.value)
		if refusal.Reason != "" || !v.Found || v.Text == "" {
			return ""
		}
		out.WriteString(v.Text)
	}
	return out.String()
}
