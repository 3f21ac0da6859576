package scheme

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The parts of a token that a template can name.
const (
	jwtHeader    = "header"
	jwtClaims    = "claims"
	jwtProtected = "protected"
	jwtInput     = "input"
)

// token is a JSON Web Signature in its compact form (RFC 7515, section 7.1),
// taken apart. What it says counts only once its signature has held.
type token struct {
	// protected and input are the text of the header, and of header and payload
	// with the dot between them, which is what is signed.
	protected, input string
	// header and claims are the JSON of the two.
	header, claims []byte
}

// tokenAlgorithms are the values of "alg" (RFC 7518, section 3.1, and RFC 8037).
var tokenAlgorithms = map[webhook.Algorithm]string{
	"hmac-sha256": "HS256", "hmac-sha384": "HS384", "hmac-sha512": "HS512",
	"rsa-sha256": "RS256", "rsa-sha384": "RS384", "rsa-sha512": "RS512",
	"rsa-pss-sha256": "PS256", "rsa-pss-sha384": "PS384", "rsa-pss-sha512": "PS512",
	"ecdsa-sha256-p1363": "ES256", "ecdsa-sha384-p1363": "ES384", "ecdsa-sha512-p1363": "ES512",
	"ed25519": "EdDSA",
}

// maxToken bounds the text of a token in bytes, but for one that is the body.
const maxToken = 16 << 10

// readToken takes a token apart. Its header must name the algorithm that the
// scheme pins: the request does not choose it.
func (j *judge) readToken(p *signaturePlan, text string, at webhook.Origin) webhook.Verdict {
	malformed := func(format string, args ...any) webhook.Verdict {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf(format, args...))
	}
	if len(text) > maxToken && at.Kind != webhook.BodyOrigin {
		return malformed("the token has %d bytes, at most %d", len(text), maxToken)
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return malformed("a token has three parts with dots between them, this has %d", len(parts))
	}
	if strings.Contains(parts[2], "=") {
		return malformed("the signature of the token is padded, as none is written (RFC 7515, section 2)")
	}
	if (p.parse == detachedSyntax) != (parts[1] == "") {
		return malformed("the payload of the token must be %s", map[bool]string{true: "detached", false: "there"}[p.parse == detachedSyntax])
	}
	t := token{protected: parts[0], input: text[:len(parts[0])+1+len(parts[1])]}
	var ok bool
	if t.header, ok = jsonPart(parts[0]); !ok {
		return malformed("the token's header is not an object in JSON and base64url")
	}
	if parts[1] != "" {
		if t.claims, ok = jsonPart(parts[1]); !ok {
			return malformed("the token's claims are not an object in JSON and base64url")
		}
	}
	if refusal := t.judgeHeader(p); refusal.Reason != "" {
		return refusal
	}
	j.token = t
	j.addSignature(p, parts[2], at)
	return webhook.Verdict{Outcome: webhook.Accept}
}

// jsonPart decodes a part of a token that must be a JSON object which every
// reader understands in the same way.
func jsonPart(text string) ([]byte, bool) {
	if strings.ContainsAny(text, "=\r\n") {
		return nil, false
	}
	raw, err := strictBase64URL.DecodeString(text)
	if err != nil || jsonvalue.Ambiguity(raw) != "" {
		return nil, false
	}
	value, err := jsonvalue.Parse(raw)
	return raw, err == nil && value.Kind == jsonvalue.Object
}

func (t *token) judgeHeader(p *signaturePlan) webhook.Verdict {
	alg, _ := t.member(webhook.Value{Origin: webhook.Origin{Name: "header.alg"}}, true)
	if alg.Text != p.tokenAlgorithm {
		return webhook.Rejected(webhook.AlgorithmNotAllowed, fmt.Sprintf("the token is signed with %q, the scheme takes %s alone", clip(alg.Text), p.tokenAlgorithm))
	}
	header, err := jsonvalue.Parse(t.header)
	if err != nil {
		return webhook.Rejected(webhook.SignatureMalformed, err.Error())
	}
	crit, critical := header.Get("crit")
	b64, unencoded := header.Get("b64")
	if p.parse == detachedSyntax && critical && unencoded && string(crit.Raw) == `["b64"]` && string(b64.Raw) == "false" {
		return webhook.Verdict{}
	}
	if critical || unencoded {
		return webhook.Rejected(webhook.SignatureMalformed, "the token has an extension that must be understood (crit), and is not")
	}
	return webhook.Verdict{}
}

