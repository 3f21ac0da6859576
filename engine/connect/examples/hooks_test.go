package examples

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/enginetest"
	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// openHooks opens an engine with one source, which looks for the secret of a
// shop by the path parameter.
func openHooks() *engine.Engine {
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"orders": {Provider: "qualifio", Secrets: shops{}},
	}})
	if err != nil {
		panic(err)
	}
	return hooks
}

// shops knows the secret of every shop.
type shops struct{}

// Secrets implements [engine.SecretSource].
func (shops) Secrets(_ context.Context, hint engine.Hint) ([]engine.Secret, error) {
	secret, err := engine.NewSecret("2026", []byte("secret of "+hint.Key))
	return []engine.Secret{secret}, err
}

// sendBoth sends an order with the secret of its shop, and one with another's.
func sendBoth(h http.Handler) {
	for _, shop := range []string{"shop-1", "shop-2"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, order("secret of "+shop))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
}

func order(secret string) *http.Request { return send("/orders/shop-1", secret, "an order") }

// send returns a request as Qualifio signs it.
func send(target, secret, body string) *http.Request {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Qualifio-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

// conform runs the suite against what protects an application everywhere.
func conform(t *testing.T, protect func(hooks *engine.Engine, source string, app http.Handler) http.Handler) {
	enginetest.Run(t, enginetest.Connector{Start: func(t *testing.T, s enginetest.Setup) enginetest.Entry {
		return enginetest.Entry{Addr: enginetest.Serve(t, protect(s.Engine, s.Source, s.App))}
	}})
}

// passOnFailures proves that what the application has failed at is passed on
// again, and what has succeeded is not. The application gets the statuses that
// it has to answer with.
func passOnFailures(t *testing.T, serve func(hooks *engine.Engine, next func() int) http.Handler) {
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "hooks.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	hooks, err := engine.Open(engine.Config{
		Sources: map[string]engine.Source{"orders": {Provider: "qualifio", Secrets: shops{}}},
		Store:   st,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer hooks.Close()
	statuses, calls := []int{500, 422, 201, 500}, 0
	h := serve(hooks, func() int { calls++; return statuses[calls-1] })
	for i, want := range []int{500, 422, 201, 202, 202} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, order("secret of shop-1"))
		if wantCalls := min(i+1, 3); w.Code != want || calls != wantCalls {
			t.Errorf("request %d: answered %d after %d calls, want %d after %d", i, w.Code, calls, want, wantCalls)
		}
	}
}
