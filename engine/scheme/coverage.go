package scheme

import (
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

func (s *Scheme) newCandidate(name string, parts template) candidate {
	c := candidate{name: name, parts: parts}
	signed := c.signed()
	for _, seg := range parts {
		switch seg.kind {
		case webhook.RawBody, webhook.ECMAScriptBody:
			c.covers |= webhook.CoversBody
		case webhook.FromValue:
			c.readsJSON = c.readsJSON || seg.value.readsJSON()
		}
	}
	covered := func(refs ...*reference) bool {
		for _, ref := range refs {
			for _, o := range ref.origins() {
				if !originCovered(o, signed, c.covers.Has(webhook.CoversBody)) {
					return false
				}
			}
		}
		return len(refs) > 0
	}
	for _, r := range s.require {
		if r.digest != nil && !r.optional && r.digest.coversBody() && covered(r.left) {
			c.covers |= webhook.CoversBody
		}
	}
	if covered(s.event.id.references()...) {
		c.covers |= webhook.CoversID
	}
	if covered(s.event.typ.references()...) {
		c.covers |= webhook.CoversType
	}
	if s.time != nil && covered(s.time.from) {
		c.covers |= webhook.CoversTime
	}
	return c
}

// signed returns the places whose text is part of the message.
func (c *candidate) signed() []webhook.Origin {
	var signed []webhook.Origin
	for _, ref := range c.parts.references() {
		signed = append(signed, ref.origins()...)
	}
	return signed
}

// originCovered reports whether a signature vouches for what stands at o: it is
// signed itself, or it stands in a body or a URL that is.
//
// A whole form that was signed vouches for no field of it, nor for the body: with
// nothing between names and values they can be parted anew, {a: "bc"} signs as
// {ab: "c"} does.
func originCovered(o webhook.Origin, signed []webhook.Origin, body bool) bool {
	switch o.Kind {
	case webhook.NoOrigin:
		return false
	case webhook.JSONOrigin, webhook.FormOrigin:
		if body {
			return true
		}
	case webhook.QueryOrigin, webhook.PathOrigin:
		if slices.Contains(signed, webhook.Origin{Kind: webhook.URLOrigin}) {
			return true
		}
	}
	return slices.Contains(signed, o)
}

// coversBody reports whether a value that states the digest vouches for the
// body. The algorithms for which two bodies of one digest can be made do not.
func (p *digestPlan) coversBody() bool {
	return collisionFree(p.algorithm) && slices.ContainsFunc(p.of, func(seg segment) bool { return seg.kind == webhook.RawBody })
}

func collisionFree(a webhook.Algorithm) bool {
	return a == webhook.SHA256 || a == webhook.SHA384 || a == webhook.SHA512
}

func (r *reference) origins() []webhook.Origin {
	if r.either != nil {
		return []webhook.Origin{r.origin, *r.either}
	}
	return []webhook.Origin{r.origin}
}

func (r *reference) readsJSON() bool {
	return slices.ContainsFunc(r.origins(), func(o webhook.Origin) bool { return o.Kind == webhook.JSONOrigin })
}

func (t template) references() []*reference {
	var refs []*reference
	for _, seg := range t {
		if seg.kind == webhook.FromValue {
			refs = append(refs, seg.value)
		}
	}
	return refs
}

// coverage computes what the checks of the alternative that held vouch for.
func coverage(c *webhook.Claim, alt webhook.Alternative) webhook.Coverage {
	var covers webhook.Coverage
	var signed []webhook.Origin
	var walk func(parts []webhook.Part)
	walk = func(parts []webhook.Part) {
		for _, p := range parts {
			switch p.Kind {
			case webhook.RawBody, webhook.ECMAScriptBody:
				covers |= webhook.CoversBody
			case webhook.FromValue:
				signed = append(signed, p.Value.Origin)
			case webhook.Nested:
				walk(p.Inner.Parts)
			}
		}
	}
	for _, check := range alt.AllOf {
		if m, _ := methodOf(check.Algorithm); m.size > 0 {
			walk(check.Message)
		}
	}
	for _, cond := range c.Conditions {
		if cond.Kind == webhook.DigestEquals && !cond.Optional && digestsBody(cond.Digest) && originCovered(cond.Left.Origin, signed, covers.Has(webhook.CoversBody)) {
			covers |= webhook.CoversBody
		}
	}
	body := covers.Has(webhook.CoversBody)
	for value, bit := range map[*webhook.Value]webhook.Coverage{
		&c.ID: webhook.CoversID, &c.Type: webhook.CoversType, &c.Time.Value: webhook.CoversTime,
	} {
		if originCovered(value.Origin, signed, body) {
			covers |= bit
		}
	}
	return covers
}

func digestsBody(d *webhook.Digest) bool {
	return d != nil && collisionFree(d.Algorithm) && slices.ContainsFunc(d.Parts, func(p webhook.Part) bool { return p.Kind == webhook.RawBody })
}

// claimReadsJSON reports whether a value that counts was read from the body.
func claimReadsJSON(c *webhook.Claim, alt webhook.Alternative) bool {
	json := func(v webhook.Value) bool { return v.Origin.Kind == webhook.JSONOrigin }
	for _, cond := range c.Conditions {
		if json(cond.Left) || json(cond.Right) {
			return true
		}
	}
	for _, check := range alt.AllOf {
		if slices.ContainsFunc(check.Message, func(p webhook.Part) bool {
			return p.Kind == webhook.FromValue && json(p.Value)
		}) {
			return true
		}
	}
	return json(c.Time.Value)
}
