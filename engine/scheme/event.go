package scheme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// EventDef says how an accepted event is known, the [event] table of a
// provider.toml.
type EventDef struct {
	// ID and Type are templates.
	ID   string `toml:"id"`
	Type string `toml:"type"`
	// Dedup is the key by which a repeat is recognised unless a source says
	// otherwise: "body" (the default), "id", "signature", a name in Keys, or "off".
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
		case webhook.SecretText, webhook.RawBody, webhook.ECMAScriptBody, webhook.Nested:
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
	// DedupSignature is what was signed: a repeat that the provider signs anew,
	// with another time, is another event. It stops replays and merges nothing.
	DedupSignature = "signature"
	// DedupOff keeps no key: every request is an event of its own.
	DedupOff = "off"
)

func (p *eventPlan) checkDedup(name string) error {
	switch name {
	case DedupBody, DedupSignature, DedupOff:
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
	names := []string{DedupBody, DedupSignature, DedupOff}
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
	// ID and Type are the provider's, empty where the request states none.
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
	defer r.giveBack()
	return s.identity(req, v, dedup, r.text(s.event.id), r.text(s.event.typ))
}

// IdentifyClaim does the same for an event whose claim a rule made. What the
// claim leaves out comes from the scheme's [event] table.
func (s *Scheme) IdentifyClaim(c *webhook.Claim, req *webhook.Request, v webhook.Verdict, dedup string) Identity {
	r := s.identityReader(req)
	defer r.giveBack()
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
	return s.identity(req, v, dedup, id, typ)
}

func (s *Scheme) identity(req *webhook.Request, v webhook.Verdict, dedup, id, typ string) Identity {
	identity := Identity{ID: id, Type: typ}
	if dedup == "" {
		dedup = s.event.dedup
	}
	switch dedup {
	case DedupOff:
		return identity
	case DedupSignature:
		if v.Signed != [32]byte{} {
			identity.DedupKey = "signed:" + hex.EncodeToString(v.Signed[:])
		}
	case DedupID:
		if id != "" {
			identity.DedupKey = "id:" + id
			if !v.Covers.Has(webhook.CoversID) && (v.Covers.Has(webhook.CoversBody) || v.Signed != [32]byte{}) {
				identity.DedupKey += ":" + signedKey(req, v)
			}
		}
	default:
		if t, ok := s.event.keys[dedup]; ok {
			r := s.identityReader(req)
			defer r.giveBack()
			if text := r.text(t); text != "" {
				identity.DedupKey = dedup + ":" + text
			}
		}
	}
	if identity.DedupKey == "" {
		identity.DedupKey = signedKey(req, v)
	}
	return identity
}

// signedKey tells one signed message from another: by its body, or by what was
// signed instead. Where neither can, since a token came with it, it is the body.
func signedKey(req *webhook.Request, v webhook.Verdict) string {
	if !v.Covers.Has(webhook.CoversBody) && v.Signed != [32]byte{} {
		return "signed:" + hex.EncodeToString(v.Signed[:])
	}
	sum := sha256.Sum256(VerifiedBody(req, v))
	return "body:" + hex.EncodeToString(sum[:])
}

// identityReader resolves templates leniently: an identity that cannot be read
// is empty, since the event is authentic all the same.
type identityReader struct {
	scheme *Scheme
	judge  *judge
}

func (s *Scheme) identityReader(req *webhook.Request) identityReader {
	j := s.borrow(req, nil, time.Time{})
	j.item = s.foreach + ".0"
	if s.foreach == "" && s.signature.parse != plainSyntax && s.signature.parse != listSyntax && s.rule == "" {
		// What cannot be read has no members, and the identity none of them.
		_ = j.readSignatures(&s.signature)
	}
	return identityReader{s, j}
}

func (r identityReader) giveBack() { r.scheme.giveBack(r.judge) }

func (r identityReader) text(t template) string {
	var out strings.Builder
	for _, seg := range t {
		if seg.kind == webhook.Literal {
			out.WriteString(seg.literal)
			continue
		}
		if seg.kind == webhook.Nested {
			return ""
		}
		v, refusal := r.judge.resolve(seg.value)
		if refusal.Reason != "" || !v.Found || v.Text == "" {
			return ""
		}
		out.WriteString(v.Text)
	}
	return out.String()
}
