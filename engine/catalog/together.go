package catalog

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Signature is one of several that a request carries.
type Signature struct {
	// Pack signs.
	Pack *Pack
	// Secrets are those that it signs with.
	Secrets []webhook.Secret
}

// SignTogether signs req as each of the providers would, as [Pack.Sign] does, so
// that it verifies under every one of them. The packs are those that
// [CheckTogether] has found to go together.
func SignTogether(req *webhook.Request, m scheme.Message, signatures []Signature) error {
	for i, s := range inOrder(signatures) {
		header := s.Pack.Scheme.SignatureHeader()
		before := req.Header[header]
		if err := s.Pack.Sign(req, m, s.Secrets); err != nil {
			return fmt.Errorf("%s: %w", s.Pack.Provider.ID, err)
		}
		if i > 0 && len(before) == 1 {
			if separator, joins := joined(s.Pack, signatures); joins {
				req.Header.Set(header, before[0]+separator+req.Header.Get(header))
			}
		}
	}
	return nil
}

// inOrder puts those first that sign a form of the body which then replaces it:
// the others sign that.
func inOrder(signatures []Signature) []Signature {
	if len(signatures) < 2 {
		return signatures
	}
	ordered := slices.Clone(signatures)
	slices.SortStableFunc(ordered, func(a, b Signature) int {
		return rank(a.Pack) - rank(b.Pack)
	})
	return ordered
}

func rank(p *Pack) int {
	if p.Scheme.WritesBody() {
		return 0
	}
	return 1
}

// joined reports whether the signature of the pack stands in one header with that
// of another.
func joined(p *Pack, among []Signature) (separator string, ok bool) {
	for _, other := range among {
		if other.Pack != p {
			if separator, ok := p.Scheme.Joins(other.Pack.Scheme); ok {
				return separator, true
			}
		}
	}
	return "", false
}

// CheckTogether reports why one request cannot carry the signatures of all the
// packs: two of them fill in the same header with something else, one fills in
// what another has signed, or one signs in the URL, which others may have signed.
func CheckTogether(packs ...*Pack) error {
	var faults []error
	for i, a := range packs {
		for _, b := range packs[:i] {
			faults = append(faults, clash(b, a))
		}
	}
	return errors.Join(faults...)
}

func clash(a, b *Pack) error {
	for _, p := range []*Pack{a, b} {
		if p.Scheme.WritesURL() {
			return fmt.Errorf("%s signs in the URL, and cannot sign together with another", p.Provider.ID)
		}
	}
	_, joins := a.Scheme.Joins(b.Scheme)
	ofA, ofB := a.Written(), b.Written()
	for _, name := range slices.Sorted(maps.Keys(ofB)) {
		first, both := ofA[name]
		if both && (first != ofB[name] || first == scheme.HoldsSignature && !joins) {
			return fmt.Errorf("%s and %s both write the header %s: one request cannot carry both", a.Provider.ID, b.Provider.ID, name)
		}
	}
	return errors.Join(overwrites(a, b), overwrites(b, a))
}

// overwrites reports a header that one pack signs as it finds it and another one
// fills in.
func overwrites(signer, other *Pack) error {
	own, others := signer.Written(), other.Written()
	for _, name := range signer.Scheme.Reads() {
		if _, writes := own[name]; writes {
			continue
		}
		if _, overwritten := others[name]; overwritten {
			return fmt.Errorf("%s signs the header %s, which %s writes: one request cannot carry both", signer.Provider.ID, name, other.Provider.ID)
		}
	}
	return nil
}

// Written lists the headers that [Pack.Sign] fills in, by canonical name, with
// what each then holds; see [scheme.Scheme.Written].
func (p *Pack) Written() map[string]string {
	written := p.Scheme.Written()
	for name, text := range p.Provider.Sender.Headers {
		switch text {
		case "{type}":
			text = scheme.HoldsType
		case "{id}":
			text = scheme.HoldsID
		}
		written[http.CanonicalHeaderKey(name)] = text
	}
	return written
}
