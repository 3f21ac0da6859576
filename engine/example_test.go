package engine_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// An engine that verifies only needs neither a store nor a guest.
func ExampleEngine_Verify() {
	secret, err := engine.NewSecret("2026", []byte("chaindoc-webhook-secret"))
	if err != nil {
		panic(err)
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"contracts": {Provider: "chaindoc", Secrets: engine.Secrets{secret}},
	}})
	if err != nil {
		panic(err)
	}
	defer hooks.Close()

	forged := &engine.Request{Header: http.Header{"X-Webhook-Signature": {"test_signature"}}, Body: []byte(`{}`)}
	v, err := hooks.Verify(context.Background(), "contracts", forged)
	fmt.Println(v.Outcome, v.Reason, err)
	// Output: reject signature_malformed <nil>
}

// Three lines around a handler: it is called with verified requests alone, and
// reads the body as it came.
func ExampleEngine_Middleware() {
	secret, err := engine.NewSecret("2026", []byte("qualifio-secret"))
	if err != nil {
		panic(err)
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"campaigns": {Provider: "qualifio", Secrets: engine.Secrets{secret}},
	}})
	if err != nil {
		panic(err)
	}
	defer hooks.Close()

	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		v, _ := engine.VerdictFrom(r.Context())
		fmt.Fprintf(w, "%s, verified by secret %s", body, v.Secret)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /hooks", hooks.Middleware("campaigns")(app))

	for _, key := range []string{"qualifio-secret", "guessed"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, signed("/hooks", key, "hello"))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 hello, verified by secret 2026
	// 401 {"reason":"signature_mismatch"}
}

// FromHTTP leaves the body to be read by the next handler.
func ExampleFromHTTP() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := engine.FromHTTP(r, engine.RequestLimits{MaxBody: 64 << 10})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		again, err := io.ReadAll(r.Body)
		fmt.Printf("%s %s %q %q %v\n", req.Method, req.Target, req.Body, again, err)
	})
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/h%2Fook//x?b=1&a=%20z", strings.NewReader("body")))
	// Output: POST /h%2Fook//x?b=1&a=%20z "body" "body" <nil>
}

// shops is a table with the secrets of many shops. A real one asks a database:
//
//	SELECT secret, label, not_after FROM shop_secrets WHERE shop = $1
type shops struct{ table map[string][]shopSecret }

// shopSecret is a row.
type shopSecret struct {
	key, label string
	notAfter   time.Time
}

// Secrets returns those of one shop. An error would be answered 503; an unknown
// shop is none, it has no secrets.
func (s shops) Secrets(_ context.Context, hint engine.Hint) ([]engine.Secret, error) {
	var secrets []engine.Secret
	for _, row := range s.table[hint.Key] {
		secret, err := engine.NewSecret(row.label, []byte(row.key))
		if err != nil {
			return nil, err
		}
		secret.NotAfter = row.notAfter
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// A source of secrets serves 10,000 shops, each with its own secret, by the path
// parameter. Labels say what a secret is for, and not whose it is: metrics then
// show when nobody uses the previous ones any more.
func Example_secretSource() {
	table := map[string][]shopSecret{}
	for i := range 10_000 {
		table[fmt.Sprint("shop-", i)] = []shopSecret{
			{key: fmt.Sprint("new-key-", i), label: "current"},
			{key: fmt.Sprint("old-key-", i), label: "previous", notAfter: time.Now().Add(24 * time.Hour)},
			{key: fmt.Sprint("ancient-key-", i), label: "ancient", notAfter: time.Now().Add(-time.Hour)},
		}
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"orders": {Provider: "qualifio", Secrets: shops{table}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer hooks.Close()

	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, _ := engine.VerdictFrom(r.Context())
		fmt.Fprintf(w, "%s, %s secret", r.PathValue("key"), v.Secret)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /orders/{key}", hooks.Middleware("orders")(app))

	for _, send := range [][2]string{
		{"shop-1234", "new-key-1234"},
		{"shop-1234", "old-key-1234"},
		{"shop-1234", "ancient-key-1234"},
		{"shop-1234", "new-key-9"},
		{"shop-10000", "new-key-9"},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, signed("/orders/"+send[0], send[1], "order"))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 shop-1234, current secret
	// 200 shop-1234, previous secret
	// 401 {"reason":"signature_mismatch"}
	// 401 {"reason":"signature_mismatch"}
	// 401 {"reason":"no_secret"}
}

// signed is a request as Qualifio sends it.
func signed(path, key, body string) *http.Request {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("X-Qualifio-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return r
}
