package scheme

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme/structured"
	"github.com/hookseal/hookseal/engine/webhook"
)

// listing is what a message signature says of itself: what it covers, and the
// text around the values of that.
type listing struct {
	components []component
	// params is the end of the message, empty in the draft's form.
	params []webhook.Part
}

func (p *signaturePlan) listsComponents() bool {
	return p.parse == messageSyntax || p.parse == cavageSyntax
}

// compileListing compiles what the syntaxes with a list of components have of
// their own.
func (p *signaturePlan) compileListing(d SignatureDef) error {
	if !p.listsComponents() {
		if len(d.Components) > 0 || d.Label != "" {
			return errors.New(`signature.components and signature.label go with parse = "rfc9421" or "cavage"`)
		}
		return nil
	}
	if d.Encoding != nil {
		return fmt.Errorf("signature.parse = %q: the signature is in base64, and takes no encoding", d.Parse)
	}
	if p.parse == cavageSyntax && d.Label != "" {
		return errors.New(`signature.label goes with parse = "rfc9421", where a header may hold several signatures`)
	}
	if p.numbered > 0 || p.repeats {
		return fmt.Errorf("signature.parse = %q: numbered and repeats are for headers that hold a signature and nothing else", d.Parse)
	}
	if p.parse == messageSyntax && (len(p.headers) != 1 || len(p.prefixes) > 0) {
		return errors.New(`signature.parse = "rfc9421" takes one header, beside which there is Signature-Input, and no prefix`)
	}
	if p.label = d.Label; p.label != "" {
		lists, err := structured.ReadLists(p.label + "=()")
		if _, alone := lists[p.label]; err != nil || !alone || len(lists) > 1 {
			return errors.Join(fmt.Errorf("signature.label = %q is no key of a dictionary (RFC 9651)", p.label), err)
		}
	}
	p.encodings = []webhook.Encoding{webhook.Base64}
	return p.compileComponents(d.Components)
}

// compileListedAlgorithm pins the names that a signature may give its algorithm.
func (s *Scheme) compileListedAlgorithm() error {
	switch s.signature.parse {
	case messageSyntax:
		name, ok := messageAlgorithms[s.algorithm]
		if !ok {
			return fmt.Errorf("algorithm %q: a message signature is made with one of %s", s.algorithm, slices.Sorted(maps.Keys(messageAlgorithms)))
		}
		s.signature.algorithmNames = []string{name}
	case cavageSyntax:
		name, ok := cavageAlgorithms[s.algorithm]
		if !ok {
			return fmt.Errorf("algorithm %q: a signature of draft-cavage-http-signatures is made with one of %s", s.algorithm, slices.Sorted(maps.Keys(cavageAlgorithms)))
		}
		s.signature.algorithmNames = []string{name, "hs2019"}
	}
	return nil
}

// judgeListing demands that what must be covered is, by the pinned algorithm.
func (p *signaturePlan) judgeListing(components []component, algorithm webhook.Value) webhook.Verdict {
	if len(components) > maxListed {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the signature lists %d components, at most %d", len(components), maxListed))
	}
	for i, c := range components {
		if slices.Contains(components[:i], c) {
			return webhook.Rejected(webhook.SignatureMalformed, "the signature lists "+clip(c.name)+" twice")
		}
	}
	if algorithm.Found && !slices.Contains(p.algorithmNames, algorithm.Text) {
		return webhook.Rejected(webhook.AlgorithmNotAllowed, fmt.Sprintf("the signature names %q, the scheme takes %s alone", clip(algorithm.Text), strings.Join(p.algorithmNames, " or ")))
	}
	for _, c := range p.components {
		if !slices.Contains(components, c) {
			return webhook.Rejected(webhook.FieldMissing, "the signature does not cover "+c.name+" "+c.query)
		}
	}
	return webhook.Verdict{}
}

// appendListed writes the message that the signature lists.
func (j *judge) appendListed(parts []webhook.Part, p *signaturePlan) ([]webhook.Part, webhook.Verdict) {
	for i, c := range j.listing.components {
		v, refusal := j.component(c)
		if refusal.Reason != "" {
			return parts, refusal
		}
		before, after := c.identifier(), "\n"
		if p.parse == cavageSyntax {
			before = c.name
			if i == len(j.listing.components)-1 {
				after = ""
			}
		}
		parts = append(parts, webhook.Part{Text: before + ": "}, webhook.Part{Kind: webhook.FromValue, Value: v}, webhook.Part{Text: after})
	}
	return append(parts, j.listing.params...), webhook.Verdict{}
}

// judgeExpiry judges the moment from which a signature counts no more, where it
// states one.
func (j *judge) judgeExpiry() webhook.Verdict {
	v := j.syntax.find(expiresParam)
	if !v.Found {
		return webhook.Verdict{}
	}
	switch at, ok := parseUnit(v.Text, webhook.UnixSeconds); {
	case !ok:
		return webhook.Rejected(webhook.TimestampMalformed, "the signature's expires is no moment")
	case !j.now.Before(at.Add(leeway)):
		return webhook.Rejected(webhook.TimestampTooOld, "the signature expired at "+at.UTC().Format(time.RFC3339))
	}
	return webhook.Verdict{}
}
