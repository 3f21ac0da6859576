package scheme_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

const formType = "application/x-www-form-urlencoded"

func twilioLike(t testing.TB) *scheme.Scheme {
	t.Helper()
	def := rawBody("X-Sig")
	def.Message = scheme.MessageDef{
		{Name: "without-port", Text: "{url | without-port}{form | sort-unique}"},
		{Name: "with-port", Text: "{url | with-port}{form | sort-unique}", Sign: true},
	}
	return compile(t, def, scheme.EventDef{ID: "{form.MessageSid}", Type: "{query.kind}"})
}

func formRequest(target, body string) *webhook.Request {
	return &webhook.Request{
		Method: "POST", Scheme: "https", Host: "h.example", Target: target,
		Header: http.Header{"Content-Type": {formType}}, Body: []byte(body),
	}
}

func TestFormAndURL(t *testing.T) {
	s := twilioLike(t)
	secrets := []webhook.Secret{secret(t, "s", "key")}
	req := formRequest("/in?kind=sms", "b=2&a=1&MessageSid=SM1")
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
		t.Fatal(err)
	}
	v := scheme.Verify(s, req, secrets, now)
	if !v.Accepted() || v.Candidate != "with-port" || v.Covers != webhook.CoversType {
		t.Errorf("Verify = %+v, want accepted by the URL with its port, covering the type in the URL and no field of the form", v)
	}
	if got := s.Identify(req, v, ""); got.ID != "SM1" || got.Type != "sms" || !strings.HasPrefix(got.DedupKey, "signed:") {
		t.Errorf("Identify = %+v, want SM1, sms and a key of what was signed: the body is not covered", got)
	}
	parted := *req
	parted.Body = []byte("a=1b2&MessageSid=SM1")
	if got := s.Identify(&parted, scheme.Verify(s, &parted, secrets, now), ""); got.DedupKey != s.Identify(req, v, "").DedupKey {
		t.Errorf("fields parted anew have the key %s, want that of the original", got.DedupKey)
	}
}

func TestFormValues(t *testing.T) {
	read := func(body, kind, name string) (webhook.Value, webhook.Reason) {
		req := formRequest("/", body)
		req.Header.Set("Content-Type", kind)
		return scheme.Read(req, webhook.Origin{Kind: webhook.FormOrigin, Name: name})
	}
	for _, tt := range []struct {
		body, kind, name, want string
		found                  bool
		reason                 webhook.Reason
	}{
		{"a=1&b=x+y%21", formType, "b", "x y!", true, ""},
		{"a", formType, "a", "", true, ""},
		{"%61=1", formType, "a", "1", true, ""},
		{"a=1", formType, "b", "", false, ""},
		{"a=1&a=1", formType, "a", "1", true, webhook.FieldAmbiguous},
		{"a=%", formType, "a", "", false, webhook.FieldMalformed},
		{"a=1;b=2", formType, "a", "", false, webhook.FieldMalformed},
		{"a=1", "application/json", "a", "", false, ""},
		{"a=1", formType + "; charset=utf-8", "a", "1", true, ""},
		{"a=1", formType + "; charset=latin1", "a", "", false, ""},
	} {
		v, reason := read(tt.body, tt.kind, tt.name)
		if v.Text != tt.want || v.Found != tt.found || reason != tt.reason {
			t.Errorf("%q as %s: %s = %q, %v, %q, want %q, %v, %q", tt.body, tt.kind, tt.name, v.Text, v.Found, reason, tt.want, tt.found, tt.reason)
		}
	}
}

func TestPortsOfURLs(t *testing.T) {
	for _, tt := range []struct{ scheme, host, with, without string }{
		{"https", "a.example", "https://a.example:443/p:1?q=:2", "https://a.example/p:1?q=:2"},
		{"http", "a.example", "http://a.example:80/p:1?q=:2", "http://a.example/p:1?q=:2"},
		{"https", "a.example:8443", "https://a.example:8443/p:1?q=:2", "https://a.example/p:1?q=:2"},
		{"https", "[::1]", "https://[::1]:443/p:1?q=:2", "https://[::1]/p:1?q=:2"},
		{"https", "[::1]:8443", "https://[::1]:8443/p:1?q=:2", "https://[::1]/p:1?q=:2"},
	} {
		for text, want := range map[string]string{"{url | with-port}": tt.with, "{url | without-port}": tt.without} {
			def := rawBody("X-Sig")
			def.Message = scheme.MessageDef{{Text: text}}
			s := compile(t, def, scheme.EventDef{})
			req := &webhook.Request{Scheme: tt.scheme, Host: tt.host, Target: "/p:1?q=:2", Header: http.Header{"X-Sig": {"sha256=" + strings.Repeat("0", 64)}}}
			c, refusal := s.Claim(req)
			if c == nil {
				t.Fatal(refusal)
			}
			if got := c.AnyOf[0].AllOf[0].Message[0].Value.Text; got != want {
				t.Errorf("%s of %s = %q, want %q", text, req.URL(), got, want)
			}
		}
	}
}

func TestFormTemplateFaults(t *testing.T) {
	for text, want := range map[string]string{
		"{form}": "needs a pipe that makes a text of it", "{form | lower}": "join the fields first", "{form | sort-unique | sort-unique}": "before their fields are joined",
		"{form.a | sort-unique}": "belongs to {form}", "{header.x | with-port}": "belongs to {url}", "{form.}": "unknown value {form.}",
		"{header.x | stringify:ecmascript}": "belongs to {body}",
	} {
		def := rawBody("X-Sig")
		def.Message = scheme.MessageDef{{Text: text}}
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Compile = %v, want an error with %q", text, err, want)
		}
	}
}

// What the strict reader reads is what the standard library reads, and two forms
// of the same fields are signed alike.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a", "=", "&&", "a=%2B+&a=%zz", "a=1;b", "%ff=1", "a=1&a=1&a=0", "b&a&%61"} {
		f.Add(seed)
	}
	s := twilioLike(f)
	secrets := []webhook.Secret{secret(f, "s", "key")}
	f.Fuzz(func(t *testing.T, body string) {
		req := formRequest("/", body)
		if scheme.Sign(s, req, scheme.Message{Time: now}, secrets) != nil {
			return
		}
		values, err := url.ParseQuery(body)
		if err != nil {
			t.Fatalf("%q is signed and url.ParseQuery refuses it: %v", body, err)
		}
		again := formRequest("/", "")
		for name, list := range values {
			slices.Sort(list)
			values[name] = slices.Compact(list)
		}
		again.Body = []byte(values.Encode())
		again.Header["X-Sig"] = req.Header["X-Sig"]
		if v := scheme.Verify(s, again, secrets, now); !v.Accepted() {
			t.Errorf("%q signs otherwise than %q, which has the same fields: %s %s", body, again.Body, v.Reason, v.Detail)
		}
	})
}
