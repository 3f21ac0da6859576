package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func key(t testing.TB, text string) webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret("label", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, c engine.Config) *engine.Engine {
	t.Helper()
	eng, err := engine.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

// hub is a source that takes X-Qualifio-Signature under the key "key".
func hub(t testing.TB) engine.Source {
	return engine.Source{Provider: "qualifio", Secrets: webhook.Secrets{key(t, "key")}}
}

// sign makes a request what a provider would send.
func sign(t testing.TB, provider, secret, body string) *webhook.Request {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	req := &webhook.Request{Method: "POST", Header: http.Header{}, Body: []byte(body)}
	m := scheme.Message{ID: "msg_1", Type: "a.b", Time: time.Now()}
	if err := pack.Sign(req, m, []webhook.Secret{key(t, secret)}); err != nil {
		t.Fatal(err)
	}
	return req
}

func post(t testing.TB, h http.Handler, target string, req *webhook.Request) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", target, bytes.NewReader(req.Body))
	r.Header = req.Header.Clone()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	unavailable := hub(t)
	unavailable.Secrets = brokenSource{}
	small := hub(t)
	small.MaxBody = 8
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"hub": hub(t), "broken": unavailable, "small": small, "open": {Provider: engine.NoVerification}},
		Store:   openStore(t),
	})
	good := sign(t, "qualifio", "key", "body")
	tests := []struct {
		name, method, target string
		edit                 func(*http.Request)
		status               int
		body                 string
	}{
		{"good", "POST", "/in/hub", nil, 202, ""},
		{"with a key in the path", "POST", "/in/hub/shop-17", nil, 202, ""},
		{"no verification", "POST", "/in/open", func(r *http.Request) { r.Header = http.Header{} }, 202, ""},
		{"unknown source", "POST", "/in/else", nil, 404, `{"reason":"unknown_source"}`},
		{"no source", "POST", "/in/", nil, 404, `{"reason":"unknown_source"}`},
		{"method", "GET", "/in/hub", nil, 405, `{"reason":"method_not_allowed"}`},
		{"forged", "POST", "/in/hub", func(r *http.Request) { r.Header.Set("X-Qualifio-Signature", "sha256="+strings.Repeat("0", 64)) }, 401, `{"reason":"signature_mismatch"}`},
		{"unsigned", "POST", "/in/hub", func(r *http.Request) { r.Header.Del("X-Qualifio-Signature") }, 401, `{"reason":"signature_missing"}`},
		{"too large", "POST", "/in/small", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("123456789")); r.ContentLength = 9 }, 413, `{"reason":"body_too_large"}`},
		{"too large, chunked", "POST", "/in/small", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader("123456789"))
			r.ContentLength = -1
		}, 413, `{"reason":"body_too_large"}`},
		{"cut off", "POST", "/in/hub", func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("bo"), brokenReader{}))
		}, 400, `{"reason":"body_truncated"}`},
		{"no secrets to be had", "POST", "/in/broken", nil, 503, `{"error":"unavailable"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.target, bytes.NewReader(good.Body))
			r.Header = good.Header.Clone()
			if tt.edit != nil {
				tt.edit(r)
			}
			w := httptest.NewRecorder()
			eng.Handler().ServeHTTP(w, r)
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || got != tt.body {
				t.Errorf("answer = %d %s, want %d %s", w.Code, got, tt.status, tt.body)
			}
		})
	}
}

type brokenSource struct{}

func (brokenSource) Secrets(context.Context, webhook.Hint) ([]webhook.Secret, error) {
	return nil, errors.New("the vault is sealed")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A body at the limit is taken, one byte more is not, however it is sent.
func TestBodyLimit(t *testing.T) {
	source := engine.Source{Provider: engine.NoVerification}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"s": source}, Store: openStore(t)})
	server := httptest.NewServer(eng.Handler())
	defer server.Close()
	for _, tt := range []struct {
		size, want int
		chunked    bool
	}{{1 << 20, 202, false}, {1<<20 + 1, 413, false}, {1 << 20, 202, true}, {1<<20 + 1, 413, true}, {0, 202, false}, {0, 202, true}} {
		var body io.Reader = bytes.NewReader(make([]byte, tt.size))
		if tt.chunked {
			body = io.NopCloser(body)
		}
		resp, err := http.Post(server.URL+"/in/s", "text/plain", body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%d bytes, chunked %v: %d, want %d", tt.size, tt.chunked, resp.StatusCode, tt.want)
		}
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 4 {
		t.Errorf("%d events are stored, %v; want 4", len(events), err)
	}
}

// The bodies that are held at one time are bounded; what does not fit is asked
// to come again.
func TestBytesInFlight(t *testing.T) {
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification}},
		Store:   openStore(t), Limits: engine.Limits{BytesInFlight: 100},
	})
	server := httptest.NewServer(eng.Handler())
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Half of a body of 90 bytes: its whole length is reserved once the handler
	// has begun to read, which 100-continue shows.
	fmt.Fprintf(conn, "POST /in/s HTTP/1.1\r\nHost: h\r\nContent-Length: 90\r\nExpect: 100-continue\r\n\r\n")
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v, want 100 Continue", line, err)
	}
	resp, err := http.Post(server.URL+"/in/s", "text/plain", strings.NewReader(strings.Repeat("x", 50)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("while 90 of 100 bytes are held: %d, want 503 with Retry-After", resp.StatusCode)
	}
	if _, err := conn.Write(make([]byte, 90)); err != nil {
		t.Fatal(err)
	}
	if _, err := answers.ReadString('\n'); err != nil { // the empty line after 100
		t.Fatal(err)
	}
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "202") {
		t.Errorf("the first body: %q, %v, want 202", line, err)
	}
}

func TestDuplicates(t *testing.T) {
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{
			"hub":   hub(t),
			"smino": {Provider: "smino", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true},
		},
		Store: openStore(t),
	})
	h := eng.Handler()
	body := `{"EventId":"0f8fad5b-d9cb-469f-a165-70867728950e","TimeStamp":"2026-01-02T03:04:05Z"}`
	smino := sign(t, "smino", "key", body)
	other := *smino
	other.Body = []byte(strings.Replace(body, "{", `{"more":1,`, 1))
	upper := *smino
	upper.Body = []byte(strings.Replace(body, "0f8fad5b", "0F8FAD5B", 1))
	for _, tt := range []struct {
		name, target string
		req          *webhook.Request
		status       int
	}{
		{"first", "/in/hub", sign(t, "qualifio", "key", "a"), 202},
		{"again", "/in/hub", sign(t, "qualifio", "key", "a"), 202},
		{"another", "/in/hub", sign(t, "qualifio", "key", "b"), 202},
		{"id", "/in/smino", smino, 202},
		{"id again", "/in/smino", smino, 202},
		{"id with another body", "/in/smino", &other, 409},
		{"id in capitals", "/in/smino", &upper, 409},
	} {
		if w := post(t, h, tt.target, tt.req); w.Code != tt.status {
			t.Errorf("%s: %d %s, want %d", tt.name, w.Code, w.Body, tt.status)
		}
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 3 {
		t.Errorf("%d events are stored, %v; want 3", len(events), err)
	}
}

// Many identical requests at one time make one event.
func TestConcurrentDuplicates(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: openStore(t)})
	req := sign(t, "qualifio", "key", "the same")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if w := post(t, eng.Handler(), "/in/hub", req); w.Code != 202 {
				t.Errorf("answer = %d", w.Code)
			}
		})
	}
	wg.Wait()
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 1 {
		t.Errorf("%d events are stored, %v; want 1", len(events), err)
	}
}

func TestCredentialsBesideTheSignature(t *testing.T) {
	source := hub(t)
	source.Basic = []webhook.Secret{key(t, "user:pass word")}
	source.Header, source.HeaderTokens = "x-token", []webhook.Secret{key(t, "t0ken")}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": source}, Store: openStore(t)})
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, tt := range []struct {
		name   string
		header map[string]string
		forged bool
		want   webhook.Reason
	}{
		{"both", map[string]string{"Authorization": basic("user:pass word"), "X-Token": "t0ken"}, false, ""},
		{"none", nil, false, webhook.CredentialsMissing},
		{"no token", map[string]string{"Authorization": basic("user:pass word")}, false, webhook.CredentialsMissing},
		{"wrong token", map[string]string{"Authorization": basic("user:pass word"), "X-Token": "t0ken "}, false, webhook.CredentialsMismatch},
		{"wrong password", map[string]string{"Authorization": basic("user:pass"), "X-Token": "t0ken"}, false, webhook.CredentialsMismatch},
		{"not base64", map[string]string{"Authorization": "Basic user:pass", "X-Token": "t0ken"}, false, webhook.CredentialsMismatch},
		{"bearer instead", map[string]string{"Authorization": "Bearer user:pass word", "X-Token": "t0ken"}, false, webhook.CredentialsMissing},
		{"credentials right, signature wrong", map[string]string{"Authorization": basic("user:pass word"), "X-Token": "t0ken"}, true, webhook.SignatureMismatch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := sign(t, "qualifio", "key", tt.name)
			for name, value := range tt.header {
				req.Header.Set(name, value)
			}
			if tt.forged {
				req.Body = []byte("another body")
			}
			w := post(t, eng.Handler(), "/in/hub", req)
			if got := answeredReason(t, w); got != tt.want {
				t.Errorf("reason = %q, want %q", got, tt.want)
			}
		})
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events are stored, %v; want 1", len(events), err)
	}
	ev, err := eng.Store().Event(t.Context(), events[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if ev.Header.Get("Authorization") != "[redacted]" || ev.Header.Get("X-Token") != "[redacted]" {
		t.Errorf("stored headers = %v, want the credentials redacted", ev.Header)
	}
}

// Neither a secret nor a credential reaches a log or a kept refusal.
func TestNoSecretLeaks(t *testing.T) {
	var log bytes.Buffer
	source := hub(t)
	source.Secrets = webhook.Secrets{key(t, "topsecretkey")}
	source.Bearer = []webhook.Secret{key(t, "topsecrettoken")}
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"hub": source}, Store: openStore(t),
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	req := sign(t, "qualifio", "topsecretkey", "good")
	req.Header.Set("Authorization", "Bearer topsecrettoken")
	req.Header.Set("Cookie", "session=topsecretcookie")
	post(t, eng.Handler(), "/in/hub", req)
	req.Body = []byte("forged")
	post(t, eng.Handler(), "/in/hub", req)
	refusals := eng.Refusals("hub")
	if len(refusals) != 1 || refusals[0].Reason != webhook.SignatureMismatch || string(refusals[0].Body) != "forged" {
		t.Errorf("Refusals = %+v, want the forged one", refusals)
	}
	text := log.String() + fmt.Sprintf("%+v %#v", refusals, source.Secrets)
	if strings.Contains(text, "topsecret") {
		t.Errorf("a secret leaks: %s", text)
	}
	if !strings.Contains(text, "signature_mismatch") {
		t.Errorf("the refusal is not logged: %s", text)
	}
}

func TestOpenFaults(t *testing.T) {
	tests := []struct {
		name   string
		source engine.Source
		want   string
	}{
		{"unknown provider", engine.Source{Provider: "chandoc"}, `did you mean "chaindoc"?`},
		{"no secret", engine.Source{Provider: "chaindoc"}, "no secret"},
		{"empty list of secrets", engine.Source{Provider: "chaindoc", Secrets: webhook.Secrets{}}, "no secret"},
		{"the zero secret", engine.Source{Provider: "chaindoc", Secrets: webhook.Secrets{{}}}, "empty or blank"},
		{"a key that does not fit", engine.Source{Provider: "standard-webhooks", Secrets: webhook.Secrets{key(t, "whsec_no base64!")}}, "not base64"},
		{"uncovered body", engine.Source{Provider: "smino", Secrets: webhook.Secrets{key(t, "k")}}, "allow_uncovered_body"},
		{"unsigned beside a provider that signs", engine.Source{Provider: "chaindoc", Unsigned: true}, "always signs"},
		{"unsigned with a secret", engine.Source{Provider: "seatable", Unsigned: true, Secrets: webhook.Secrets{key(t, "k")}}, "contradict"},
		{"secrets without verification", engine.Source{Provider: "none", Secrets: webhook.Secrets{key(t, "k")}}, "verifies nothing"},
		{"unknown setting", engine.Source{Provider: "chaindoc", Secrets: webhook.Secrets{key(t, "k")}, Settings: map[string]string{"key": "x"}}, "unknown setting"},
		{"a setting without default", engine.Source{Provider: "aws-sns"}, "setting topic of provider aws-sns is missing: the ARN"},
		{"tolerance without a time", engine.Source{Provider: "chaindoc", Secrets: webhook.Secrets{key(t, "k")}, Settings: map[string]string{"tolerance": "5m"}}, "unknown setting"},
		{"zero tolerance", engine.Source{Provider: "standard-webhooks", Secrets: webhook.Secrets{key(t, "a2V5")}, Settings: map[string]string{"tolerance": "0s"}}, "tolerance"},
		{"unknown dedup key", engine.Source{Provider: "chaindoc", Secrets: webhook.Secrets{key(t, "k")}, Dedup: "event"}, "type-timestamp"},
		{"a header without tokens", engine.Source{Provider: "none", Header: "X"}, "tokens"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"s": tt.source}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want an error with %q", err, tt.want)
			}
		})
	}
	_, err := engine.Open(engine.Config{
		Sources:       map[string]engine.Source{"a b": {Provider: "none"}},
		Endpoints:     map[string]engine.Endpoint{"e": {URL: "http://example.com"}, "f": {URL: "ftp://x", Sign: "none"}, "g": {URL: "https://x", As: "dastra"}},
		Subscriptions: []engine.Subscription{{Source: "x", Endpoint: "y", Transform: "z"}},
		Store:         openStore(t),
	})
	for _, want := range []string{"must match", "allow_http", "no secret to sign with", "must be an http", "no source", "no endpoint", "no transform"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open = %v, want every fault, %q among them", err, want)
		}
	}
}

// The zero engine verifies nothing and stores nothing.
func TestVerifyOnly(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}})
	req := sign(t, "qualifio", "key", "body")
	v, err := eng.Verify(t.Context(), "hub", req)
	if err != nil || !v.Accepted() || v.Secret != "label" {
		t.Errorf("Verify = %+v, %v", v, err)
	}
	if v, err := eng.Verify(t.Context(), "else", req); !errors.Is(err, engine.ErrUnknownSource) || v.Accepted() {
		t.Errorf("Verify of an unknown source = %+v, %v", v, err)
	}
	if w := post(t, eng.Handler(), "/in/hub", req); w.Code != 503 {
		t.Errorf("Handler without a store answers %d, want 503", w.Code)
	}
	if err := eng.Run(t.Context()); !errors.Is(err, engine.ErrNoStore) {
		t.Errorf("Run = %v, want ErrNoStore", err)
	}
}

// A store that cannot commit is a 503, never a 2xx.
func TestStoreFailureIsUnavailable(t *testing.T) {
	db := openStore(t)
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: db})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if w := post(t, eng.Handler(), "/in/hub", sign(t, "qualifio", "key", "body")); w.Code != 503 {
		t.Errorf("answer = %d, want 503", w.Code)
	}
}

// A credential that has ended opens nothing.
func TestEndedCredentials(t *testing.T) {
	ended := key(t, "user:pw")
	ended.NotAfter = time.Now().Add(-time.Minute)
	sources := map[string]engine.Source{"basic": hub(t), "bearer": hub(t), "header": hub(t)}
	for name, s := range sources {
		switch name {
		case "basic":
			s.Basic = []webhook.Secret{ended}
		case "bearer":
			s.Bearer = []webhook.Secret{ended}
		case "header":
			s.Header, s.HeaderTokens = "X-Token", []webhook.Secret{ended}
		}
		sources[name] = s
	}
	eng := open(t, engine.Config{Sources: sources, Store: openStore(t)})
	for name, header := range map[string]string{
		"basic": "Basic " + base64.StdEncoding.EncodeToString([]byte("user:pw")), "bearer": "Bearer user:pw", "header": "user:pw",
	} {
		req := sign(t, "qualifio", "key", name)
		req.Header.Set("Authorization", header)
		req.Header.Set("X-Token", header)
		if got := answeredReason(t, post(t, eng.Handler(), "/in/"+name, req)); got != webhook.CredentialsMismatch {
			t.Errorf("%s: reason = %q, want credentials_mismatch", name, got)
		}
	}
}

// Clients that announce bodies and send none do not take the budget.
func TestSilentClientsTakeNoBudget(t *testing.T) {
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification}},
		Store:   openStore(t), Limits: engine.Limits{BytesInFlight: 1 << 20},
	})
	server := httptest.NewServer(eng.Handler())
	defer server.Close()
	for range 20 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /in/s HTTP/1.1\r\nHost: h\r\nContent-Length: 1048575\r\nExpect: 100-continue\r\n\r\n")
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
			t.Fatalf("got %q, %v, want 100 Continue", line, err)
		}
	}
	resp, err := http.Post(server.URL+"/in/s", "text/plain", strings.NewReader("honest"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 202 {
		t.Errorf("beside silent clients: %d, want 202", resp.StatusCode)
	}
}
