package scheme

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ReadExpression returns what a value of the language of schemes gives for a
// request: "json.EventId or json.eventId | uuid:N", "form | without:sign | sort |
// join:'=','&'". Settings are not filled in.
//
// The reason is empty unless the value is there and cannot count; an absent one is
// not Found. The value keeps its place where its text tells what stands there; of
// a whole form or query, and of what a pipe such as digits has left, it has a
// place of its own.
//
// It returns an error for a text that is no such expression, and for one that
// needs more than the request: {sig.NAME}, {jwt.NAME}, {item.PATH}, the body, the
// secret, a digest, the headers that a value lists.
func ReadExpression(req *webhook.Request, text string) (webhook.Value, webhook.Reason, error) {
	if strings.ContainsAny(text, "{}\t") {
		return webhook.Value{}, "", fmt.Errorf("expression %q: it stands without braces", text)
	}
	ref, err := parseSingle("expression", "{"+text+"}", nil)
	if err != nil {
		return webhook.Value{}, "", err
	}
	// The headers that a value lists could be those that no rule is to read.
	if ref.ofItem || ref.headers != nil || slices.ContainsFunc(ref.origins, beyondRequest) {
		return webhook.Value{}, "", fmt.Errorf("expression %q: a rule reads of the request alone", text)
	}
	j := judge{req: req}
	v, refusal := j.resolve(ref)
	if ref.whole || !ref.keepsAll() {
		_, pipes, _ := strings.Cut(text, "|")
		v.Origin.Name += "\t" + strings.TrimSpace(pipes)
	}
	return v, refusal.Reason, nil
}

func beyondRequest(o webhook.Origin) bool {
	switch o.Kind {
	case webhook.SignatureOrigin, webhook.JWTOrigin, webhook.BodyOrigin:
		return true
	}
	return false
}

// ReadFields returns the decoded names and values of the query or of the form in
// the body, in their order, by the kind of their place. The reason is that for
// which they cannot be read.
func ReadFields(req *webhook.Request, kind webhook.OriginKind) ([][2]string, webhook.Reason) {
	j := judge{req: req}
	pairs, refusal := j.wholePairs(webhook.Value{Origin: webhook.Origin{Kind: kind}})
	if refusal.Reason != "" {
		return nil, refusal.Reason
	}
	fields := make([][2]string, len(pairs))
	for i, p := range pairs {
		fields[i] = [2]string{p.name, p.value}
	}
	return fields, ""
}

// ReadJSONText returns the text of what stands at a dotted path of the body, an
// object or an array too, as it was sent or, with anew, as JSON.stringify writes
// it. A signature over the text vouches for every value in it.
func ReadJSONText(req *webhook.Request, path string, anew bool) (webhook.Value, webhook.Reason) {
	v := webhook.Value{Origin: webhook.Origin{Kind: webhook.JSONOrigin, Name: path}}
	root, err := jsonvalue.Parse(req.Body)
	if err != nil {
		return v, webhook.BodyMalformed
	}
	at, err := member(root, path)
	if err != nil {
		return v, webhook.BodyAmbiguous
	}
	if at == nil {
		return v, ""
	}
	text := at.Raw
	if anew {
		// What Parse reads can be written.
		text, _ = jsonvalue.AppendStringify(nil, text)
	}
	v.Text, v.Found = string(text), true
	return v, ""
}

// member returns the member at a path of objects, nil for none. The error reports
// a name that is there twice.
func member(v *jsonvalue.Value, path string) (*jsonvalue.Value, error) {
	for name := range strings.SplitSeq(path, ".") {
		var next *jsonvalue.Value
		for i := range v.Members {
			if v.Members[i].Name != name {
				continue
			}
			if next != nil {
				return nil, errors.New(name + " is given more than once")
			}
			next = &v.Members[i].Value
		}
		if v = next; v == nil {
			return nil, nil
		}
	}
	return v, nil
}

// ReadJWS returns a piece of a JSON Web Signature in its compact form (RFC 7515,
// section 7.1): its "input", which is what is signed, its "signature", or the
// scalar at "header.PATH" or "claims.PATH". One whose payload is detached has no
// claims, and its input ends with the dot.
//
// The value is not Found where there is no such piece. The reason is
// [webhook.SignatureMalformed] for a text that is no such token, and
// [webhook.AlgorithmNotAllowed] where its header names another algorithm than the
// pinned one, which is given as JWS names it: "ES512".
func ReadJWS(text, algorithm, name string) (piece string, found bool, reason webhook.Reason) {
	j := judge{}
	p := signaturePlan{parse: tokenSyntax, tokenAlgorithm: algorithm}
	if _, rest, ok := strings.Cut(text, "."); ok && strings.HasPrefix(rest, ".") {
		p.parse = detachedSyntax
	}
	if v := j.readToken(&p, text, webhook.Origin{}); !v.Accepted() {
		return "", false, v.Reason
	}
	switch part, path, _ := strings.Cut(name, "."); {
	case name == "signature":
		return text[strings.LastIndexByte(text, '.')+1:], true, ""
	case name != jwtInput && (part != jwtHeader && part != jwtClaims || path == ""), strings.Contains(name, "\t"):
		return "", false, ""
	}
	v, refusal := j.token.member(webhook.Value{Origin: webhook.Origin{Kind: webhook.JWTOrigin, Name: name}}, false)
	if refusal.Reason != "" {
		return "", false, webhook.FieldMalformed
	}
	return v.Text, v.Found, ""
}

// JWSOrigin is the place of a piece of a token that stands at another place, as
// [ReadJWS] names it. All of a token is covered where its input is signed.
func JWSOrigin(token webhook.Origin, name string) webhook.Origin {
	return webhook.Origin{Kind: webhook.JWTOrigin, Name: fmt.Sprintf("%s\t%d %s", name, token.Kind, token.Name)}
}
