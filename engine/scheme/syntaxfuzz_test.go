package scheme_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever stands in a header, or in two of them, is read by every syntax without
// a panic, and verifies only if the right signature is in it.
func FuzzSignatureSyntaxes(f *testing.F) {
	name := scheme.List{"X-Sig"}
	syntaxes := map[string]scheme.SignatureDef{
		"pairs":      {Header: name, Parse: "kv", Take: "v1", Encoding: scheme.List{"hex"}},
		"groups":     {Header: name, Parse: "kv", Take: "v1", Groups: " ", Encoding: scheme.List{"hex"}},
		"list":       {Header: name, Parse: "list", Take: "v1", Encoding: scheme.List{"hex"}},
		"bare list":  {Header: name, Parse: "list", Separator: ",", Encoding: scheme.List{"hex", "HEX"}},
		"positional": {Header: name, Parse: "positional", Fields: []string{"time=0", "signature"}, Encoding: scheme.List{"hex"}},
		"pieces":     {Header: name, Parse: "positional", Fields: []string{"key={label}", "signature"}, Between: "|", Separator: "&", Encoding: scheme.List{"hex"}},
		"repeats":    {Header: name, Repeats: true, Prefix: scheme.List{"sha256=", ""}, Encoding: scheme.List{"hex"}},
		"numbered":   {Header: name, Numbered: 3, Encoding: scheme.List{"hex"}},
	}
	schemes := map[string]*scheme.Scheme{}
	for what, def := range syntaxes {
		schemes[what] = compile(f, scheme.Definition{Algorithm: "hmac-sha256", Signature: def, Message: scheme.MessageDef{{Text: "{body}"}}}, scheme.EventDef{})
		req := signed(f, schemes[what], "body")
		f.Add(req.Header.Get("X-Sig")+req.Header.Get("X-Sig1"), "")
		f.Add("v1=", req.Header.Get("X-Sig")+req.Header.Get("X-Sig1"))
	}
	mac := signed(f, schemes["repeats"], "body").Header.Get("X-Sig")[len("sha256="):]
	f.Add("t=1,v1="+mac+" t=1,v1=ab", "")
	f.Add(strings.Repeat("k|"+mac+"&", 20), ",,= =,")
	secrets := []webhook.Secret{secret(f, "s", "key")}
	f.Fuzz(func(t *testing.T, first, second string) {
		for what, s := range schemes {
			header := http.Header{"X-Sig": {first}}
			if second != "" {
				header["X-Sig"] = []string{first, second}
			}
			if what == "numbered" {
				header = http.Header{"X-Sig1": {first}, "X-Sig3": {second}}
			}
			v := scheme.Verify(s, &webhook.Request{Header: header, Body: []byte("body")}, secrets, now)
			there := strings.Contains(strings.ToLower(first+"\n"+second), mac)
			if v.Accepted() && !there {
				t.Errorf("%s: %q and %q verify", what, first, second)
			}
			if second != "" && v.Accepted() && what != "repeats" && what != "numbered" {
				t.Errorf("%s: a header that comes twice verifies: %q and %q", what, first, second)
			}
		}
	})
}

// A token verifies only as it was signed, whatever is written in its place; with
// its payload in it, and detached.
func FuzzToken(f *testing.F) {
	whole := compile(f, scheme.Definition{
		Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Parse: "jwt"},
		Require: []scheme.RequireDef{{Value: "{jwt.claims.body}", Digest: "sha256", Of: "{body}", Encoding: "hex"}},
	}, scheme.EventDef{ID: "{jwt.claims.jti}"})
	detached := compile(f, scheme.Definition{
		Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Parse: "jws-detached"},
		Message: scheme.MessageDef{{Text: "{jwt.protected}.{body | base64url}"}},
	}, scheme.EventDef{})
	right := map[string]bool{}
	claims := fmt.Sprintf(`{"jti":"1","body":%q}`, "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5")
	for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"HS256","typ":"JWT","kid":"é"}`} {
		token := hs256(header, claims)
		right[token] = true
		f.Add(token)
		head, _, _ := strings.Cut(token, ".")
		parts := strings.Split(hs256(header, "body"), ".")
		right[head+".."+parts[2]] = true
		f.Add(head + ".." + parts[2])
	}
	for _, header := range []string{`{"alg":"none"}`, `{"alg":"HS256","alg":"none"}`, `{"alg":"HS256","crit":["b64"],"b64":false}`, `[]`, ``, `{"alg":{}}`} {
		f.Add(hs256(header, claims))
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(header)) + "..")
	}
	secrets := []webhook.Secret{secret(f, "s", key)}
	f.Fuzz(func(t *testing.T, token string) {
		for what, s := range map[string]*scheme.Scheme{"a token": whole, "a detached one": detached} {
			req := bearing("body", token)
			v := scheme.Verify(s, req, secrets, now)
			if v.Accepted() && !right[token] {
				t.Errorf("%s verifies that nobody has signed: %q", what, token)
			}
			s.Identify(req, v, "")
			s.KeyID(req)
		}
	})
}

// A field of a body in multipart/form-data is what the standard library reads of
// it, once.
func FuzzMultipart(f *testing.F) {
	f.Add("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--B--\r\n")
	f.Add("--B\r\nContent-Disposition: form-data; name=a; filename=\"f\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n--B--")
	f.Add("--B\n\n--B--")
	s := compile(f, scheme.Definition{
		Algorithm: "hmac-sha256", Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
		Message: scheme.MessageDef{{Text: "{form.a}"}},
	}, scheme.EventDef{})
	plain := overBody(f, webhook.HMACSHA256, "", "hex")
	secrets := []webhook.Secret{secret(f, "s", "key")}
	f.Fuzz(func(t *testing.T, body string) {
		req := &webhook.Request{Method: "POST", Header: http.Header{"Content-Type": {"multipart/form-data; boundary=B"}}, Body: []byte(body)}
		if scheme.Sign(s, req, scheme.Message{Time: now}, secrets) != nil {
			return
		}
		if v := scheme.Verify(s, req, secrets, now); !v.Accepted() {
			t.Errorf("%q is signed and not verified: %s %s", body, v.Reason, v.Detail)
		}
		var values []string
		for r := multipart.NewReader(strings.NewReader(body), "B"); ; {
			part, err := r.NextRawPart()
			if err != nil {
				break
			}
			if part.FormName() == "a" && part.FileName() == "" {
				value, err := io.ReadAll(part)
				if err != nil {
					t.Fatalf("%q is signed and its field cannot be read: %v", body, err)
				}
				values = append(values, string(value))
			}
		}
		if len(values) != 1 {
			t.Fatalf("%q is signed and has %d fields of the name", body, len(values))
		}
		if v := scheme.Verify(plain, bearing(values[0], req.Header.Get("X-Sig")), secrets, now); !v.Accepted() {
			t.Errorf("%q is signed as another field than %q", body, values[0])
		}
	})
}
