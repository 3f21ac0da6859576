package scheme_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever stands in a template either compiles, and then signs what it
// verifies, or gives an error.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"{body}", "{{}}", "{json.a or json.b | uuid:N}.{secret}", "{", "}", "{header.x|}", "{sig.t}.{body}", "{setting.a}", "{body | stringify:ecmascript}", "{json.}", "{ or }",
		"{body | sha256 | hex}", "{query | sort | join:'=','&'}", "{json.b | prefix:'b:' | optional}{header.x | signed-headers:',',':',';'}", "{url | without-query | base64}", "{item.a}", "{json.a | json:b}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		def := rawBody("X-Sig")
		def.Message = scheme.MessageDef{{Text: text}}
		s, err := scheme.Compile(def, scheme.EventDef{}, map[string]string{"a": "{body}"})
		if err != nil {
			return
		}
		req := &webhook.Request{Method: "POST", Target: "/?a=1", Host: "h", Scheme: "https", Header: http.Header{"X": {"1"}}, Body: []byte(`{"a":"0f8fad5b-d9cb-469f-a165-70867728950e"}`)}
		secrets := []webhook.Secret{secret(t, "s", "key")}
		if scheme.Sign(s, req, scheme.Message{ID: "1", Time: now}, secrets) != nil {
			return
		}
		if v := scheme.Verify(s, req, secrets, now); !v.Accepted() {
			t.Errorf("template %q signs what it does not verify: %s %s", text, v.Reason, v.Detail)
		}
	})
}

// No signature header verifies but the right one.
func FuzzSignatureHeader(f *testing.F) {
	s := compile(f, stripeLike(), scheme.EventDef{})
	list := stripeLike()
	list.Signature = scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Parse: "list", Take: "v1", Encoding: scheme.List{"base64", "hex", "base64url"}}
	list.Message, list.Time = scheme.MessageDef{{Text: "{body}"}}, nil
	l := compile(f, list, scheme.EventDef{})
	right, rightList := signed(f, s, "body").Header.Get("X-Sig"), signed(f, l, "body").Header.Get("X-Sig")
	_, mac, _ := strings.Cut(right, "v1=")
	f.Add(right)
	f.Add(rightList)
	f.Add("t=,v1=")
	f.Add("v1, v1,= ,")
	secrets := []webhook.Secret{secret(f, "s", "key")}
	f.Fuzz(func(t *testing.T, header string) {
		req := &webhook.Request{Header: http.Header{"X-Sig": {header}}, Body: []byte("body")}
		if v := scheme.Verify(s, req, secrets, now); v.Accepted() && !strings.Contains(strings.ToLower(header), mac) {
			t.Errorf("%q verifies", header)
		}
		if v := scheme.Verify(l, req, secrets, now); !v.Accepted() && header == rightList {
			t.Errorf("%q does not verify: %s", header, v.Reason)
		}
	})
}
