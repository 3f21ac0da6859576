package scheme

import (
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Verify judges a request by a scheme that is all data. A scheme with a rule
// rejects everything here; its claims go through [Check].
//
// The judgement goes in this order: the signature is there and well-formed, the
// values that it signs are there, it matches a secret that has not ended, the
// body means the same to every reader where values are read from it, the
// conditions hold, the time is within the tolerance, and it is no challenge: one
// that is known is answered, and never accepted as an event.
//
// The signature alone is judged: what a source demands beside it, such as that
// the body be covered, is the source's.
func Verify(s *Scheme, req *webhook.Request, secrets []webhook.Secret, now time.Time) webhook.Verdict {
	if s.rule != "" {
		return webhook.Rejected(webhook.AlgorithmNotAllowed, "the scheme needs its rule "+s.rule)
	}
	if req.Truncated {
		return webhook.Rejected(webhook.BodyTruncated, "")
	}
	j := s.borrow(req, secrets, now)
	defer s.giveBack(j)

	if s.foreach != "" {
		return j.judgeItems(s)
	}
	v := j.readSignatures(&s.signature)
	if !v.Accepted() {
		return v
	}
	var at webhook.Value
	if s.time != nil {
		if at, v = j.resolve(s.time.from); v.Reason != "" {
			return v
		}
		if !at.Found {
			return webhook.Rejected(webhook.TimestampMissing, s.time.from.source+" is absent")
		}
	}
	v, readsJSON := j.tryCandidates(s)
	if !v.Accepted() {
		return v
	}
	if refusal := s.judgeRest(j, at, v, readsJSON); refusal.Reason != "" {
		return refusal
	}
	if len(s.handshakes) > 0 {
		return j.answer(s, v)
	}
	return v
}

// tryCandidates judges one form of the message after the other. A form whose
// value is not of the shape that its pipe is for does not apply; it is the
// reason only if none does.
func (j *judge) tryCandidates(s *Scheme) (v webhook.Verdict, readsJSON bool) {
	var first webhook.Verdict
	for i := range s.candidates {
		c := &s.candidates[i]
		alt, refusal := j.evaluate(s, c)
		if refusal.Reason != "" {
			if refusal.Reason != webhook.FieldMalformed {
				return refusal, false
			}
			if first.Reason == "" {
				first = refusal
			}
			continue
		}
		v = j.alternative(alt)
		if v.Accepted() {
			v.Covers = c.covers
			return v, c.readsJSON
		}
		if first.Reason == "" || v.Reason == webhook.SignatureMismatch {
			first = v
		}
	}
	return first, false
}

// judgeRest judges what counts after the signature has held.
func (s *Scheme) judgeRest(j *judge, at webhook.Value, v webhook.Verdict, readsJSON bool) webhook.Verdict {
	for _, r := range s.require {
		readsJSON = readsJSON || r.readsJSON()
	}
	if s.time != nil {
		readsJSON = readsJSON || s.time.from.readsJSON()
	}
	if refusal := j.judgeAmbiguity(v, readsJSON); refusal.Reason != "" {
		return refusal
	}
	if s.signature.parse == tokenSyntax {
		if refusal := j.token.judgeLifetime(j.now); refusal.Reason != "" {
			return refusal
		}
	}
	if s.signature.listsComponents() {
		if refusal := j.judgeExpiry(); refusal.Reason != "" {
			return refusal
		}
	}
	for _, r := range s.require {
		c, refusal := j.condition(r)
		if refusal.Reason != "" {
			return refusal
		}
		if refusal := j.judgeCondition(&c); refusal.Reason != "" {
			return refusal
		}
	}
	if s.time == nil || s.time.tolerance == 0 {
		return webhook.Verdict{}
	}
	return judgeMoment(&webhook.TimeClaim{
		Value: at, Units: s.time.units, Past: s.time.tolerance, Future: s.time.tolerance, Enforced: true,
	}, j.now)
}

// Claim returns what the request states was signed, as data: one alternative
// for each form of the message that applies. It is nil, with the reason, when
// there is nothing to judge.
func (s *Scheme) Claim(req *webhook.Request) (*webhook.Claim, webhook.Verdict) {
	j := &judge{req: req}
	claim := &webhook.Claim{}
	if s.foreach != "" {
		alt, refusal := j.itemChecks(s)
		if refusal.Reason != "" {
			return nil, refusal
		}
		claim.AnyOf = []webhook.Alternative{alt}
		return claim, webhook.Verdict{}
	}
	v := j.readSignatures(&s.signature)
	if !v.Accepted() {
		return nil, v
	}
	for i := range s.candidates {
		alt, refusal := j.evaluate(s, &s.candidates[i])
		if refusal.Reason == "" {
			alt.AllOf = append([]webhook.Check(nil), alt.AllOf...)
			claim.AnyOf = append(claim.AnyOf, alt)
		}
	}
	for _, r := range s.require {
		c, refusal := j.condition(r)
		if refusal.Reason != "" {
			return nil, refusal
		}
		claim.Conditions = append(claim.Conditions, c)
	}
	if v := j.syntax.find(expiresParam); v.Found && s.signature.listsComponents() {
		claim.Conditions = append(claim.Conditions, webhook.Condition{Kind: webhook.NotAfter, Left: v, Unit: webhook.UnixSeconds})
	}
	if s.time != nil {
		at, refusal := j.resolve(s.time.from)
		if refusal.Reason != "" {
			return nil, refusal
		}
		claim.Time = webhook.TimeClaim{
			Value: at, Units: s.time.units,
			Past: s.time.tolerance, Future: s.time.tolerance, Enforced: s.time.tolerance > 0,
		}
	}
	if claim.Challenge, v = j.claimChallenge(s); v.Reason != "" {
		return nil, v
	}
	if ref, ok := s.event.id.single(); ok {
		claim.ID, _ = j.resolve(ref)
	}
	if ref, ok := s.event.typ.single(); ok {
		claim.Type, _ = j.resolve(ref)
	}
	return claim, webhook.Verdict{}
}
