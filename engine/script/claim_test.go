package script_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

var now = time.Date(2024, 12, 4, 10, 30, 0, 0, time.UTC)

func request(body string, header ...string) *webhook.Request {
	req := &webhook.Request{
		Method: "POST", Target: "/in/x?shop=a%20b&twice=1&twice=2", Scheme: "https", Host: "in.example",
		Header: http.Header{}, Body: []byte(body), Received: now,
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	return req
}

func mac(key, message string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return h.Sum(nil)
}

func claimOf(t testing.TB, code string, req *webhook.Request) (*webhook.Claim, error) {
	t.Helper()
	return load(t, code, roomy).Claim(t.Context(), req, map[string]string{"tenant": "t1", "tolerance": "10m"})
}

const slack = `
export function claim(request, context) {
  const ts = request.header("x-ts")
  return {
    anyOf: { name: "v0", allOf: {
      algorithm: "hmac-sha256",
      message: ["v0:", ts, ":", request.body],
      signatures: { value: request.header("x-sig").strip("v0="), encoding: "hex" },
    } },
    time: { value: ts, unit: "s", tolerance: context.settings.tolerance },
    id: request.json("event.id"),
    type: request.json("event.type"),
    conditions: [
      { equals: [request.setting("tenant"), request.json("tenant")], optional: true },
      { value: request.json("event.type"), in: ["made", "gone"] },
    ],
  }
}`

func TestClaimIsJudged(t *testing.T) {
	secret, err := webhook.NewSecret("main", []byte("s3cret-key"))
	if err != nil {
		t.Fatal(err)
	}
	body := `{"event":{"id":"e1","type":"made"},"tenant":"t1"}`
	ts := strconv.FormatInt(now.Unix()-60, 10)
	good := "v0=" + hex.EncodeToString(mac("s3cret-key", "v0:"+ts+":"+body))
	old := strconv.FormatInt(now.Unix()-3600, 10)
	oldSig := "v0=" + hex.EncodeToString(mac("s3cret-key", "v0:"+old+":"+body))
	other := `{"event":{"id":"e1","type":"else"}}`
	twice := `{"event":{"id":"e1","type":"made","type":"gone"}}`
	sign := func(body string) string { return "v0=" + hex.EncodeToString(mac("s3cret-key", "v0:"+ts+":"+body)) }
	for _, tt := range []struct {
		name   string
		req    *webhook.Request
		reason webhook.Reason
	}{
		{"good", request(body, "X-Ts", ts, "X-Sig", good), ""},
		{"no signature", request(body, "X-Ts", ts), webhook.SignatureMissing},
		{"no prefix", request(body, "X-Ts", ts, "X-Sig", good[3:]), webhook.SignatureMalformed},
		{"empty", request(body, "X-Ts", ts, "X-Sig", "v0="), webhook.SignatureMalformed},
		{"no hex", request(body, "X-Ts", ts, "X-Sig", "v0=zz"), webhook.SignatureMalformed},
		{"two headers", request(body, "X-Ts", ts, "X-Sig", good, "X-Sig", good), webhook.SignatureAmbiguous},
		{"two times", request(body, "X-Ts", ts, "X-Ts", ts, "X-Sig", good), webhook.FieldAmbiguous},
		{"no time", request(body, "X-Sig", good), webhook.TimestampMissing},
		{"other body", request(body+" ", "X-Ts", ts, "X-Sig", good), webhook.SignatureMismatch},
		{"too old", request(body, "X-Ts", old, "X-Sig", oldSig), webhook.TimestampTooOld},
		{"not in the set", request(other, "X-Ts", ts, "X-Sig", sign(other)), webhook.ConditionFailed},
		{"said twice", request(twice, "X-Ts", ts, "X-Sig", sign(twice)), webhook.BodyAmbiguous},
	} {
		t.Run(tt.name, func(t *testing.T) {
			claim, err := claimOf(t, slack, tt.req)
			if err != nil {
				t.Fatal(err)
			}
			if claim.Refused != "" {
				if claim.Refused != tt.reason {
					t.Errorf("claim is refused: %s, want %q", claim.Refused, tt.reason)
				}
				return
			}
			v := scheme.Check(claim, tt.req, []webhook.Secret{secret}, []webhook.Algorithm{webhook.HMACSHA256}, now)
			if v.Reason != tt.reason || v.Accepted() != (tt.reason == "") {
				t.Fatalf("verdict = %v %q (%s), want %q", v.Outcome, v.Reason, v.Detail, tt.reason)
			}
			if tt.reason != "" {
				return
			}
			if v.Candidate != "v0" || !v.Covers.Has(webhook.CoversBody|webhook.CoversID|webhook.CoversType|webhook.CoversTime) {
				t.Errorf("verdict = %+v covers %v, want v0 and all of it", v, v.Covers)
			}
			if claim.ID.Text != "e1" || claim.Type.Text != "made" {
				t.Errorf("identity = %+v, %+v", claim.ID, claim.Type)
			}
		})
	}
}

// Text made of a value has no place, and so is covered by nothing.
func TestDerivedTextIsNotCovered(t *testing.T) {
	secret, err := webhook.NewSecret("main", []byte("s3cret-key"))
	if err != nil {
		t.Fatal(err)
	}
	sig := base64.StdEncoding.EncodeToString(mac("s3cret-key", "id1"))
	req := request("{}", "X-Id", "id1", "X-Sig", sig)
	for _, tt := range []struct {
		message, id string
		covers      webhook.Coverage
	}{
		{`request.header("X-ID")`, `request.header("x-id")`, webhook.CoversID},
		{`request.header("x-id").text`, `request.header("x-id")`, 0},
		{`"" + request.header("x-id")`, `request.header("x-id")`, 0},
		{`request.header("x-id")`, `request.header("x-id").text`, 0},
		{`["i", request.header("x-id").strip("i")]`, `request.header("x-id").strip("i")`, webhook.CoversID},
		{`["i", request.header("x-id").strip("i")]`, `request.header("x-id")`, 0},
	} {
		claim, err := claimOf(t, `export const claim = (request) => ({
			anyOf: [{ allOf: [{ algorithm: "hmac-sha256", message: `+tt.message+`, signatures: [{ value: request.header("x-sig"), encoding: ["hex", "base64"] }] }] }],
			id: `+tt.id+` })`, req)
		if err != nil {
			t.Fatal(err)
		}
		v := scheme.Check(claim, req, []webhook.Secret{secret}, []webhook.Algorithm{webhook.HMACSHA256}, now)
		if !v.Accepted() || v.Covers != tt.covers {
			t.Errorf("message %s, id %s: %v %s, covers %v, want %v", tt.message, tt.id, v.Outcome, v.Reason, v.Covers, tt.covers)
		}
	}
}

func TestClaimTree(t *testing.T) {
	req := request(`{"a":{"b":"x"},"eventId":"lower"}`, "X-Sig", "t=1, v1=ab,v1=cd", "Authorization", "Bearer abc")
	claim, err := claimOf(t, `export function claim(request, context) {
		const sig = request.header("x-sig")
		return {
			anyOf: [
				{ name: "one", allOf: [
					{
						algorithm: "sha512",
						key: { prepare: "strip:whsec_ | base64" },
						message: [request.json("EventId").or(request.json("eventId")), ".", sig.member(",", "t"), ".", context.secret],
						signatures: [0, 1].map((n) => ({ value: sig.member(",", "v1", n), encoding: ["hex", "HEX"] })),
					},
					{ algorithm: "token", signatures: { value: request.header("authorization").strip("Bearer "), encoding: "raw" } },
				] },
				{ name: "two", allOf: {
					algorithm: "ecdsa-sha256",
					key: { from: "reference", id: request.header("x-key"), url: "https://keys.example/k", certificate: true },
					message: [{ digest: { algorithm: "sha256", encoding: "base64", parts: [request.body] } }, request.stringified, request.url, request.method, request.path],
					signatures: { value: sig.split(",", 0), encoding: "base64" },
				} },
			],
			conditions: [
				{ value: request.header("x-digest"), digest: { algorithm: "sha256", encoding: "hex", parts: request.body } },
				{ notBefore: request.query("shop"), unit: "ms" },
				{ notAfter: "5", unit: "s", leeway: "1m", optional: true },
			],
			challenge: { body: request.query("shop"), unsigned: true },
		}
	}`, req)
	if err != nil {
		t.Fatal(err)
	}
	at := func(kind webhook.OriginKind, name string) webhook.Origin {
		return webhook.Origin{Kind: kind, Name: name}
	}
	value := func(text string, o webhook.Origin) webhook.Value {
		return webhook.Value{Text: text, Origin: o, Found: true}
	}
	part := func(text string, o webhook.Origin) webhook.Part {
		return webhook.Part{Kind: webhook.FromValue, Value: value(text, o)}
	}
	sig := at(webhook.HeaderOrigin, "X-Sig")
	hexes := []webhook.Encoding{webhook.Hex, webhook.HexUpper}
	want := &webhook.Claim{
		AnyOf: []webhook.Alternative{
			{Name: "one", AllOf: []webhook.Check{
				{
					Algorithm: webhook.SHA512,
					Key:       webhook.KeySelector{Prepare: "strip:whsec_ | base64"},
					Message: []webhook.Part{
						part("lower", at(webhook.JSONOrigin, "eventId")),
						{Text: "."},
						part("1", at(webhook.SignatureOrigin, "X-Sig\tmember \",\" \"t\" 0")),
						{Text: "."},
						{Kind: webhook.SecretText},
					},
					Signatures: []webhook.Signature{{Text: "ab", Encodings: hexes, Origin: sig}, {Text: "cd", Encodings: hexes, Origin: sig}},
				},
				{
					Algorithm: webhook.Token,
					Signatures: []webhook.Signature{{
						Text: "abc", Encodings: []webhook.Encoding{webhook.RawText}, Origin: at(webhook.HeaderOrigin, "Authorization"),
					}},
				},
			}},
			{Name: "two", AllOf: []webhook.Check{{
				Algorithm: webhook.ECDSASHA256,
				Key: webhook.KeySelector{
					From: webhook.Referenced, URL: "https://keys.example/k", Certificate: true,
					ID: webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Key")},
				},
				Message: []webhook.Part{
					{Kind: webhook.Nested, Inner: &webhook.Digest{Algorithm: webhook.SHA256, Encoding: webhook.Base64, Parts: []webhook.Part{{Kind: webhook.RawBody}}}},
					{Kind: webhook.ECMAScriptBody},
					part("https://in.example/in/x?shop=a%20b&twice=1&twice=2", at(webhook.URLOrigin, "")),
					part("POST", at(webhook.MethodOrigin, "")), part("/in/x", at(webhook.PathOrigin, "")),
				},
				Signatures: []webhook.Signature{{Text: "t=1", Encodings: []webhook.Encoding{webhook.Base64}, Origin: sig}},
			}}},
		},
		Conditions: []webhook.Condition{
			{
				Kind: webhook.DigestEquals, Left: webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Digest")},
				Digest: &webhook.Digest{Algorithm: webhook.SHA256, Encoding: webhook.Hex, Parts: []webhook.Part{{Kind: webhook.RawBody}}},
			},
			{Kind: webhook.NotBefore, Left: value("a b", at(webhook.QueryOrigin, "shop")), Unit: webhook.UnixMilliseconds},
			{Kind: webhook.NotAfter, Left: webhook.Value{Text: "5", Found: true}, Unit: webhook.UnixSeconds, Leeway: time.Minute, Optional: true},
		},
		Challenge: &webhook.Challenge{Status: 200, ContentType: "text/plain; charset=utf-8", Body: []byte("a b"), Unsigned: true},
	}
	if !reflect.DeepEqual(claim, want) {
		t.Errorf("claim = %+v\nwant %+v", claim, want)
	}
}

// An alternative that cannot hold is left out; where none is left, its reason
// is the claim's.
func TestAlternativesThatCannotHold(t *testing.T) {
	req := request(`{"a":1,"EventId":"x","eventId":"y"}`, "X-Sig", "ab", "X-Two", "1", "X-Two", "2")
	for _, tt := range []struct {
		part    string
		refused webhook.Reason
	}{
		{`request.header("x-two")`, webhook.FieldAmbiguous},
		{`request.query("twice")`, webhook.FieldAmbiguous},
		{`request.json("EventId").or(request.json("eventId"))`, webhook.FieldAmbiguous},
		{`request.header("x-sig").strip("sha256=")`, webhook.FieldMalformed},
		{`{ digest: { algorithm: "sha1", encoding: "hex", parts: request.query("twice") } }`, webhook.FieldAmbiguous},
	} {
		check := func(part string) string {
			return `{ allOf: { algorithm: "hmac-sha256", message: ` + part + `, signatures: { value: request.header("x-sig"), encoding: "hex" } } }`
		}
		claim, err := claimOf(t, `export const claim = (request) => ({ anyOf: [`+check(tt.part)+`] })`, req)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(claim, &webhook.Claim{Refused: tt.refused}) {
			t.Errorf("%s alone: claim = %+v, want it refused: %s", tt.part, claim, tt.refused)
		}
		claim, err = claimOf(t, `export const claim = (request) => ({ anyOf: [`+check(tt.part)+`, `+check("request.body")+`] })`, req)
		if err != nil {
			t.Fatal(err)
		}
		if claim.Refused != "" || len(claim.AnyOf) != 1 || claim.AnyOf[0].AllOf[0].Message[0].Kind != webhook.RawBody {
			t.Errorf("%s and the body: claim = %+v, want the body alone", tt.part, claim)
		}
	}
	claim, err := claimOf(t, `export const claim = (request) => ({ refused: "field_malformed" })`, req)
	if err != nil || !reflect.DeepEqual(claim, &webhook.Claim{Refused: webhook.FieldMalformed}) {
		t.Errorf("refused by the script: %+v, %v", claim, err)
	}
}

func TestValuesOfTheRequest(t *testing.T) {
	req := request(`{"a":{"b":"x"},"n":1.50}`, "X-A", "v", "X-Two", "1", "X-Two", "2", "Cookie", "c=1")
	for _, tt := range []struct{ expression, want string }{
		{`request.header("x-a").text`, "v"},
		{`String(request.header("X-A"))`, "v"},
		{`"<" + request.header("x-none") + ">"`, "<>"},
		{`String(request.header("x-none").found)`, "false"},
		{`request.header("x-two").fault`, "field_ambiguous"},
		{`request.query("shop").text`, "a b"},
		{`request.json("a.b").text + request.json("n").text`, "x1.50"},
		{`request.json("a").fault`, "field_malformed"},
		{`request.setting("tenant").text + context.settings.tenant`, "t1t1"},
		{`request.target`, "/in/x?shop=a%20b&twice=1&twice=2"},
		{`request.method.text + " " + request.path.text`, "POST /in/x"},
		{`Object.keys(request.headers).join()`, "x-a,x-two"},
		{`request.headers["x-two"]`, "1, 2"},
		{`request.header("x-a").or(request.header("x-none")).text`, "v"},
		{`request.header("x-none").or(request.header("x-a")).text`, "v"},
		{`request.header("x-a").or(request.header("x-a")).fault`, "field_ambiguous"},
		{`JSON.stringify([request.header("x-a")])`, `["v"]`},
	} {
		claim, err := claimOf(t, `export const claim = (request, context) => ({ challenge: { body: `+tt.expression+` } })`, req)
		if err != nil {
			t.Errorf("%s: %v", tt.expression, err)
			continue
		}
		if got := string(claim.Challenge.Body); got != tt.want {
			t.Errorf("%s = %q, want %q", tt.expression, got, tt.want)
		}
	}
}

func TestClaimThrows(t *testing.T) {
	req := request("{}", "Authorization", "Bearer abc", "Cookie", "c=1")
	for _, tt := range []struct{ expression, message string }{
		{`Date.now()`, "claim has no clock"},
		{`new Date()`, "claim has no clock"},
		{`Date()`, "claim has no clock"},
		{`Math.random()`, "claim has no randomness"},
		{`"" + request.body`, "TypeError"},
		{`"" + context.secret`, "TypeError"},
		{`"" + request.header("authorization")`, "Authorization is a credential"},
		{`request.header("authorization").strip("Bearer ").text`, "Authorization is a credential"},
		{`request.header("cookie").text`, "Cookie is a credential"},
		{`request.header()`, "name is undefined, want a string"},
		{`request.header("a\tb")`, "holds a control character"},
		{`request.header("a").split("", 0)`, "want a string that is not empty"},
		{`request.header("a").or("b")`, "is not a value of the request"},
		{`(() => { "use strict"; request.header("a").text = "b" })()`, "TypeError"},
	} {
		_, err := claimOf(t, `export const claim = (request, context) => ({ challenge: { body: `+tt.expression+` } })`, req)
		if err == nil {
			t.Errorf("%s did not throw", tt.expression)
			continue
		}
		wantFault(t, err, webhook.GuestThrow, tt.message)
	}
	if _, err := claimOf(t, `export const claim = () => ({ challenge: { body: new Date(0).toISOString() } })`, req); err != nil {
		t.Errorf("a date that is given: %v", err)
	}
}

func TestClaimShapes(t *testing.T) {
	check := func(members string) string {
		return `({ anyOf: [{ allOf: [{ algorithm: "hmac-sha256", message: request.body, signatures: { value: "x", encoding: "hex" }, ` + members + ` }] }] })`
	}
	for _, tt := range []struct{ result, message string }{
		{`undefined`, "claim is undefined, want an object"},
		{`null`, "claim is null"},
		{`[]`, "claim is an array"},
		{`({})`, "claim.anyOf is empty"},
		{`({ anyof: [] })`, `claim has the unknown member "anyof"; members are refused, anyOf`},
		{`({ refused: "because" })`, `claim.refused is "because"`},
		{`({ anyOf: [1] })`, "claim.anyOf[0] is a number"},
		{`({ anyOf: [{ allOf: [] }] })`, "claim.anyOf[0].allOf is empty"},
		{`({ anyOf: [{ allOf: [{ message: [] }] }] })`, "claim.anyOf[0].allOf[0].algorithm is missing"},
		{check(`algorithm: 5`), "algorithm is a number, want a string"},
		{check(`message: [5]`), "claim.anyOf[0].allOf[0].message[0] is a number, want a string, a value of the request"},
		{check(`message: [undefined]`), "message[0] is undefined"},
		{check(`message: [{ digest: { algorithm: "sha1", parts: [] } }]`), "message[0].digest.encoding is missing"},
		{check(`message: [{}]`), "message[0].digest is undefined, want an object"},
		{check(`signatures: [{ encoding: "hex" }]`), "signatures[0].value is undefined, want a value of the request"},
		{check(`signatures: [{ value: "x" }]`), "signatures[0].encoding is missing"},
		{check(`signatures: [{ value: context.secret, encoding: "hex" }]`), "signatures[0].value is an object"},
		{check(`key: { from: "nowhere" }`), `key.from is "nowhere"`},
		{check(`key: { certificate: 1 }`), "key.certificate is a number, want true or false"},
		{check(`signatures: Array(65).fill({ value: "x", encoding: "hex" })`), "has 65 items, at most 64"},
		{`({ anyOf: [], time: {} })`, "claim.time.value is undefined"},
		{`({ anyOf: [], time: { value: "1" } })`, "claim.time.unit is missing"},
		{`({ anyOf: [], time: { value: "1", unit: "s", tolerance: "-1s" } })`, "want a positive duration"},
		{`({ anyOf: [], conditions: [{}] })`, "claim.conditions[0] has none of equals"},
		{`({ anyOf: [], conditions: [{ equals: ["a"] }] })`, "equals has 1 values, want 2"},
		{`({ anyOf: [], conditions: [{ notAfter: "1" }] })`, "unit is missing"},
		{`({ anyOf: [], conditions: [{ notAfter: "1", unit: "s", leeway: "-1s" }] })`, "leeway is \"-1s\", want a duration"},
		{`({ anyOf: [], id: 5 })`, "claim.id is a number"},
		{`({ challenge: { body: "x", status: 302 } })`, "status is not a number from 200 to 299"},
		{`({ challenge: { body: "x", contentType: "a\r\nb" } })`, "contentType holds control characters"},
		{`({ challenge: {} })`, "claim.challenge.body is undefined"},
	} {
		_, err := claimOf(t, `export const claim = (request, context) => `+tt.result, request("{}"))
		if err == nil {
			t.Errorf("%s was taken", tt.result)
			continue
		}
		wantFault(t, err, webhook.GuestABI, tt.message)
	}
}

// What a piece of a credential is like cannot be asked.
func TestCredentialIsNoOracle(t *testing.T) {
	for _, probe := range []string{
		`request.header("authorization").strip("Basic a").fault === ""`,
		`request.header("authorization").strip("Basic a").found`,
		`request.header("authorization").split("a", 1).found`,
	} {
		ask := func(sent string) bool {
			t.Helper()
			guest := load(t, `export function claim(request) { return { refused: (`+probe+`) ? "signature_missing" : "signature_malformed" } }`, roomy)
			req := &webhook.Request{Header: http.Header{"Authorization": {sent}}}
			c, err := guest.Claim(t.Context(), req, nil)
			if err != nil {
				t.Fatal(err)
			}
			return c.Refused == webhook.SignatureMissing
		}
		if ask("Basic abc") != ask("Basic xyz") {
			t.Errorf("%s tells one credential from another", probe)
		}
	}
	guest := load(t, `export function claim(request) { return { refused: request.header("authorization").strip("Basic a").or(request.header("x")).text } }`, roomy)
	if _, err := guest.Claim(t.Context(), &webhook.Request{Header: http.Header{"Authorization": {"Basic xyz"}, "X": {"signature_missing"}}}, nil); err == nil {
		t.Error("or() chooses by what is in a credential")
	}
}
