package scheme

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxSignatures bounds how many signatures one request may carry, and with it
// the work that a forged header can cause.
const maxSignatures = 16

// signaturePlan is where the signature stands and how it is written.
type signaturePlan struct {
	header    string
	prefix    string
	parse     string
	take      string
	separator string
	encodings []webhook.Encoding
}

func compileSignature(d SignatureDef) (signaturePlan, error) {
	p := signaturePlan{
		header: http.CanonicalHeaderKey(d.Header), prefix: d.Prefix,
		parse: d.Parse, take: d.Take, separator: d.Separator,
	}
	if d.Header == "" {
		return p, fmt.Errorf("signature needs a header")
	}
	var err error
	if p.encodings, err = compileEncodings(d.Encoding); err != nil {
		return p, err
	}
	separator := map[string]string{"plain": "", "kv": ",", "list": " "}
	if p.parse == "" {
		p.parse = "plain"
	}
	standard, ok := separator[p.parse]
	switch {
	case !ok:
		return p, fmt.Errorf("unknown signature.parse %q; it is plain, kv or list", d.Parse)
	case p.parse == "plain" && (p.take != "" || p.separator != ""):
		return p, fmt.Errorf("signature.take and signature.separator go with parse = \"kv\" or \"list\"")
	case p.parse != "plain" && p.take == "":
		return p, fmt.Errorf("signature.parse = %q needs take, the key of the signature", p.parse)
	}
	if p.separator == "" {
		p.separator = standard
	}
	return p, nil
}

// headerSyntax is a structured signature header, taken apart.
type headerSyntax struct {
	members []webhook.Value
}

func (s *headerSyntax) find(name string) webhook.Value {
	for _, m := range s.members {
		if m.Origin.Name == name {
			return m
		}
	}
	return webhook.Value{Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: name}}
}

// read appends the signatures of a request to sigs.
func (p *signaturePlan) read(h http.Header, sigs []webhook.Signature, syntax *headerSyntax) ([]webhook.Signature, webhook.Verdict) {
	values := h[p.header]
	switch {
	case len(values) == 0:
		return sigs, webhook.Rejected(webhook.SignatureMissing, "")
	case len(values) > 1:
		return sigs, webhook.Rejected(webhook.SignatureAmbiguous, "")
	}
	text, ok := strings.CutPrefix(values[0], p.prefix)
	if !ok || text == "" {
		return sigs, webhook.Rejected(webhook.SignatureMalformed, "")
	}
	switch p.parse {
	case "kv":
		return p.readPairs(text, sigs, syntax)
	case "list":
		return p.readList(text, sigs)
	}
	return p.add(sigs, text), webhook.Verdict{Outcome: webhook.Accept}
}

func (p *signaturePlan) add(sigs []webhook.Signature, text string) []webhook.Signature {
	return append(sigs, webhook.Signature{
		Text: text, Encodings: p.encodings,
		Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: p.header},
	})
}

// readPairs reads "t=1,v1=ab,v1=cd". A member beside the signature may stand
// once only, since the message is made of it.
func (p *signaturePlan) readPairs(text string, sigs []webhook.Signature, syntax *headerSyntax) ([]webhook.Signature, webhook.Verdict) {
	for item := range strings.SplitSeq(text, p.separator) {
		key, value, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok {
			return sigs, webhook.Rejected(webhook.SignatureMalformed, "")
		}
		if key == p.take {
			sigs = p.add(sigs, value)
			continue
		}
		if syntax.find(key).Found || len(syntax.members) >= maxSignatures {
			return sigs, webhook.Rejected(webhook.SignatureMalformed, "")
		}
		syntax.members = append(syntax.members, webhook.Value{
			Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: key}, Text: value, Found: true,
		})
	}
	return p.bounded(sigs, true)
}

// readList reads "v1,ab v1,cd v1a,ef"; other versions are passed over.
func (p *signaturePlan) readList(text string, sigs []webhook.Signature) ([]webhook.Signature, webhook.Verdict) {
	wellFormed := true
	for item := range strings.SplitSeq(text, p.separator) {
		version, value, ok := strings.Cut(item, ",")
		switch {
		case !ok:
			wellFormed = false
		case version == p.take:
			sigs = p.add(sigs, value)
		}
	}
	return p.bounded(sigs, wellFormed)
}

func (p *signaturePlan) bounded(sigs []webhook.Signature, wellFormed bool) ([]webhook.Signature, webhook.Verdict) {
	switch {
	case len(sigs) > maxSignatures:
		return sigs, webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("%d signatures, at most %d", len(sigs), maxSignatures))
	case len(sigs) == 0 && !wellFormed:
		return sigs, webhook.Rejected(webhook.SignatureMalformed, "")
	case len(sigs) == 0:
		return sigs, webhook.Rejected(webhook.SignatureMissing, "no signature of version "+p.take)
	}
	return sigs, webhook.Verdict{Outcome: webhook.Accept}
}

// write composes the header from the encoded signatures and the members that
// the message used.
func (p *signaturePlan) write(encoded []string, members []webhook.Value) string {
	var items []string
	switch p.parse {
	case "kv":
		for _, m := range members {
			items = append(items, m.Origin.Name+"="+m.Text)
		}
		for _, sig := range encoded {
			items = append(items, p.take+"="+sig)
		}
	case "list":
		for _, sig := range encoded {
			items = append(items, p.take+","+sig)
		}
	default:
		items = encoded[:1]
	}
	return p.prefix + strings.Join(items, p.separator)
}
