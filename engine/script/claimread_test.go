package script_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judgedClaim signs what the rule's message is expected to be and judges it.
func judgedClaim(t *testing.T, code, signed string, req *webhook.Request) webhook.Verdict {
	t.Helper()
	secret, err := webhook.NewSecret("main", []byte("s3cret-key"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Sig", base64.StdEncoding.EncodeToString(mac("s3cret-key", signed)))
	claim, err := claimOf(t, code, req)
	if err != nil {
		t.Fatal(err)
	}
	return scheme.Check(claim, req, []webhook.Secret{secret}, []webhook.Algorithm{webhook.HMACSHA256}, now)
}

func rule(message, id string) string {
	return `export const claim = (request) => ({
		anyOf: { allOf: { algorithm: "hmac-sha256", message: ` + message + `, signatures: { value: request.header("x-sig"), encoding: "base64" } } },
		id: ` + id + ` })`
}

// What a rule reads by the language of schemes is covered as a scheme's is.
func TestReadingsAreCovered(t *testing.T) {
	body := `{ "b": {"id":"e1","n":1.0}, "a": "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "é": 2 }`
	const guid = "3f2504e04f8911d39a0c0305e82c3301"
	for _, tt := range []struct {
		message, signed, id string
		covers              webhook.Coverage
	}{
		{`request.value("json.a or json.A | uuid:N")`, guid, `request.value("json.a or json.A | uuid:N")`, webhook.CoversID},
		{`request.value("json.a | uuid:N")`, guid, `request.json("a")`, webhook.CoversID},
		{`request.value("json.a | digits")`, "325040489113900305823301", `request.json("a")`, 0},
		{`request.value("query | sort | join:'=','&'")`, "shop=a b&twice=1&twice=2", `request.query("shop")`, 0},
		{`request.jsonText("b")`, `{"id":"e1","n":1.0}`, `request.json("b.id")`, webhook.CoversID},
		{`request.jsonText("b", "stringified")`, `{"id":"e1","n":1}`, `request.json("b.id")`, webhook.CoversID},
		{`request.jsonText("b")`, `{"id":"e1","n":1.0}`, `request.json("a")`, 0},
		{`{ digest: { algorithm: "verbatim", encoding: "base64url", parts: ["x", request.jsonText("b.id")] } }`, "eCJlMSI", `request.json("b.id")`, webhook.CoversID},
		{`request.canonical`, `{"a":"3F2504E0-4F89-11D3-9A0C-0305E82C3301","b":{"id":"e1","n":1},"é":2}`, `request.json("b.id")`, webhook.CoversBody | webhook.CoversID},
		{`request.text`, body, `request.json("b.id")`, 0},
		{`JSON.stringify(request.fields("query"))`, `[["shop","a b"],["twice","1"],["twice","2"]]`, `""`, 0},
	} {
		v := judgedClaim(t, rule(tt.message, tt.id), tt.signed, request(body))
		if !v.Accepted() || v.Covers != tt.covers {
			t.Errorf("message %s, id %s: %v %s %s, covers %v, want %v", tt.message, tt.id, v.Outcome, v.Reason, v.Detail, v.Covers, tt.covers)
		}
	}
}

// The canonical form is not what was received, and the verdict says so.
func TestCanonicalBody(t *testing.T) {
	v := judgedClaim(t, rule("request.canonical", `""`), `{"a":1,"b":2}`, request(`{"b":2,"a":1}`))
	if !v.Accepted() || !v.Restringified || !v.Canonical {
		t.Fatalf("verdict = %+v, want an accepted one of the canonical form", v)
	}
	req := request(`{"b":2,"a":1}`)
	if got := string(scheme.VerifiedBody(req, v)); got != `{"a":1,"b":2}` {
		t.Errorf("VerifiedBody = %s, want the canonical form", got)
	}
	if v := judgedClaim(t, rule("request.canonical", `""`), `{"a":1}`, request(`{"a":2,"a":1}`)); v.Accepted() {
		t.Error("a body with a name twice is accepted; it has no canonical form")
	}
}

func token(header, claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	input := part([]byte(header)) + "." + part([]byte(claims))
	return input + "." + part(mac("s3cret-key", input))
}

func TestTokens(t *testing.T) {
	const code = `export const claim = (request) => {
		const token = request.header("authorization").strip("JWT ")
		const other = request.header("x-other")
		const said = (name) => token.jws("HS256", name)
		return {
			anyOf: { allOf: {
				algorithm: "hmac-sha256", key: { from: "hint", id: said("claims.iss") }, message: said("input"),
				signatures: { value: said("signature"), encoding: "base64url" },
			} },
			id: said("claims.jti"), type: other.jws("HS256", "claims.jti"),
			time: { value: said("claims.iat"), unit: "s" },
		}
	}`
	secret, err := webhook.NewSecret("main", []byte("s3cret-key"))
	if err != nil {
		t.Fatal(err)
	}
	right := token(`{"alg":"HS256"}`, `{"iss":"t1","jti":"e1","iat":1733308200}`)
	foreign := token(`{"alg":"HS256"}`, `{"jti":"forged"}`)
	for _, tt := range []struct {
		name, authorization string
		reason              webhook.Reason
	}{
		{"good", "JWT " + right, ""},
		{"none", "", webhook.SignatureMissing},
		{"another scheme", "Bearer " + right, webhook.SignatureMalformed},
		{"no token", "JWT a.b.c", webhook.SignatureMalformed},
		{"another algorithm", "JWT " + token(`{"alg":"none"}`, `{}`), webhook.AlgorithmNotAllowed},
		{"an extension", "JWT " + token(`{"alg":"HS256","crit":["exp"]}`, `{}`), webhook.SignatureMalformed},
		{"another signature", "JWT " + right[:len(right)-8] + "AAAAAAAA", webhook.SignatureMismatch},
	} {
		req := request("{}", "X-Other", foreign)
		if tt.authorization != "" {
			req.Header = http.Header{"X-Other": {foreign}, "Authorization": {tt.authorization}}
		}
		claim, err := claimOf(t, code, req)
		if err != nil {
			t.Fatal(err)
		}
		v := scheme.Check(claim, req, []webhook.Secret{secret}, []webhook.Algorithm{webhook.HMACSHA256}, now)
		if v.Reason != tt.reason {
			t.Errorf("%s: %v %s (%s), want %q", tt.name, v.Outcome, v.Reason, v.Detail, tt.reason)
		}
		if tt.reason == "" && (v.Covers != webhook.CoversID|webhook.CoversTime || claim.AnyOf[0].AllOf[0].Key.ID.Text != "t1" || claim.ID.Text != "e1") {
			t.Errorf("%s: covers %v, key %+v, id %+v; want id and time, and nothing of the other token", tt.name, v.Covers, claim.AnyOf[0].AllOf[0].Key.ID, claim.ID)
		}
	}
}

// What is a credential cannot be read by another way either.
func TestReadingsKeepCredentials(t *testing.T) {
	for _, expression := range []string{
		`request.value("header.Authorization").text`, `request.value("header.Authorization | lower").text`, `request.value("header.X or header.Authorization").text`,
		`request.cookie("session").text`, `request.value("cookie.session").text`, `request.value("cookie.session | digits").text`,
		`request.header("authorization").jws("HS256", "claims.iss").text`,
	} {
		req := request("{}", "Authorization", "abc", "Cookie", "session=1")
		if claim, err := claimOf(t, `export const claim = (request) => ({ refused: "signature_missing", x: `+expression+` })`, req); err == nil {
			t.Errorf("%s is read, and gives %+v", expression, claim)
		} else if g, ok := err.(*webhook.GuestError); !ok || g.Kind != webhook.GuestThrow {
			t.Errorf("%s: %v, want that it throws", expression, err)
		}
	}
}

func TestReadingsRefuse(t *testing.T) {
	for _, expression := range []string{
		`request.value("jwt.claims.iss")`, `request.value("sig.t")`, `request.value("item.id")`, `request.value("body")`, `request.value("secret")`,
		`request.value("json.a} {json.b")`, `request.value("json.a | sha256")`, `request.value("form")`, `request.value("nowhere.x")`, `request.value("header.x | signed-headers:',',':',';'")`, `request.value(1)`,
		`request.jsonText("a", "other")`, `request.fields("cookies")`, `request.header("x").jws("HS256")`,
	} {
		if claim, err := claimOf(t, `export const claim = (request) => { `+expression+`; return { refused: "signature_missing" } }`, request(`{"a":1}`)); err == nil {
			t.Errorf("%s gives %+v, want that it throws", expression, claim)
		}
	}
}
