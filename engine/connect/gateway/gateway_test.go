package gateway_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/connect/gateway"
)

func TestNewRefuses(t *testing.T) {
	eng := openEngine(t, engine.Config{}, false)
	for _, tt := range []struct {
		name   string
		config gateway.Config
		want   string
	}{
		{"no upstream", gateway.Config{}, "the upstream must be"},
		{"no scheme", gateway.Config{Upstream: "127.0.0.1:3000"}, "the upstream must be"},
		{"another scheme", gateway.Config{Upstream: "ftp://h"}, "the upstream must be"},
		{"no host", gateway.Config{Upstream: "http:///x"}, "the upstream must be"},
		{"a path", gateway.Config{Upstream: "http://h/base"}, "the path is the sender's"},
		{"a query", gateway.Config{Upstream: "http://h?"}, "the upstream must be"},
		{"a user", gateway.Config{Upstream: "http://u:p4ss@h"}, "the upstream must be"},
		{"a host with a path", gateway.Config{Upstream: "http://h", Host: "h/x"}, `the host is "h/x"`},
		{"a host with a line end", gateway.Config{Upstream: "http://h", Host: "h\r\nX: y"}, "the host is"},
		{"a negative timeout", gateway.Config{Upstream: "http://h", Timeout: -time.Second}, "the timeout is -1s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gw, err := gateway.New(eng, source, tt.config)
			if gw != nil || err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "p4ss") {
				t.Errorf("New = %v, %v, want an error with %q", gw, err, tt.want)
			}
		})
	}
	if _, err := gateway.New(eng, "order", gateway.Config{Upstream: "http://h"}); !errors.Is(err, engine.ErrUnknownSource) {
		t.Errorf("New for an unknown source = %v, want ErrUnknownSource", err)
	}
	closed, err := engine.Open(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := gateway.New(closed, source, gateway.Config{Upstream: "http://h"}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("New for an engine that is closed = %v, want ErrClosed", err)
	}
}

// asked counts how often secrets are asked for.
type asked struct{ calls int }

// Secrets implements [engine.SecretSource].
func (a *asked) Secrets(ctx context.Context, _ engine.Hint) ([]engine.Secret, error) {
	if ctx.Err() == nil {
		a.calls++
	}
	return nil, ctx.Err()
}

func TestNewAsksForNoSecret(t *testing.T) {
	var secrets asked
	eng, err := engine.Open(engine.Config{Sources: map[string]engine.Source{source: {Provider: "qualifio", Secrets: &secrets}}})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	if _, err := gateway.New(eng, source, gateway.Config{Upstream: "http://h"}); err != nil || secrets.calls != 0 {
		t.Errorf("New = %v after asking %d times, want nil and 0", err, secrets.calls)
	}
}

// A source that a reload takes away answers 404, and calls nobody.
func TestReload(t *testing.T) {
	eng := openEngine(t, engine.Config{}, false)
	gw := newGateway(t, eng, source, gateway.Config{Upstream: "http://app.example", Transport: trip(func(*http.Request) (*http.Response, error) {
		t.Error("the application was called")
		return nil, io.EOF
	})})
	if err := eng.Reload(engine.Config{}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if gw.ServeHTTP(w, direct(post("/x", "", "x"))); w.Code != 404 {
		t.Errorf("answered %d, want 404", w.Code)
	}
}

// The application knows nothing of webhooks: it gets the verified ones alone.
func ExampleGateway() {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s at %s, %v", body, r.RequestURI, err)
	}))
	defer app.Close()

	key, err := engine.NewSecret("2026", []byte("s3cret"))
	if err != nil {
		panic(err)
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"orders": {Provider: "qualifio", Secrets: engine.Secrets{key}},
	}})
	if err != nil {
		panic(err)
	}
	defer hooks.Close()
	gw, err := gateway.New(hooks, "orders", gateway.Config{Upstream: app.URL})
	if err != nil {
		panic(err)
	}
	defer gw.CloseIdleConnections()

	for _, secret := range []string{"s3cret", "guessed"} {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("an order"))
		r := httptest.NewRequest(http.MethodPost, "/any//path?a=%20", strings.NewReader("an order"))
		r.Header.Set("X-Qualifio-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		gw.ServeHTTP(w, r)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 an order at /any//path?a=%20, <nil>
	// 401 {"reason":"signature_mismatch"}
}
