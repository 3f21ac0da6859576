package scheme

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/structured"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The parameters of a message signature (RFC 9421, section 2.3).
const (
	createdParam   = "created"
	expiresParam   = "expires"
	algorithmParam = "alg"
	keyParam       = "keyid"
)

// messageParams are all of them, in the order in which they are written.
var messageParams = []string{createdParam, expiresParam, algorithmParam, keyParam, "nonce", "tag"}

// messageAlgorithms are the values of alg in the registry of RFC 9421, section
// 6.2.2.
var messageAlgorithms = map[webhook.Algorithm]string{
	webhook.RSAPSS512: "rsa-pss-sha512", webhook.RSASHA256: "rsa-v1_5-sha256", webhook.HMACSHA256: "hmac-sha256",
	webhook.ECDSASHA256P1363: "ecdsa-p256-sha256", webhook.ECDSASHA384P1363: "ecdsa-p384-sha384", webhook.Ed25519: "ed25519",
}

// signatureInput is the header beside the signature that says what it covers.
const signatureInput = "Signature-Input"

// readMessageSignature reads the two dictionaries of RFC 9421, section 4.
func (j *judge) readMessageSignature(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	inputs := j.req.Header[signatureInput]
	switch {
	case len(inputs) == 0:
		return webhook.Rejected(webhook.SignatureMissing, signatureInput+" is absent")
	case len(inputs) > 1:
		return webhook.Rejected(webhook.SignatureAmbiguous, signatureInput+" is given more than once")
	case len(inputs[0]) > maxToken || len(text) > maxToken:
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the signature has %d bytes, at most %d", max(len(inputs[0]), len(text)), maxToken))
	}
	lists, err := structured.ReadLists(inputs[0])
	if err != nil {
		return webhook.Rejected(webhook.SignatureMalformed, signatureInput+": "+err.Error())
	}
	sigs, err := structured.ReadBytes(text)
	if err != nil {
		return webhook.Rejected(webhook.SignatureMalformed, at.Name+": "+err.Error())
	}
	label := p.label
	if label == "" {
		if len(lists) > 1 || len(sigs) > 1 {
			return webhook.Rejected(webhook.SignatureAmbiguous, "there are several signatures, and the scheme names none of them")
		}
		label = slices.Collect(maps.Keys(lists))[0]
	}
	list, listed := lists[label]
	sig, signed := sigs[label]
	if !listed || !signed {
		return webhook.Rejected(webhook.SignatureMissing, "no signature with the label "+clip(label))
	}
	if refusal := j.readListing(p, list); refusal.Reason != "" {
		return refusal
	}
	j.addSignature(p, sig, at)
	return webhook.Verdict{Outcome: webhook.Accept}
}

// readListing takes the list of one signature apart.
func (j *judge) readListing(p *signaturePlan, list structured.List) webhook.Verdict {
	var components []component
	for _, item := range list.Items {
		c, err := derive(item)
		if err != nil {
			return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the component %q %s", clip(item.Text), err))
		}
		components = append(components, c)
	}
	for _, param := range list.Params {
		numeric := param.Name == createdParam || param.Name == expiresParam
		if !slices.Contains(messageParams, param.Name) || numeric != (param.Kind == structured.Number) {
			return webhook.Rejected(webhook.SignatureMalformed, "the parameter "+clip(param.Name)+" is unknown, or of another type than it has")
		}
		j.syntax.add(param.Name, param.Text)
	}
	if refusal := p.judgeListing(components, j.syntax.find(algorithmParam)); refusal.Reason != "" {
		return refusal
	}
	j.listing = listing{components: components, params: j.paramsLine(components, list.Params)}
	return webhook.Verdict{}
}

// paramsLine is the last line of the signature base (RFC 9421, section 2.3): the
// list as it was sent, since it was read in no other form than the one of which
// there is one.
func (j *judge) paramsLine(components []component, params []structured.Param) []webhook.Part {
	names := make([]string, len(components))
	for i, c := range components {
		names[i] = c.identifier()
	}
	line := `"@signature-params": (` + strings.Join(names, " ") + ")"
	var parts []webhook.Part
	for _, p := range params {
		line += ";" + p.Name + "="
		quote := `"`
		if p.Kind == structured.Number {
			quote = ""
		}
		parts = append(parts, webhook.Part{Text: line + quote}, webhook.Part{Kind: webhook.FromValue, Value: j.syntax.find(p.Name)})
		line = quote
	}
	return append(parts, webhook.Part{Text: line})
}
