package scheme

import (
	"net/http"

	"github.com/hookseal/hookseal/engine/webhook"
)

// What a header that a signer fills in holds, as [Scheme.Written] tells. Two
// schemes that fill in a header with the same write the same text, but for the
// signature.
const (
	HoldsSignature = "the signature"
	HoldsID        = "the id"
	HoldsType      = "the type"

	holdsTime      = "the time in "
	holdsCondition = "a demanded value"
)

// Written lists the headers that [Sign] fills in, by canonical name, with what
// each then holds. Headers that hold the same can be filled in for two schemes.
func (s *Scheme) Written() map[string]string {
	written := map[string]string{}
	add := func(o webhook.Origin, what string) {
		if o.Kind == webhook.HeaderOrigin {
			written[http.CanonicalHeaderKey(o.Name)] = what
		}
	}
	for _, r := range s.require {
		if _, writes := r.left.writer(); writes && !r.optional {
			add(r.left.origins[0], holdsCondition)
		}
	}
	if ref, ok := s.event.id.single(); ok && ref.filledIn() {
		add(ref.origins[0], HoldsID)
	}
	if ref, ok := s.event.typ.single(); ok && ref.filledIn() {
		add(ref.origins[0], HoldsType)
	}
	if s.time != nil && s.time.from.filledIn() {
		add(s.time.from.origins[0], holdsTime+string(s.time.units[0]))
	}
	if s.signature.parse == messageSyntax {
		written[signatureInput] = HoldsSignature
	}
	add(s.signature.place(), HoldsSignature)
	if s.signature.repeats {
		for _, name := range s.signature.headers {
			written[name] = HoldsSignature
		}
	}
	return written
}

// Reads lists the headers that the signed form takes a value from, by canonical
// name.
func (s *Scheme) Reads() []string {
	var names []string
	if s.signing < len(s.candidates) {
		for _, ref := range s.candidates[s.signing].parts.references() {
			for _, o := range ref.origins {
				if o.Kind == webhook.HeaderOrigin {
					names = append(names, http.CanonicalHeaderKey(o.Name))
				}
			}
		}
	}
	for _, c := range s.signature.components {
		names = append(names, http.CanonicalHeaderKey(c.name))
	}
	return names
}

// WritesURL reports whether [Sign] changes the target of a request.
func (s *Scheme) WritesURL() bool { return s.signature.place().Kind == webhook.QueryOrigin }

// WritesBody reports whether [Sign] replaces the body by the form that is signed.
func (s *Scheme) WritesBody() bool {
	return s.signing < len(s.candidates) && s.candidates[s.signing].parts.has(webhook.ECMAScriptBody)
}

// Joins reports whether the signatures of both schemes can stand in one header,
// as the versions of Standard Webhooks do, and what stands between them.
func (s *Scheme) Joins(other *Scheme) (separator string, ok bool) {
	a, b := &s.signature, &other.signature
	one := a.parse == listSyntax && b.parse == listSyntax && len(a.headers) > 0 && len(b.headers) > 0 &&
		a.headers[0] == b.headers[0] && len(a.prefixes)+len(b.prefixes) == 0
	return a.separator, one && a.separator == b.separator && a.between == b.between && a.take != "" && b.take != "" && a.take != b.take
}

// filledIn reports whether the value is one that a signer writes.
func (r *reference) filledIn() bool {
	return len(r.origins) > 0 && len(r.pipes) == 0 && (len(r.origins) == 1 || r.origins[0].Kind == webhook.HeaderOrigin)
}
