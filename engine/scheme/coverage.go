package scheme

import (
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

func (s *Scheme) newCandidate(name string, parts template) candidate {
	c := candidate{name: name, parts: parts}
	var signed []webhook.Origin
	for _, seg := range parts {
		switch seg.kind {
		case webhook.RawBody, webhook.ECMAScriptBody:
			c.covers |= webhook.CoversBody
		case webhook.FromValue:
			signed = append(signed, seg.value.origins()...)
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

// originCovered reports whether a signature vouches for what stands at o: it is
// signed itself, or it stands in a body that is.
func originCovered(o webhook.Origin, signed []webhook.Origin, body bool) bool {
	if o.Kind == webhook.JSONOrigin || o.Kind == webhook.FormOrigin {
		if body {
			return true
		}
	}
	return o.Kind != webhook.NoOrigin && slices.Contains(signed, o)
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
