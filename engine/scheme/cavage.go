package scheme

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// cavageAlgorithms are the names of draft-cavage-http-signatures-12, appendix E,
// with ed25519, which is in use beside them (Keygen); hs2019 stands for any.
var cavageAlgorithms = map[webhook.Algorithm]string{
	webhook.RSASHA1: "rsa-sha1", webhook.RSASHA256: "rsa-sha256", webhook.HMACSHA256: "hmac-sha256",
	webhook.ECDSASHA256: "ecdsa-sha256", webhook.Ed25519: "ed25519",
}

// The parameters of the draft that have another name than those of RFC 9421.
const (
	cavageAlgorithm = "algorithm"
	cavageHeaders   = "headers"
)

// cavageParams are the parameters that a signature may have beside itself, each
// with whether it is a number. Of the key's name there are two spellings.
var cavageParams = map[string]bool{
	"keyId": false, keyParam: false, cavageAlgorithm: false, cavageHeaders: false, createdParam: true, expiresParam: true,
}

// readCavage reads keyId="…",algorithm="…",headers="…",signature="…", in any
// order. Nothing of that is signed but what the list names.
func (j *judge) readCavage(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	if len(text) > maxToken {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the signature has %d bytes, at most %d", len(text), maxToken))
	}
	sig, err := j.readCavageParams(text)
	if err != nil {
		return webhook.Rejected(webhook.SignatureMalformed, err.Error())
	}
	headers := j.syntax.find(cavageHeaders)
	if sig == "" || !headers.Found {
		return webhook.Rejected(webhook.SignatureMalformed, "the signature has the parameters signature and headers")
	}
	var components []component
	for name := range strings.SplitSeq(headers.Text, " ") {
		c, err := cavageComponent(name)
		if err != nil {
			return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("the component %q %s", clip(name), err))
		}
		components = append(components, c)
	}
	if refusal := p.judgeListing(components, j.syntax.find(cavageAlgorithm)); refusal.Reason != "" {
		return refusal
	}
	j.listing = listing{components: components}
	j.addSignature(p, sig, at)
	return webhook.Verdict{Outcome: webhook.Accept}
}

// readCavageParams keeps the parameters and returns the signature.
func (j *judge) readCavageParams(text string) (sig string, err error) {
	for more := true; more; {
		var name, value string
		var quoted bool
		if name, value, quoted, text, more, err = cutParam(text); err != nil {
			return "", err
		}
		numeric, known := cavageParams[name]
		switch {
		case name == signatureField && quoted && sig == "" && value != "":
			sig = value
		case !known || numeric == quoted || !j.syntax.add(name, value):
			return "", fmt.Errorf("the parameter %s is unknown, there twice, or of another type than it has", clip(name))
		}
	}
	if j.syntax.find("keyId").Found && j.syntax.find(keyParam).Found {
		return "", errors.New("the key is named twice")
	}
	return sig, nil
}

// cutParam cuts name="value" or name=123 from the front of a list with commas. A
// value holds no escapes: no parameter of the draft needs one.
func cutParam(text string) (name, value string, quoted bool, rest string, more bool, err error) {
	name, rest, ok := strings.Cut(text, "=")
	if !ok || rest == "" {
		return "", "", false, "", false, errors.New("a parameter has no value")
	}
	if quoted = rest[0] == '"'; quoted {
		value, rest, ok = strings.Cut(rest[1:], `"`)
		if !ok || !isBareText(value) {
			return "", "", false, "", false, fmt.Errorf("the value of %s has no end, or more than ASCII without escapes", clip(name))
		}
	} else {
		end := strings.IndexAny(rest, ", \t")
		if end < 0 {
			end = len(rest)
		}
		value, rest = rest[:end], rest[end:]
	}
	if rest = strings.TrimLeft(rest, " \t"); rest == "" {
		return name, value, quoted, "", false, nil
	}
	if rest[0] != ',' {
		return "", "", false, "", false, fmt.Errorf("there is no comma behind %s", clip(name))
	}
	return name, value, quoted, strings.TrimLeft(rest[1:], " \t"), true, nil
}

// isBareText reports printable ASCII that stands in quotes as it is.
func isBareText(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
}
