package scheme

import (
	"crypto/sha256"
	"crypto/sha512"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// judge is the working space of one judgement. Compiled schemes keep a pool of
// them, so that a verification allocates nothing of its own.
type judge struct {
	req     *webhook.Request
	secrets []webhook.Secret
	now     time.Time

	// keyText is the key preparation that keyPlan was compiled from; with the
	// algorithm it says what keys holds.
	keyText   string
	keyPlan   keyPlan
	algorithm webhook.Algorithm

	syntax headerSyntax
	token  token
	// listing is what a message signature says that it covers.
	listing listing
	// item is the path of the item that is judged, for values of it.
	item   string
	parts  []webhook.Part
	sigs   []webhook.Signature
	checks [1]webhook.Check

	keys    keyedSet
	scratch []byte
	sum     []byte
	message messageBuffer
	sent    []byte
	decoded [][]byte
	// matched is what the algorithm made of the message that matched.
	matched []byte

	stringified []byte
	// stringify says what became of stringified: 0 not tried, 1 done, -1 the
	// body is not JSON.
	stringify int8
}

func (s *Scheme) borrow(req *webhook.Request, secrets []webhook.Secret, now time.Time) *judge {
	j, ok := s.judges.Get().(*judge)
	if !ok {
		j = &judge{keyText: s.keyText, keyPlan: s.key, algorithm: s.algorithm}
	}
	j.req, j.secrets, j.now = req, secrets, now
	return j
}

func (s *Scheme) giveBack(j *judge) {
	j.wipe()
	s.judges.Put(j)
}

// maxKept bounds the working space that a pooled judge keeps.
const maxKept = 64 << 10

// wipe forgets the request. Each slice was filled from its start, so that its
// length is what was used.
func (j *judge) wipe() {
	clear(j.sum)
	clear(j.parts)
	clear(j.sigs)
	clear(j.syntax.members)
	j.sum, j.parts, j.sigs = j.sum[:0], j.parts[:0], j.sigs[:0]
	j.syntax.members = j.syntax.members[:0]
	j.checks[0] = webhook.Check{}
	j.req, j.secrets, j.stringify = nil, nil, 0
	j.token, j.listing, j.item = token{}, listing{}, ""
	if cap(j.scratch) > maxKept {
		j.scratch = nil
	}
	if cap(j.message) > maxKept {
		j.message = nil
	}
	if cap(j.stringified) > maxKept {
		j.stringified = nil
	}
	if cap(j.sent) > maxKept {
		j.sent = nil
	}
}

// evaluate reads the values of one form of the message.
func (j *judge) evaluate(s *Scheme, c *candidate) (webhook.Alternative, webhook.Verdict) {
	start := len(j.parts)
	var refusal webhook.Verdict
	if s.signature.listsComponents() {
		j.parts, refusal = j.appendListed(j.parts, &s.signature)
	} else {
		j.parts, refusal = j.appendParts(j.parts, c.parts)
	}
	if refusal.Reason != "" {
		return webhook.Alternative{}, refusal
	}
	j.checks[0] = webhook.Check{
		Algorithm:  s.algorithm,
		Key:        webhook.KeySelector{Prepare: s.keyText},
		Message:    j.parts[start:],
		Signatures: j.sigs,
	}
	return webhook.Alternative{Name: c.name, AllOf: j.checks[:]}, webhook.Verdict{}
}

// appendParts reads the values of a template.
func (j *judge) appendParts(parts []webhook.Part, t template) ([]webhook.Part, webhook.Verdict) {
	for i := range t {
		seg := &t[i]
		part := webhook.Part{Kind: seg.kind, Text: seg.literal}
		switch seg.kind {
		case webhook.Nested:
			inner, refusal := j.appendParts(nil, seg.nested.of)
			if refusal.Reason != "" {
				return parts, refusal
			}
			part.Inner = &webhook.Digest{Algorithm: seg.nested.algorithm, Encoding: seg.nested.encoding, Parts: inner}
		case webhook.FromValue:
			value, refusal := j.resolve(seg.value)
			if refusal.Reason != "" {
				return parts, refusal
			}
			if !value.Found {
				return parts, webhook.Rejected(webhook.FieldMissing, seg.value.source+" is absent")
			}
			part.Value = value
		}
		parts = append(parts, part)
	}
	return parts, webhook.Verdict{}
}

// alternative judges the checks of one alternative, which must all hold.
func (j *judge) alternative(alt webhook.Alternative) webhook.Verdict {
	v := webhook.Rejected(webhook.SignatureMissing, "the alternative has no check")
	restringified, canonical, signed := false, false, [32]byte{}
	for i := range alt.AllOf {
		if v = j.check(&alt.AllOf[i]); !v.Accepted() {
			return v
		}
		canonical = canonical || holds(alt.AllOf[i].Message, webhook.CanonicalBody)
		restringified = restringified || canonical || holds(alt.AllOf[i].Message, webhook.ECMAScriptBody)
		signed = j.fingerprint(signed, i > 0)
	}
	v.Candidate, v.Restringified, v.Canonical, v.Signed = alt.Name, restringified, canonical, signed
	return v
}

// holds reports whether a part of the kind is among the parts, or within one.
func holds(parts []webhook.Part, kind webhook.PartKind) bool {
	return slices.ContainsFunc(parts, func(p webhook.Part) bool {
		return p.Kind == kind || p.Kind == webhook.Nested && p.Inner != nil && holds(p.Inner.Parts, kind)
	})
}

// fingerprint tells what was signed, and what was signed before it. A MAC or
// digest tells it already.
func (j *judge) fingerprint(before [32]byte, further bool) (out [32]byte) {
	switch {
	case len(j.matched) == 0:
		return before
	case !further && len(j.matched) <= sha512.Size:
		copy(out[:], j.matched)
		return out
	}
	j.matched = append(j.matched, before[:]...)
	return sha256.Sum256(j.matched)
}