// member reads one value of the token.
func (t *token) member(v webhook.Value, textOnly bool) (webhook.Value, webhook.Verdict) {
	part, path, _ := strings.Cut(v.Origin.Name, ".")
	text := t.claims
	switch part {
	case jwtProtected:
		v.Text, v.Found = t.protected, t.protected != ""
		return v, webhook.Verdict{}
	case jwtInput:
		v.Text, v.Found = t.input, t.input != ""
		return v, webhook.Verdict{}
	case jwtHeader:
		text = t.header
	}
	if text == nil {
		return v, webhook.Verdict{}
	}
	return scalar(v, text, path, textOnly)
}

// leeway is by how much the clocks of two hosts may differ (RFC 7519, section
// 4.1.4).
const leeway = time.Minute

// judgeLifetime judges the claims exp and nbf, where the token has them.
func (t *token) judgeLifetime(now time.Time) webhook.Verdict {
	for _, bound := range []struct {
		claim  string
		holds  func(time.Time) bool
		reason webhook.Reason
	}{
		{"claims.exp", func(at time.Time) bool { return now.Before(at.Add(leeway)) }, webhook.TimestampTooOld},
		{"claims.nbf", func(at time.Time) bool { return !now.Add(leeway).Before(at) }, webhook.TimestampInFuture},
	} {
		v, refusal := t.member(webhook.Value{Origin: webhook.Origin{Kind: webhook.JWTOrigin, Name: bound.claim}}, false)
		if refusal.Reason != "" {
			return webhook.Rejected(webhook.TimestampMalformed, bound.claim+" is no number")
		}
		if !v.Found {
			continue
		}
		whole, _, _ := strings.Cut(v.Text, ".")
		at, ok := parseUnit(whole, webhook.UnixSeconds)
		switch {
		case !ok:
			return webhook.Rejected(webhook.TimestampMalformed, bound.claim+" is no moment")
		case !bound.holds(at):
			return webhook.Rejected(bound.reason, fmt.Sprintf("the token's %s is %s", bound.claim, at.UTC().Format(time.RFC3339)))
		}
	}
	return webhook.Verdict{}
}

// claimSet are the members of a token that is to be signed.
type claimSet struct{ header, claims memberList }

// set keeps a top-level member of the header or the claims.
func (c *claimSet) set(member, text string) {
	part, name, _ := strings.Cut(member, ".")
	switch {
	case c == nil:
	case part == jwtHeader:
		c.header.set(name, text)
	case part == jwtClaims:
		c.claims.set(name, text)
	}
}

// memberList are names with their texts, in the order in which they came.
type memberList []pair

func (l *memberList) set(name, text string) {
	for i := range *l {
		if (*l)[i].name == name {
			(*l)[i].value = text
			return
		}
	}
	*l = append(*l, pair{name, text})
}

// json writes an object. The moments of RFC 7519 are numbers.
func (l memberList) json() []byte {
	out := []byte{'{'}
	for i, m := range l {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(jsonvalue.AppendQuote(out, m.name), ':')
		if _, number := parseDigits(m.value, 11); number && (m.name == "iat" || m.name == "exp" || m.name == "nbf") {
			out = append(out, m.value...)
		} else {
			out = jsonvalue.AppendQuote(out, m.value)
		}
	}
	return append(out, '}')
}

// makeToken writes header and claims of the token that is to be signed. A key
// that the header names is called by the label of the secret.
func (j *judge) makeToken(s *Scheme, members claimSet) {
	header := memberList{{"alg", s.signature.tokenAlgorithm}, {"typ", "JWT"}}
	if s.keyID != nil && s.keyID.origins[0] == (webhook.Origin{Kind: webhook.JWTOrigin, Name: "header.kid"}) && len(j.secrets) > 0 {
		header.set("kid", j.secrets[0].Label)
	}
	for _, m := range members.header {
		if m.name != "alg" {
			header.set(m.name, m.value)
		}
	}
	t := token{header: header.json()}
	t.protected = base64.RawURLEncoding.EncodeToString(t.header)
	t.input = t.protected + "."
	if s.signature.parse == tokenSyntax {
		t.claims = members.claims.json()
		t.input += base64.RawURLEncoding.EncodeToString(t.claims)
	}
	j.token = t
}
