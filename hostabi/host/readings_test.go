package host_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// tokenOf is a token of HS256 under the key.
func tokenOf(t *testing.T, key, header, claims string) string {
	t.Helper()
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	sum, err := hex.DecodeString(hexMAC(key, input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(sum)
}

// A module reads tokens, the canonical body, members and expressions by value, and
// the host knows what a signature over them covers.
func TestReadings(t *testing.T) {
	const body = `{ "b": {"id":"e1","n":1.0}, "a": "3F2504E0-4F89-11D3-9A0C-0305E82C3301" }`
	const secret, guid = "a-test-secret", "3f2504e04f8911d39a0c0305e82c3301"
	g := load(t, bad(t, "readings"))
	key, err := webhook.NewSecret("test", []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	token := tokenOf(t, secret, `{"alg":"HS256"}`, `{"iss":"t1","jti":"e1","iat":1733308200}`)
	other := tokenOf(t, secret, `{"alg":"HS512"}`, `{}`)
	for _, tt := range []struct {
		name, which, signed, authorization string
		reason                             webhook.Reason
		covers                             webhook.Coverage
	}{
		{"a token", "t", "", "JWT " + token, "", webhook.CoversID | webhook.CoversTime},
		{"no token", "t", "", "", webhook.SignatureMissing, 0},
		{"a token without its prefix", "t", "", token, webhook.SignatureMalformed, 0},
		{"a token of another algorithm", "t", "", "JWT " + other, webhook.AlgorithmNotAllowed, 0},
		{"a token that is cut", "t", "", "JWT " + token[:20], webhook.SignatureMalformed, 0},
		{"the canonical body", "c", `{"a":"3F2504E0-4F89-11D3-9A0C-0305E82C3301","b":{"id":"e1","n":1}}`, "", "", webhook.CoversBody | webhook.CoversID},
		{"another body", "c", `{}`, "", webhook.SignatureMismatch, 0},
		{"a member", "m", `{"id":"e1","n":1.0}`, "", "", webhook.CoversID},
		{"a member written anew", "s", `{"id":"e1","n":1}`, "", "", 0},
		{"an expression", "e", guid, "", "", webhook.CoversID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := request(body, map[string][]string{"X-Sig": {hexMAC(secret, tt.signed)}})
			if tt.authorization != "" {
				req.Header["Authorization"] = []string{tt.authorization}
			}
			claim, err := g.Claim(t.Context(), req, map[string]string{"case": tt.which})
			if err != nil {
				t.Fatal(err)
			}
			v := scheme.Check(claim, req, []webhook.Secret{key}, []webhook.Algorithm{webhook.HMACSHA256}, received)
			if v.Reason != tt.reason || v.Covers != tt.covers {
				t.Errorf("%v %s (%s), covers %v; want %q and %v", v.Outcome, v.Reason, v.Detail, v.Covers, tt.reason, tt.covers)
			}
			if tt.which == "t" && tt.reason == "" && (claim.ID.Text != "e1" || claim.AnyOf[0].AllOf[0].Key.ID.Text != "t1") {
				t.Errorf("id %q, key %q, want e1 and t1", claim.ID.Text, claim.AnyOf[0].AllOf[0].Key.ID.Text)
			}
		})
	}
}

func TestReadingsKeepCredentials(t *testing.T) {
	g := load(t, bad(t, "readings"))
	token := tokenOf(t, "k", `{"alg":"HS256"}`, `{"jti":"e1"}`)
	if _, err := g.Claim(t.Context(), request("{}", map[string][]string{"Authorization": {"JWT " + token}}), map[string]string{"case": "r"}); err != nil {
		t.Error(err)
	}
}

func TestExpressionOfMoreThanTheRequest(t *testing.T) {
	g := load(t, bad(t, "readings"))
	_, err := g.Claim(t.Context(), request("{}", nil), map[string]string{"case": "x"})
	fault, ok := errors.AsType[*webhook.GuestError](err)
	if !ok || fault.Kind != webhook.GuestABI || !strings.Contains(fault.Message, "of the request alone") {
		t.Errorf("err = %v, want one of the kind abi that says why", err)
	}
}
