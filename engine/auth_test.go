package engine_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Any method may ask, with any path and with a body.
func TestAuthHandler(t *testing.T) {
	small := hub(t)
	small.MaxBody = 3
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t), "small": small}})
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"} {
		for _, length := range []int64{4, -1} {
			ask := func(source, body string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(method, "/verify//any%2Fpath?q=1", strings.NewReader(body))
				r.Header, r.ContentLength = sign(t, "qualifio", "key", "body").Header, length
				w := httptest.NewRecorder()
				eng.AuthHandler(source, engine.AuthRequest{}).ServeHTTP(w, r)
				return w
			}
			if w := ask("hub", "body"); w.Code != 200 || w.Body.Len() > 0 || w.Header().Get(engine.VerdictHeader) != `accept; source="hub"; secret="label"; covers="body"` {
				t.Errorf("%s: %d %s %v, want 200 with the verdict", method, w.Code, w.Body, w.Header())
			}
			if w := ask("hub", "ydob"); w.Code != 401 || w.Header().Get(engine.VerdictHeader) != "" || !strings.Contains(w.Body.String(), "signature_mismatch") {
				t.Errorf("%s, forged: %d %s %v, want 401", method, w.Code, w.Body, w.Header())
			}
			if w := ask("small", "body"); w.Code != 413 {
				t.Errorf("%s, too large: %d, want 413", method, w.Code)
			}
		}
	}
}

// What the proxy says of the request-target counts from trusted proxies alone.
func TestAuthHandlerTarget(t *testing.T) {
	const url = "https://hooks.example/h%2Fook//x?b=1&a=%20z"
	pack, err := catalog.Builtin().Open(t.Context(), "twilio", catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	signed := &webhook.Request{
		Method: "POST", Scheme: "https", Host: "hooks.example", Target: "/h%2Fook//x?b=1&a=%20z",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("a=1"),
	}
	if err := pack.Sign(signed, scheme.Message{}, []webhook.Secret{key(t, "token")}); err != nil {
		t.Fatal(err)
	}
	source := engine.Source{Provider: "twilio", Secrets: webhook.Secrets{key(t, "token")}, AllowUncoveredBody: true}
	public := source
	public.PublicURL = "https://hooks.example"
	fixed := source
	fixed.PublicURL = "https://hooks.example/h%2Fook//x"
	eng := open(t, engine.Config{
		Sources:        map[string]engine.Source{"s": source, "public": public, "fixed": fixed},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	byHeader := engine.AuthRequest{TargetHeader: "x-original-uri"}
	for _, tt := range []struct {
		name, source, target, remote string
		about                        engine.AuthRequest
		said                         [][2]string
		status                       int
	}{
		{"said", "s", "/verify", "10.0.0.1:1", byHeader, [][2]string{{"X-Original-Uri", signed.Target}}, 200},
		{"said as a URL", "s", "/verify", "10.0.0.1:1", byHeader, [][2]string{{"X-Original-Uri", url}}, 200},
		{"said by anybody", "public", "/verify", "192.0.2.1:1", byHeader, [][2]string{{"X-Original-Uri", signed.Target}}, 401},
		{"said twice", "s", "/verify", "10.0.0.1:1", byHeader, [][2]string{{"X-Original-Uri", signed.Target}, {"X-Original-Uri", "/"}}, 401},
		{"said and not asked for", "s", "/verify", "10.0.0.1:1", engine.AuthRequest{}, [][2]string{{"X-Original-Uri", signed.Target}}, 401},
		{"behind a prefix", "public", "/verify" + signed.Target, "192.0.2.1:1", engine.AuthRequest{Prefix: "/verify"}, nil, 200},
		{"behind a prefix with a slash", "public", "/verify" + signed.Target, "192.0.2.1:1", engine.AuthRequest{Prefix: "/verify/"}, nil, 200},
		{"behind half a segment", "public", "/verify" + signed.Target, "192.0.2.1:1", engine.AuthRequest{Prefix: "/ver"}, nil, 401},
		{"the public path beats it", "fixed", "/verify?b=1&a=%20z", "10.0.0.1:1", byHeader, [][2]string{{"X-Original-Uri", "/else?b=1&a=%20z"}}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tt.target, strings.NewReader("a=1"))
			r.Header, r.RemoteAddr = signed.Header.Clone(), tt.remote
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Host", "hooks.example")
			for _, field := range tt.said {
				r.Header.Add(field[0], field[1])
			}
			w := httptest.NewRecorder()
			eng.AuthHandler(tt.source, tt.about).ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("answer = %d %s, want %d", w.Code, w.Body, tt.status)
			}
		})
	}
}

// The method is the proxied request's, where a scheme signs it.
func TestAuthHandlerMethod(t *testing.T) {
	var seen string
	rules := &nativeLoader{claim: func(req *webhook.Request) *webhook.Claim {
		seen = req.Method
		return &webhook.Claim{Refused: webhook.SignatureMissing}
	}}
	eng := open(t, engine.Config{
		Sources:        map[string]engine.Source{"s": {Provider: "method", Secrets: webhook.Secrets{key(t, "key")}}},
		Catalog:        ruleCatalog(t, "method"),
		Guests:         []engine.GuestLoader{rules},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	for remote, want := range map[string]string{"10.0.0.1:1": "POST", "192.0.2.1:1": "GET"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Original-Method", "POST")
		eng.AuthHandler("s", engine.AuthRequest{MethodHeader: "X-Original-Method"}).ServeHTTP(httptest.NewRecorder(), r)
		if seen != want {
			t.Errorf("from %s the rule sees %q, want %q", remote, seen, want)
		}
	}
}

// A challenge is not for the application: the proxy is told no, and what to
// answer.
func TestAuthHandlerChallenge(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"slack": {Provider: "slack", Secrets: webhook.Secrets{key(t, "key")}}}})
	w := post(t, eng.AuthHandler("slack", engine.AuthRequest{}), "/", sign(t, "slack", "key", `{"type":"url_verification","challenge":"3eZbrw1aB"}`))
	if w.Code != 401 || w.Body.String() != "3eZbrw1aB" || w.Header().Get(engine.VerdictHeader) != `challenge; source="slack"; status=200` {
		t.Errorf("answer = %d %s %v, want 401 with the reply", w.Code, w.Body, w.Header())
	}
}
