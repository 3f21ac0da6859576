package scheme_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func b64url(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func hs256(header, claims string) string {
	input := b64url(header) + "." + b64url(claims)
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(input))
	return input + "." + b64url(string(h.Sum(nil)))
}

// qstashLike binds the body by a digest in a claim, and the URL by another.
func qstashLike() scheme.Definition {
	return scheme.Definition{
		Algorithm: "hmac-sha256",
		Signature: scheme.SignatureDef{Header: scheme.List{"Upstash-Signature"}, Parse: "jwt"},
		Time:      &scheme.TimeDef{From: "{jwt.claims.iat}", Unit: scheme.List{"s"}, Tolerance: "off"},
		Require: []scheme.RequireDef{
			{Value: "{jwt.claims.iss}", In: []string{"Upstash"}},
			{Equals: []string{"{jwt.claims.sub}", "{url}"}},
			{Value: "{jwt.claims.body}", Digest: "sha256", Of: "{body}", Encoding: "base64url"},
		},
	}
}

// The example of RFC 7515, appendix A.1.
func TestPublishedJWT(t *testing.T) {
	const token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	s := compile(t, scheme.Definition{
		Algorithm: "hmac-sha256", Key: "base64url", Signature: scheme.SignatureDef{Header: scheme.List{"Authorization"}, Prefix: scheme.List{"Bearer "}, Parse: "jwt"},
		Require: []scheme.RequireDef{{Value: "{jwt.claims.iss}", In: []string{"joe"}}},
	}, scheme.EventDef{Type: "{jwt.claims.iss}"})
	secrets := []webhook.Secret{secret(t, "s", "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")}
	req := &webhook.Request{Header: http.Header{"Authorization": {"Bearer " + token}}}
	if v := scheme.Verify(s, req, secrets, now); v.Reason != webhook.TimestampTooOld {
		t.Errorf("Verify long after exp = %s %s, want %s", v.Outcome, v.Reason, webhook.TimestampTooOld)
	}
	v := scheme.Verify(s, req, secrets, time.Unix(1300819379, 0))
	if !v.Accepted() || v.Covers != webhook.CoversType {
		t.Errorf("Verify before exp = %+v, want accepted, covering the type", v)
	}
	if got := s.Identify(req, v, ""); got.Type != "joe" {
		t.Errorf("Identify = %+v, want type joe", got)
	}
}

func TestJWT(t *testing.T) {
	s := compile(t, qstashLike(), scheme.EventDef{})
	const body, header = `{"x":1}`, `{"alg":"HS256","typ":"JWT"}`
	sum := sha256.Sum256([]byte(body))
	claims := func(change ...string) string {
		text := fmt.Sprintf(`{"iss":"Upstash","sub":"https://h/in","iat":%d,"exp":%d,"nbf":%d,"body":"%s"}`,
			now.Unix(), now.Unix()+300, now.Unix(), base64.URLEncoding.EncodeToString(sum[:]))
		return strings.NewReplacer(change...).Replace(text)
	}
	good := hs256(header, claims())
	parts := strings.Split(good, ".")
	for _, tt := range []struct {
		name, token, body, target string
		want                      webhook.Reason
	}{
		{"right", good, body, "/in", ""},
		{"another body", good, body + " ", "/in", webhook.ConditionFailed},
		{"another URL", good, body, "/in2", webhook.ConditionFailed},
		{"another issuer", hs256(header, claims("Upstash", "Mallory")), body, "/in", webhook.ConditionFailed},
		{"no digest", hs256(header, claims(`"body"`, `"b"`)), body, "/in", webhook.FieldMissing},
		{"expired", hs256(header, claims(fmt.Sprint(now.Unix()+300), fmt.Sprint(now.Unix()-61))), body, "/in", webhook.TimestampTooOld},
		{"expired within the leeway", hs256(header, claims(fmt.Sprint(now.Unix()+300), fmt.Sprint(now.Unix()-59))), body, "/in", ""},
		{"not yet", hs256(header, claims(fmt.Sprintf(`"nbf":%d`, now.Unix()), fmt.Sprintf(`"nbf":%d`, now.Unix()+61))), body, "/in", webhook.TimestampInFuture},
		{"exp is a text", hs256(header, claims(fmt.Sprint(now.Unix()+300), `"soon"`)), body, "/in", webhook.TimestampMalformed},
		{"alg none", b64url(`{"alg":"none"}`) + "." + parts[1] + ".", body, "/in", webhook.AlgorithmNotAllowed},
		{"alg nOnE", hs256(`{"alg":"nOnE"}`, claims()), body, "/in", webhook.AlgorithmNotAllowed},
		{"alg HS512", hs256(`{"alg":"HS512"}`, claims()), body, "/in", webhook.AlgorithmNotAllowed},
		{"alg absent", hs256(`{}`, claims()), body, "/in", webhook.AlgorithmNotAllowed},
		{"alg twice", hs256(`{"alg":"HS256","alg":"none"}`, claims()), body, "/in", webhook.SignatureMalformed},
		{"claim twice", hs256(header, claims(`"iss"`, `"iss":"x","iss"`)), body, "/in", webhook.SignatureMalformed},
		{"crit", hs256(`{"alg":"HS256","crit":["exp"]}`, claims()), body, "/in", webhook.SignatureMalformed},
		{"b64", hs256(`{"alg":"HS256","b64":false}`, claims()), body, "/in", webhook.SignatureMalformed},
		{"two parts", parts[0] + "." + parts[1], body, "/in", webhook.SignatureMalformed},
		{"four parts", good + ".", body, "/in", webhook.SignatureMalformed},
		{"padded", parts[0] + "=." + parts[1] + "." + parts[2], body, "/in", webhook.SignatureMalformed},
		{"no signature", parts[0] + "." + parts[1] + ".", body, "/in", webhook.SignatureMalformed},
		{"detached", parts[0] + ".." + parts[2], body, "/in", webhook.SignatureMalformed},
		{"claims are a list", hs256(header, "[]"), body, "/in", webhook.SignatureMalformed},
		{"too long", hs256(header, claims(`"iss"`, `"pad":"`+strings.Repeat("x", 16<<10)+`","iss"`)), body, "/in", webhook.SignatureMalformed},
		{"another key", good[:len(good)-4] + "AAAA", body, "/in", webhook.SignatureMismatch},
	} {
		req := &webhook.Request{Scheme: "https", Host: "h", Target: tt.target, Header: http.Header{"Upstash-Signature": {tt.token}}, Body: []byte(tt.body)}
		v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
		if v.Reason != tt.want || v.Accepted() != (tt.want == "") {
			t.Errorf("%s: Verify = %s %s %s, want %q", tt.name, v.Outcome, v.Reason, v.Detail, tt.want)
		}
		if v.Accepted() && !v.Covers.Has(webhook.CoversBody|webhook.CoversTime) {
			t.Errorf("%s: covers %v, want body and time by their claims", tt.name, v.Covers.Names())
		}
	}
}

