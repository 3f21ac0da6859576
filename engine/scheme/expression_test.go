package scheme_test

import (
	"net/http"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestReadExpression(t *testing.T) {
	req := &webhook.Request{
		Method: "POST", Target: "/in?b=2&a=1&a=x%20y", Scheme: "https", Host: "hookseal.example",
		Header: http.Header{"X-Id": {"ID"}, "X-Two": {"1", "2"}}, Body: []byte(`{"id":"e1","n":1.0,"o":{}}`),
	}
	at := func(kind webhook.OriginKind, name string) webhook.Origin {
		return webhook.Origin{Kind: kind, Name: name}
	}
	for _, tt := range []struct {
		text  string
		want  webhook.Value
		fault webhook.Reason
	}{
		{"header.x-id", webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Id"), Text: "ID", Found: true}, ""},
		{"header.x-id | json-string", webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Id"), Text: `"ID"`, Found: true}, ""},
		{"header.x-id | lower", webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Id\tlower"), Text: "id", Found: true}, ""},
		{"json.ID or json.id", webhook.Value{Origin: at(webhook.JSONOrigin, "id"), Text: "e1", Found: true}, ""},
		{"json.gone", webhook.Value{Origin: at(webhook.JSONOrigin, "gone")}, ""},
		{"json.gone | optional", webhook.Value{Origin: at(webhook.JSONOrigin, "gone"), Found: true}, ""},
		{"query | sort | join:'=','&'", webhook.Value{Origin: at(webhook.QueryOrigin, "\tsort | join:'=','&'"), Text: "a=1&a=x y&b=2", Found: true}, ""},
		{"header.x-two", webhook.Value{Origin: at(webhook.HeaderOrigin, "X-Two")}, webhook.FieldAmbiguous},
		{"json.o", webhook.Value{Origin: at(webhook.JSONOrigin, "o")}, webhook.FieldMalformed},
	} {
		got, fault, err := scheme.ReadExpression(req, tt.text)
		if err != nil || got != tt.want || fault != tt.fault {
			t.Errorf("ReadExpression(%s) = %+v, %q, %v, want %+v, %q", tt.text, got, fault, err, tt.want, tt.fault)
		}
	}
}

func TestReadJSONText(t *testing.T) {
	body := []byte(`{ "a": {"b": [ 1.0, "\u00e9" ]}, "c": {"d":1,"d":2}, "e.f": 1 }`)
	for _, tt := range []struct {
		path, sent, anew string
		fault            webhook.Reason
	}{
		{"a", `{"b": [ 1.0, "\u00e9" ]}`, `{"b":[1,"é"]}`, ""},
		{"a.b", `[ 1.0, "\u00e9" ]`, `[1,"é"]`, ""},
		{"c", `{"d":1,"d":2}`, `{"d":2}`, ""},
		{"c.d", "", "", webhook.BodyAmbiguous},
		{"e.f", "", "", ""},
		{"a.b.0", "", "", ""},
	} {
		for anew, want := range map[bool]string{false: tt.sent, true: tt.anew} {
			got, fault := scheme.ReadJSONText(&webhook.Request{Body: body}, tt.path, anew)
			if got.Text != want || fault != tt.fault || got.Found != (want != "") {
				t.Errorf("ReadJSONText(%s, %v) = %+v, %q, want %s, %q", tt.path, anew, got, fault, want, tt.fault)
			}
		}
	}
	if _, fault := scheme.ReadJSONText(&webhook.Request{Body: []byte(`{`)}, "a", false); fault != webhook.BodyMalformed {
		t.Errorf("of half a body it is %q, want %s", fault, webhook.BodyMalformed)
	}
}

// The example of RFC 7515, appendix A.3, whole and with its payload detached.
func TestReadJWS(t *testing.T) {
	const header, payload = "eyJhbGciOiJFUzI1NiJ9", "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	const sig = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
	whole, detached := header+"."+payload+"."+sig, header+".."+sig
	for _, tt := range []struct {
		text, name, want string
		found            bool
		reason           webhook.Reason
	}{
		{whole, "input", header + "." + payload, true, ""},
		{whole, "signature", sig, true, ""},
		{whole, "header.alg", "ES256", true, ""},
		{whole, "claims.iss", "joe", true, ""},
		{whole, "claims.exp", "1300819380", true, ""},
		{whole, "claims.sub", "", false, ""},
		{detached, "input", header + ".", true, ""},
		{detached, "signature", sig, true, ""},
		{detached, "claims.iss", "", false, ""},
		{whole + ".", "input", "", false, webhook.SignatureMalformed},
		{header + "." + payload, "input", "", false, webhook.SignatureMalformed},
		{"", "input", "", false, webhook.SignatureMalformed},
		{"e30." + payload + "." + sig, "input", "", false, webhook.AlgorithmNotAllowed},
	} {
		got, found, reason := scheme.ReadJWS(tt.text, "ES256", tt.name)
		if got != tt.want || found != tt.found || reason != tt.reason {
			t.Errorf("ReadJWS(%.40s…, %s) = %q, %v, %q, want %q, %v, %q", tt.text, tt.name, got, found, reason, tt.want, tt.found, tt.reason)
		}
	}
}

// An unknown piece of a token is none.
func TestReadJWSOfUnknownPieces(t *testing.T) {
	for _, name := range []string{"", "payload", "headers.alg", "claims", "input.x"} {
		if got, found, _ := scheme.ReadJWS("eyJhbGciOiJFUzI1NiJ9.e30.AA", "ES256", name); found {
			t.Errorf("piece %q = %q, want none", name, got)
		}
	}
}
