package scheme_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Every component is signed and verified, and a change of each is noticed.
func TestMessageSignatureComponents(t *testing.T) {
	def := mailChannelsLike()
	def.Algorithm, def.Key = "hmac-sha256", ""
	tests := []struct {
		component string
		change    func(*webhook.Request)
	}{
		{"@method", func(r *webhook.Request) { r.Method = "PUT" }},
		{"@target-uri", func(r *webhook.Request) { r.Scheme = "http" }},
		{"@authority", func(r *webhook.Request) { r.Host = "example.org" }},
		{"@scheme", func(r *webhook.Request) { r.Scheme = "http" }},
		{"@request-target", func(r *webhook.Request) { r.Target += "x" }},
		{"@path", func(r *webhook.Request) { r.Target = "/other?a=b%20c&q" }},
		{"@query", func(r *webhook.Request) { r.Target = "/in?a=b%20c" }},
		{`@query-param;name="a"`, func(r *webhook.Request) { r.Target = "/in?a=b+d" }},
		{"content-type", func(r *webhook.Request) { r.Header.Set("Content-Type", "text/plain") }},
		{"host", func(r *webhook.Request) { r.Host = "example.org" }},
	}
	for _, tt := range tests {
		def.Signature.Components = []string{tt.component, "content-digest"}
		s := compile(t, def, scheme.EventDef{})
		req := &webhook.Request{
			Method: "POST", Scheme: "https", Host: "Example.com:443", Target: "/in?a=b%20c&q",
			Header: http.Header{"Content-Type": {" application/json "}}, Body: []byte("{}"),
		}
		secrets := []webhook.Secret{secret(t, "key-1", "secret")}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Errorf("%s: %v", tt.component, err)
			continue
		}
		v := scheme.Verify(s, req, secrets, now)
		if !v.Accepted() || v.Covers != webhook.CoversBody|webhook.CoversTime {
			t.Errorf("%s: Verify what was signed = %s %s %s, covers %s", tt.component, v.Outcome, v.Reason, v.Detail, v.Covers)
		}
		if got := s.KeyID(req); got != "key-1" {
			t.Errorf("%s: KeyID = %q, want the label of the secret", tt.component, got)
		}
		tt.change(req)
		if v := scheme.Verify(s, req, secrets, now); v.Reason != webhook.SignatureMismatch {
			t.Errorf("%s changed: Verify = %s %s, want %s", tt.component, v.Outcome, v.Reason, webhook.SignatureMismatch)
		}
	}
}

// What the components and the parameters vouch for is covered, and nothing else.
func TestMessageSignatureCoverage(t *testing.T) {
	for _, tt := range []struct {
		components  []string
		id, typ     string
		want        webhook.Coverage
		withoutTime bool
	}{
		{[]string{"@method"}, "{sig.nonce}", "{sig.tag}", webhook.CoversID | webhook.CoversType | webhook.CoversTime, false},
		{[]string{"@method"}, "{header.X-Id}", "{json.type}", webhook.CoversTime, false},
		{[]string{"x-id", "@query"}, "{header.X-Id}", "{query.type}", webhook.CoversID | webhook.CoversTime, false},
		{[]string{"x-id", "@request-target"}, "{header.X-Id}", "{query.type}", webhook.CoversID | webhook.CoversType | webhook.CoversTime, false},
		{[]string{`@query-param;name="type"`}, "{query.id}", "{query.type}", webhook.CoversType | webhook.CoversTime, false},
	} {
		def := mailChannelsLike()
		def.Require, def.Signature.Components = nil, tt.components
		if got := compile(t, def, scheme.EventDef{ID: tt.id, Type: tt.typ}).CoversAlways(); got != tt.want {
			t.Errorf("%v covers %s, want %s", tt.components, got, tt.want)
		}
	}
}

