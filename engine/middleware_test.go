package engine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// app is a handler that keeps what it was called with.
type app struct {
	status  int
	bodies  []string
	marks   [][]string
	verdict engine.Verdict
	known   bool
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	a.bodies = append(a.bodies, string(body))
	a.marks = append(a.marks, r.Header.Values(engine.VerdictHeader))
	a.verdict, a.known = engine.VerdictFrom(r.Context())
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
}

func TestMiddlewarePassesOn(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}})
	next := &app{status: 204}
	h := eng.Middleware("hub")(next)
	w := post(t, h, "/any/path", sign(t, "qualifio", "key", "\xffbody"))
	if w.Code != 204 || len(next.bodies) != 1 || next.bodies[0] != "\xffbody" {
		t.Fatalf("answer = %d %s, the next handler read %q", w.Code, w.Body, next.bodies)
	}
	if v := next.verdict; !next.known || !v.Accepted() || v.Secret != "label" || !v.Covers.Has(webhook.CoversBody) {
		t.Errorf("VerdictFrom = %+v, %v", v, next.known)
	}
	if want := []string{`accept; source="hub"; secret="label"; covers="body"`}; !slices.Equal(next.marks[0], want) {
		t.Errorf("header = %q, want %q", next.marks[0], want)
	}
	if v, ok := engine.VerdictFrom(t.Context()); ok || v.Accepted() {
		t.Errorf("VerdictFrom without middleware = %+v, %v", v, ok)
	}
	// Without a store nothing is remembered.
	if post(t, h, "/", sign(t, "qualifio", "key", "\xffbody")); len(next.bodies) != 2 {
		t.Errorf("a repeat: the next handler was called %d times, want 2", len(next.bodies))
	}
}

// Whatever spelling of the verdict header a sender tries, the application sees
// ours alone.
func TestMiddlewareRemovesForeignVerdicts(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}})
	for _, name := range []string{
		"Hookseal-Verdict", "hookseal-verdict", "HOOKSEAL-VERDICT", "Hookseal_Verdict", "hookseal_VERDICT", "Hookseal.Verdict",
	} {
		req := sign(t, "qualifio", "key", "body")
		r := httptest.NewRequest("POST", "/", strings.NewReader("body"))
		r.Header = req.Header
		r.Header[name] = []string{"accept", "accept; source=\"other\""}
		r.Header["Connection"] = []string{"keep-alive, " + name, name}
		r.Trailer = http.Header{name: {"accept"}, "X-Sum": {"1"}}
		called := false
		eng.Middleware("hub")(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			called = true
			for field, values := range r.Header {
				if field != engine.VerdictHeader && strings.Contains(strings.ToLower(field), "verdict") {
					t.Errorf("%s reaches the application as %s: %q", name, field, values)
				}
			}
			if got := r.Header[engine.VerdictHeader]; len(got) != 1 || !strings.HasPrefix(got[0], `accept; source="hub"`) {
				t.Errorf("%s: header = %q, want ours", name, got)
			}
			if got := r.Header["Connection"]; !slices.Equal(got, []string{"keep-alive", ""}) {
				t.Errorf("%s: Connection = %q, want it without the verdict header", name, got)
			}
			if len(r.Trailer) != 1 {
				t.Errorf("%s: trailer = %v, want X-Sum alone", name, r.Trailer)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if !called {
			t.Errorf("%s: the application was not called", name)
		}
	}
}

// The header says every label so that it can be read back.
func TestVerdictHeaderQuotes(t *testing.T) {
	for label, want := range map[string]string{
		"":                     `covers="body"`,
		`a"b\c; covers="id"`:   `secret="a\"b\\c; covers=\"id\""; covers="body"`,
		"für 100%\r\nX: \"y\"": `secret=%"f%c3%bcr 100%25%0d%0aX: %22y%22"; covers="body"`,
		"\xff":                 `secret=%"%ef%bf%bd"; covers="body"`,
	} {
		secret := key(t, "key")
		secret.Label = label
		eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": {Provider: "qualifio", Secrets: webhook.Secrets{secret}}}})
		next := &app{}
		post(t, eng.Middleware("hub")(next), "/", sign(t, "qualifio", "key", "body"))
		if want := `accept; source="hub"; ` + want; len(next.marks) != 1 || next.marks[0][0] != want {
			t.Errorf("label %q: header = %q, want %q", label, next.marks, want)
		}
	}
}

// Middleware refuses as the intake does, word for word, and the application is
// not called.
func TestMiddlewareRefusesLikeTheIntake(t *testing.T) {
	broken, small := hub(t), hub(t)
	broken.Secrets = brokenSource{}
	small.MaxBody = 3
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"hub": hub(t), "broken": broken, "small": small}, Store: openStore(t),
	})
	good := sign(t, "qualifio", "key", "body")
	for _, tt := range []struct {
		name, source string
		edit         func(*http.Request)
	}{
		{"forged", "hub", func(r *http.Request) { r.Header.Set("X-Qualifio-Signature", "sha256="+strings.Repeat("0", 64)) }},
		{"unsigned", "hub", func(r *http.Request) { r.Header.Del("X-Qualifio-Signature") }},
		{"signed twice", "hub", func(r *http.Request) { r.Header.Add("X-Qualifio-Signature", "sha256=00") }},
		{"too large", "small", func(*http.Request) {}},
		{"cut off", "hub", func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("bo"), brokenReader{})) }},
		{"no body", "hub", func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 }},
		{"no secrets to be had", "broken", func(*http.Request) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next := &app{}
			answer := func(h http.Handler) *httptest.ResponseRecorder {
				r := httptest.NewRequest("POST", "/in/"+tt.source, strings.NewReader("body"))
				r.Header = good.Header.Clone()
				tt.edit(r)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				return w
			}
			intake, guard := answer(eng.Handler()), answer(eng.Middleware(tt.source)(next))
			if guard.Code != intake.Code || guard.Code < 400 || guard.Body.String() != intake.Body.String() {
				t.Errorf("answer = %d %s, the intake's = %d %s", guard.Code, guard.Body, intake.Code, intake.Body)
			}
			if len(next.bodies) > 0 {
				t.Errorf("the application was called with %q", next.bodies)
			}
		})
	}
}

