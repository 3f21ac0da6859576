package scheme

import (
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

func (s *Scheme) newCandidate(name string, parts template) candidate {
	c := candidate{name: name, parts: parts}
	signed := s.signed(&c)
	bound := parts.binding()
	if bound.has(webhook.RawBody) || bound.has(webhook.ECMAScriptBody) || slices.Contains(signed, webhook.Origin{Kind: webhook.BodyOrigin}) {
		c.covers |= webhook.CoversBody
	}
	c.readsJSON = parts.readsJSON()
	covered := func(refs ...*reference) bool {
		for _, ref := range refs {
			if !ref.coveredBy(signed, c.covers.Has(webhook.CoversBody)) {
				return false
			}
		}
		return len(refs) > 0
	}
	for _, r := range s.require {
		switch {
		case r.optional || !covered(r.left):
		case r.digest != nil && r.digest.coversBody(), r.right != nil && r.right.isBody():
			c.covers |= webhook.CoversBody
		case r.right != nil && len(r.right.origins) == 1:
			signed = append(signed, r.right.origins[0])
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

// signed returns the places whose text is part of the message. Of a token that
// is all of it, and the place where the token stands.
func (s *Scheme) signed(c *candidate) []webhook.Origin {
	var signed []webhook.Origin
	for _, ref := range c.parts.binding().references() {
		if !ref.whole && ref.keepsAll() {
			signed = append(signed, ref.origins...)
		}
		if ref.headers != nil {
			for _, name := range ref.headers.required {
				signed = append(signed, webhook.Origin{Kind: webhook.HeaderOrigin, Name: http.CanonicalHeaderKey(name)})
			}
		}
	}
	if s.signature.isToken() {
		signed = append(signed, webhook.Origin{Kind: webhook.JWTOrigin})
		if s.signature.from != nil {
			signed = append(signed, s.signature.from.origins...)
		}
	}
	return signed
}

// keepsAll reports whether the text that is signed tells what the value was:
// digits, for one, does not.
func (r *reference) keepsAll() bool {
	return r.headers == nil && !slices.ContainsFunc(r.pipes, func(p pipe) bool {
		switch p.name {
		case "digits", "lower", "upper", "trim", "without-query":
			return true
		}
		return strings.HasPrefix(p.name, "json:")
	})
}

// coveredBy reports whether a signature vouches for what stands at every place
// of the reference.
func (r *reference) coveredBy(signed []webhook.Origin, body bool) bool {
	for _, o := range r.origins {
		if !originCovered(o, signed, body) {
			return false
		}
	}
	return true
}

// withinSigned reports whether the value at a path of the JSON stands in an object
// or array whose text is signed.
func withinSigned(path string, signed []webhook.Origin) bool {
	return slices.ContainsFunc(signed, func(s webhook.Origin) bool {
		return s.Kind == webhook.JSONOrigin && strings.HasPrefix(path, s.Name+".")
	})
}

func (r *reference) isBody() bool {
	return len(r.pipes) == 0 && slices.Equal(r.origins, []webhook.Origin{{Kind: webhook.BodyOrigin}})
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
		if body || o.Kind == webhook.JSONOrigin && withinSigned(o.Name, signed) {
			return true
		}
	case webhook.BodyOrigin:
		return body
	case webhook.QueryOrigin, webhook.PathOrigin, webhook.TargetOrigin:
		if slices.Contains(signed, webhook.Origin{Kind: webhook.URLOrigin}) || slices.Contains(signed, webhook.Origin{Kind: webhook.TargetOrigin}) {
			return true
		}
	case webhook.JWTOrigin:
		if _, token, of := strings.Cut(o.Name, "\t"); of {
			return slices.Contains(signed, webhook.Origin{Kind: webhook.JWTOrigin, Name: jwtInput + "\t" + token})
		}
		return slices.ContainsFunc(signed, func(s webhook.Origin) bool { return s.Kind == webhook.JWTOrigin })
	}
	return slices.Contains(signed, o)
}

// coversBody reports whether a value that states the digest vouches for the
// body. The algorithms for which two bodies of one digest can be made do not.
func (p *digestPlan) coversBody() bool {
	bound := p.of.binding()
	return binds(p.algorithm) && (bound.has(webhook.RawBody) || bound.has(webhook.ECMAScriptBody))
}

// binds reports whether a digest within a message vouches for what it is of.
func binds(a webhook.Algorithm) bool { return a == webhook.Verbatim || collisionFree(a) }

func collisionFree(a webhook.Algorithm) bool {
	return a == webhook.SHA256 || a == webhook.SHA384 || a == webhook.SHA512 || a == webhook.Keccak256
}

func (r *reference) readsJSON() bool {
	return slices.ContainsFunc(r.origins, func(o webhook.Origin) bool { return o.Kind == webhook.JSONOrigin })
}

func (t template) readsJSON() bool {
	return slices.ContainsFunc(t.references(), (*reference).readsJSON)
}

// coverage computes what the checks of the alternative that held vouch for.
func coverage(c *webhook.Claim, alt webhook.Alternative) webhook.Coverage {
	var covers webhook.Coverage
	var signed []webhook.Origin
	var walk func(parts []webhook.Part)
	walk = func(parts []webhook.Part) {
		for _, p := range parts {
			switch p.Kind {
			case webhook.RawBody, webhook.ECMAScriptBody, webhook.CanonicalBody:
				covers |= webhook.CoversBody
			case webhook.FromValue:
				signed = append(signed, p.Value.Origin)
			case webhook.Nested:
				if binds(p.Inner.Algorithm) {
					walk(p.Inner.Parts)
				}
			}
		}
	}
	for _, check := range alt.AllOf {
		if m, _ := methodOf(check.Algorithm); m.kind != tokenMethod {
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
	var reads func(parts []webhook.Part) bool
	reads = func(parts []webhook.Part) bool {
		return slices.ContainsFunc(parts, func(p webhook.Part) bool {
			return p.Kind == webhook.FromValue && json(p.Value) || p.Kind == webhook.Nested && p.Inner != nil && reads(p.Inner.Parts)
		})
	}
	if slices.ContainsFunc(alt.AllOf, func(check webhook.Check) bool { return reads(check.Message) }) {
		return true
	}
	return json(c.Time.Value)
}