func TestJWTSigned(t *testing.T) {
	s := compile(t, qstashLike(), scheme.EventDef{})
	req := &webhook.Request{Scheme: "https", Host: "h", Target: "/in", Header: http.Header{}, Body: []byte("body")}
	secrets := []webhook.Secret{secret(t, "s", key)}
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
		t.Fatal(err)
	}
	if v := scheme.Verify(s, req, secrets, now); !v.Accepted() {
		t.Errorf("Verify = %s %s of %s", v.Reason, v.Detail, req.Header)
	}
}

// A token that is the body covers it (Kinde).
func TestJWTIsBody(t *testing.T) {
	s := compile(t, scheme.Definition{Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{From: "{body}", Parse: "jwt"}},
		scheme.EventDef{ID: "{jwt.claims.event_id}", Type: "{jwt.claims.type}"})
	req := &webhook.Request{Header: http.Header{}, Body: []byte(hs256(`{"alg":"HS256"}`, `{"event_id":"e1","type":"user.created","pad":"`+strings.Repeat("x", 20<<10)+`"}`))}
	v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
	if !v.Accepted() || !v.Covers.Has(webhook.CoversBody|webhook.CoversID|webhook.CoversType) {
		t.Fatalf("Verify = %+v, want accepted, covering body, id and type", v)
	}
	if got := s.Identify(req, v, ""); got.ID != "e1" || got.Type != "user.created" {
		t.Errorf("Identify = %+v", got)
	}
}

// A detached token (RFC 7797 and RFC 7515, appendix F) signs the body beside it.
func TestDetachedJWS(t *testing.T) {
	sign := func(header, input string) string {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(b64url(header) + "." + input))
		return b64url(header) + ".." + b64url(string(h.Sum(nil)))
	}
	const unencoded = `{"alg":"HS256","b64":false,"crit":["b64"]}`
	for _, tt := range []struct {
		name, message, token string
		want                 webhook.Reason
	}{
		{"encoded", "{jwt.protected}.{body | base64url}", sign(`{"alg":"HS256"}`, b64url("body")), ""},
		{"unencoded", "{jwt.protected}.{body}", sign(unencoded, "body"), ""},
		{"another body", "{jwt.protected}.{body}", sign(unencoded, "Body"), webhook.SignatureMismatch},
		{"attached", "{jwt.protected}.{body}", hs256(`{"alg":"HS256"}`, "{}"), webhook.SignatureMalformed},
	} {
		s := compile(t, scheme.Definition{
			Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Jws"}, Parse: "jws-detached"},
			Message: scheme.MessageDef{{Text: tt.message}},
		}, scheme.EventDef{})
		req := &webhook.Request{Header: http.Header{"X-Jws": {tt.token}}, Body: []byte("body")}
		v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", key)}, now)
		if v.Reason != tt.want || v.Accepted() && !v.Covers.Has(webhook.CoversBody) {
			t.Errorf("%s: Verify = %s %s %s, covers %v, want %q and the body", tt.name, v.Outcome, v.Reason, v.Detail, v.Covers.Names(), tt.want)
		}
	}
}
