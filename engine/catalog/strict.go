package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Strictness is what a strict proof knows beside the pack; the zero value is
// that of a pack which nothing but its folder proves.
type Strictness struct {
	// Besides are reasons that must have a vector beside those that follow from
	// the scheme.
	Besides []webhook.Reason
	// Judged says that the vendor's own library judges the pack elsewhere, as
	// proof = "oracle" claims.
	Judged bool
	// Unpublished says that the vendor's documentation has no address of its own.
	Unpublished bool
}

// ProveStrictly is [Prove] for a pack that others are to rely on. Beside the
// vectors it demands, in [Proof.Faults], that each reason for which the scheme can
// refuse has a vector, that vectors say what they show and where they are from,
// that docs is an https address, that proof is true, and that the pack verifies
// what it signs.
func ProveStrictly(ctx context.Context, open func(settings map[string]string) (*Pack, error), s Strictness) (Proof, error) {
	proof, err := Prove(ctx, open)
	if err != nil {
		return proof, err
	}
	p, err := open(nil)
	if err != nil {
		return proof, err
	}
	vectors, err := p.Vectors()
	if err == nil {
		proof.Faults, err = p.demand(vectors, s)
	}
	if err = errors.Join(err, p.Close(ctx)); err != nil {
		return proof, err
	}
	for i := range vectors {
		proof.Failures = append(proof.Failures, vectors[i].unclear()...)
	}
	failures, err := proveSigning(ctx, vectors, open)
	proof.Failures = append(proof.Failures, failures...)
	return proof, err
}

// demand returns what of the pack as a whole falls short.
func (p *Pack) demand(vectors []Vector, s Strictness) ([]error, error) {
	data, err := fs.ReadFile(p.fsys, "provider.toml")
	if err != nil {
		return nil, err
	}
	doc, err := tomlfile.Parse(path.Join(p.where, "provider.toml"), data)
	if err != nil {
		return nil, err
	}
	var faults []error
	if docs, err := url.Parse(p.Provider.Docs); !s.Unpublished && (err != nil || docs.Scheme != "https" || docs.Host == "") {
		faults = append(faults, doc.Fault("docs", "is %q, want the https address of the page that describes the signature", p.Provider.Docs))
	}
	published := slices.ContainsFunc(vectors, func(v Vector) bool { return strings.HasPrefix(v.Source, "published: ") })
	switch {
	case p.Provider.Proof == "oracle" && !s.Judged:
		faults = append(faults, doc.Fault("proof", `is "oracle", and no file of testdata/oracles/trials has a vendor's library judge the pack; write "document" or "third-party"`))
	case p.Provider.Proof == "vector" && !published:
		faults = append(faults, doc.Fault("proof", `is "vector", and no vector has a source that begins with "published: "; write "document" or "third-party"`))
	}
	for _, reason := range p.missingReasons(vectors, s.Besides) {
		faults = append(faults, fmt.Errorf("%s: no vector is refused as %s", path.Join(p.where, vectorsFile), reason))
	}
	return faults, nil
}

// missingReasons lists those without a vector.
func (p *Pack) missingReasons(vectors []Vector, besides []webhook.Reason) []webhook.Reason {
	var missing []webhook.Reason
	for _, reason := range append(p.refusals(), besides...) {
		is := func(v Vector) bool { return v.Expect.Reason == reason }
		if !slices.Contains(missing, reason) && !slices.ContainsFunc(vectors, is) {
			missing = append(missing, reason)
		}
	}
	return missing
}

// refusals are the reasons that every scheme of this kind can refuse for.
func (p *Pack) refusals() []webhook.Reason {
	if p.Rule != nil {
		// What else there is to refuse the rule alone knows.
		return []webhook.Reason{webhook.NoSecret, webhook.SignatureMissing, webhook.SignatureMismatch}
	}
	reasons := []webhook.Reason{webhook.NoSecret, webhook.SignatureMalformed, webhook.SignatureMismatch}
	def := p.Provider.Scheme
	sig := def.Signature
	reads := func(kind string) bool { return strings.HasPrefix(sig.From, "{"+kind) }
	// A body is always there, and there is one.
	if !reads("body") {
		reasons = append(reasons, webhook.SignatureMissing)
	}
	// A member of the body that is given twice makes the body ambiguous; of
	// several signatures that may be there one has to match.
	if !reads("body") && !reads("json.") && !reads("item.") && !sig.Repeats && sig.Numbered == 0 && len(sig.Header) < 2 {
		reasons = append(reasons, webhook.SignatureAmbiguous)
	}
	if p.Scheme.Tolerance() > 0 {
		reasons = append(reasons, webhook.TimestampMalformed, webhook.TimestampTooOld, webhook.TimestampInFuture)
		// A header that lacks one of its fields is malformed.
		if def.Time == nil || sig.Parse != "positional" || !strings.HasPrefix(def.Time.From, "{sig.") {
			reasons = append(reasons, webhook.TimestampMissing)
		}
	}
	return reasons
}

// unclear returns what a vector leaves open to whoever reads it.
func (v *Vector) unclear() []VectorFailure {
	var failures []VectorFailure
	note := func(wrong bool, format string, args ...any) {
		if wrong {
			failures = append(failures, VectorFailure{v.Name, v.line, fmt.Errorf(format, args...)})
		}
	}
	note(v.About == "", "about is missing: what the vector shows")
	note(v.Source == "", `source is missing: what computed the signature, or "published: " and where it was`)
	note(!strings.HasPrefix(v.Name, v.Expect.Outcome+"-"), "name must begin with the outcome: %s-…", v.Expect.Outcome)
	for _, field := range v.Request.Headers {
		note(strings.TrimSpace(field[1]) != field[1], "header %s begins or ends with white space, which HTTP takes off", field[0])
	}
	return failures
}