func TestListingFaults(t *testing.T) {
	for _, tt := range []struct {
		change func(*scheme.Definition)
		want   string
	}{
		{func(d *scheme.Definition) { d.Signature.Components = nil }, "needs components"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{"Content-Digest"} }, "lower case"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{"@status"} }, "neither a header field"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{"date;bs"} }, "parameter"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{"@query-param"} }, "needs the parameter name"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{`@query-param;name="a b"`} }, "percent-encoded"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{`"date"`} }, "no component"},
		{func(d *scheme.Definition) { d.Signature.Components = []string{"date", "date"} }, "twice"},
		{func(d *scheme.Definition) { d.Signature.Label = "Sig" }, "label"},
		{func(d *scheme.Definition) { d.Signature.Label = "a=(), b" }, "label"},
		{func(d *scheme.Definition) { d.Signature.Encoding = scheme.List{"hex"} }, "base64"},
		{func(d *scheme.Definition) { d.Signature.Prefix = scheme.List{"x"} }, "prefix"},
		{func(d *scheme.Definition) { d.Signature.Take = "v1" }, "take"},
		{func(d *scheme.Definition) { d.Signature.Repeats = true }, "repeats"},
		{func(d *scheme.Definition) { d.Signature.Header, d.Signature.From = nil, "{query.sig}" }, "one header"},
		{func(d *scheme.Definition) { d.Message = scheme.MessageDef{{Text: "{body}"}} }, "takes no message"},
		{func(d *scheme.Definition) { d.Algorithm, d.Key = "hmac-sha512", "" }, "message signature is made with"},
		{func(d *scheme.Definition) { d.Signature.Parse, d.Signature.Encoding = "", scheme.List{"hex"} }, "components and signature.label go with"},
		{func(d *scheme.Definition) { d.Signature.Parse, d.Signature.Label = "cavage", "x" }, "label goes with"},
		{func(d *scheme.Definition) {
			d.Signature.Parse, d.Signature.Components = "cavage", []string{"@method"}
		}, "(request-target)"},
		{func(d *scheme.Definition) {
			d.Signature.Parse, d.Algorithm, d.Key = "cavage", "rsa-pss-sha512", "rsa"
			d.Signature.Components = []string{"date"}
		}, "draft-cavage"},
		{func(d *scheme.Definition) {
			d.Signature.Parse, d.Signature.Components = "cavage", []string{"date"}
		}, "not signed"},
	} {
		def := mailChannelsLike()
		tt.change(&def)
		_, err := scheme.Compile(def, scheme.EventDef{}, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Compile = %v, want an error with %q", err, tt.want)
		}
	}
}

// A scheme that extends another takes its list, unless it is written otherwise.
func TestListingExtended(t *testing.T) {
	derived := scheme.Definition{Signature: scheme.SignatureDef{Label: "sig-b"}}.Over(mailChannelsLike())
	if got := derived.Signature; len(got.Components) != 1 || got.Label != "sig-b" {
		t.Errorf("Over = %+v, want the components of the base and the label of its own", got)
	}
	plain := scheme.Definition{Signature: scheme.SignatureDef{Parse: "plain", Encoding: scheme.List{"hex"}}}.Over(mailChannelsLike())
	if plain.Signature.Components != nil {
		t.Errorf("Over with another syntax = %+v, want no components", plain.Signature)
	}
}

// What cannot be written is an error, and no signature that nobody verifies.
func TestListingNotSigned(t *testing.T) {
	for _, tt := range []struct {
		what, label string
		change      func(*scheme.Definition)
	}{
		{"a quote in the name of the key", `a"b`, func(*scheme.Definition) {}},
		{"a name of the key that is not ASCII", "clé", func(*scheme.Definition) {}},
		{"an unknown parameter", "k", func(d *scheme.Definition) {
			d.Require = append(d.Require, scheme.RequireDef{Value: "{sig.x}", In: []string{"1"}})
		}},
		{"a component that is absent", "k", func(d *scheme.Definition) { d.Signature.Components = []string{"x-absent"} }},
	} {
		for _, def := range []scheme.Definition{mailChannelsLike(), keygenLike()} {
			tt.change(&def)
			def.Time = nil
			_, text := pairOfSeed()
			req := &webhook.Request{Method: "POST", Host: "h", Target: "/in", Header: http.Header{"Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}}}
			secrets := []webhook.Secret{secret(t, tt.label, text)}
			err := scheme.Sign(compile(t, def, scheme.EventDef{}), req, scheme.Message{Time: now}, secrets)
			if s := compile(t, def, scheme.EventDef{}); err == nil && !scheme.Verify(s, req, secrets, now).Accepted() {
				t.Errorf("%s, %s: Sign made what does not verify: %v", def.Signature.Parse, tt.what, req.Header)
			}
			if err == nil && def.Signature.Parse == "rfc9421" {
				t.Errorf("%s: Sign = nil, want an error", tt.what)
			}
		}
	}
}

// A port is left out where the scheme of the URL has it anyway.
func TestAuthority(t *testing.T) {
	def := mailChannelsLike()
	def.Require, def.Signature.Components = nil, []string{"@authority"}
	s := compile(t, def, scheme.EventDef{})
	_, text := pairOfSeed()
	secrets := []webhook.Secret{secret(t, "k", text)}
	for _, tt := range []struct {
		signed, sent, urlScheme string
		same                    bool
	}{
		{"Example.com", "example.COM:443", "https", true},
		{"example.com", "example.com:80", "http", true},
		{"example.com", "example.com:80", "https", false},
		{"example.com", "example.com:443", "http", false},
		{"example.com:8443", "example.com", "https", false},
		{"[::1]:443", "[::1]", "https", true},
	} {
		req := &webhook.Request{Scheme: tt.urlScheme, Host: tt.signed}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatal(err)
		}
		req.Host = tt.sent
		if got := scheme.Verify(s, req, secrets, now).Accepted(); got != tt.same {
			t.Errorf("%s signed for %s, sent to %s: accepted = %t, want %t", tt.urlScheme, tt.signed, tt.sent, got, tt.same)
		}
	}
}