func TestMiddlewareAnswersChallenges(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"slack": {Provider: "slack", Secrets: webhook.Secrets{key(t, "key")}}}})
	next := &app{}
	w := post(t, eng.Middleware("slack")(next), "/", sign(t, "slack", "key", `{"type":"url_verification","challenge":"3eZbrw1aB"}`))
	if w.Code != 200 || w.Body.String() != "3eZbrw1aB" || len(next.bodies) > 0 {
		t.Errorf("answer = %d %s, application called with %q; want the challenge and no call", w.Code, w.Body, next.bodies)
	}
	if w := post(t, eng.Middleware("slack")(next), "/", &webhook.Request{Header: http.Header{}, Body: []byte(`{"type":"url_verification","challenge":"x"}`)}); w.Code != 401 {
		t.Errorf("an unsigned challenge = %d %s, want 401", w.Code, w.Body)
	}
}

func TestMiddlewareOfAnUnknownSourcePanics(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}})
	defer func() {
		if text, ok := recover().(string); !ok || !strings.Contains(text, `no source is called "hob"; sources are hub`) {
			t.Errorf("panic = %v, want one with the sources", text)
		}
	}()
	eng.Middleware("hob")
}

// A closed engine passes nothing on.
func TestClosedEngine(t *testing.T) {
	eng, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: openStore(t)})
	if err != nil {
		t.Fatal(err)
	}
	next := &app{}
	handlers := []http.Handler{eng.Middleware("hub")(next), eng.AuthHandler("hub", engine.AuthRequest{}), eng.Handler()}
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	for i, h := range handlers {
		if w := post(t, h, "/in/hub", sign(t, "qualifio", "key", "body")); w.Code != 503 || len(next.bodies) > 0 {
			t.Errorf("handler %d answers %d, and the application was called %d times; want 503 and none", i, w.Code, len(next.bodies))
		}
	}
	req := sign(t, "qualifio", "key", "body")
	if v, err := eng.Verify(t.Context(), "hub", req); !errors.Is(err, engine.ErrClosed) || v.Accepted() {
		t.Errorf("Verify = %+v, %v, want ErrClosed", v, err)
	}
	if _, err := eng.Publish(t.Context(), engine.Publication{}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Publish = %v, want ErrClosed", err)
	}
	if err := eng.Reload(engine.Config{Store: eng.Store()}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Reload = %v, want ErrClosed", err)
	}
	if err := eng.Close(); err != nil {
		t.Errorf("Close again = %v", err)
	}
}

// hints is a source of secrets that keeps what it was asked for.
type hints struct {
	secrets webhook.Secrets
	asked   []webhook.Hint
}

func (h *hints) Secrets(_ context.Context, hint webhook.Hint) ([]webhook.Secret, error) {
	h.asked = append(h.asked, hint)
	return h.secrets, nil
}

// The path parameter "key" of the router reaches the source of secrets.
func TestMiddlewareHint(t *testing.T) {
	secrets := &hints{secrets: webhook.Secrets{key(t, "key")}}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": {Provider: "qualifio", Secrets: secrets}}})
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/{key}", eng.Middleware("hub")(&app{}))
	mux.Handle("POST /hooks", eng.Middleware("hub")(&app{}))
	post(t, mux, "/hooks/shop-17", sign(t, "qualifio", "key", "body"))
	post(t, mux, "/hooks", sign(t, "qualifio", "key", "body"))
	if want := []webhook.Hint{{Source: "hub", Key: "shop-17"}, {Source: "hub"}}; !slices.Equal(secrets.asked, want) {
		t.Errorf("hints = %+v, want %+v", secrets.asked, want)
	}
}
