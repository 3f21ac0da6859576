package engine_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
)

// FromHTTP goes with a verification that needs no engine: the scheme of a
// provider, and the secrets.
func ExampleFromHTTP_withoutEngine() {
	qualifio, err := catalog.Load("qualifio")
	if err != nil {
		log.Fatal(err)
	}
	secret, err := engine.NewSecret("2026", []byte("qualifio-secret"))
	if err != nil {
		log.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := engine.FromHTTP(r, engine.RequestLimits{})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		v := scheme.Verify(qualifio, req, []engine.Secret{secret}, time.Now())
		if !v.Accepted() {
			http.Error(w, string(v.Reason), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "%s, verified by secret %s", req.Body, v.Secret)
	})

	show(handler, signed("/hooks", "qualifio-secret", "hello"))
	show(handler, signed("/hooks", "guessed", "hello"))
	// Output:
	// 200 hello, verified by secret 2026
	// 401 signature_mismatch
}

// A proxy asks before it passes a request on. nginx with auth_request, Caddy with
// forward_auth and Envoy with ext_authz differ in what they say of the request.
func ExampleEngine_AuthHandler() {
	hooks := openCampaigns(newSecret("2026", "qualifio-secret"))
	defer hooks.Close()

	// This one puts /verify before the path; it listens where the proxy alone
	// can reach it.
	verify := hooks.AuthHandler("campaigns", engine.AuthRequest{Prefix: "/verify"})

	for _, key := range []string{"qualifio-secret", "guessed"} {
		w := httptest.NewRecorder()
		verify.ServeHTTP(w, signed("/verify/hooks", key, "hello"))
		fmt.Println(w.Code, w.Header().Get(engine.VerdictHeader)+strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 accept; source="campaigns"; secret="2026"; covers="body"
	// 401 {"reason":"signature_mismatch"}
}

// To rotate a secret, give the new one and the old one with the moment until
// which it counts. The label in verdicts and metrics says when nobody signs with
// the old one any more.
func ExampleSecrets_rotation() {
	previous := newSecret("previous", "old-key")
	previous.NotAfter = time.Now().Add(24 * time.Hour)
	ended := newSecret("ended", "ancient-key")
	ended.NotAfter = time.Now().Add(-time.Hour)
	hooks := openCampaigns(newSecret("current", "new-key"), previous, ended)
	defer hooks.Close()

	handler := hooks.Middleware("campaigns")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, _ := engine.VerdictFrom(r.Context())
		fmt.Fprint(w, "the secret is ", v.Secret)
	}))
	for _, key := range []string{"new-key", "old-key", "ancient-key"} {
		show(handler, signed("/hooks", key, "hello"))
	}
	// Output:
	// 200 the secret is current
	// 200 the secret is previous
	// 401 {"reason":"signature_mismatch"}
}

// Reload replaces sources and all that belongs to them, or nothing: the handlers
// stay, and requests that are under way end as they began.
func ExampleEngine_Reload() {
	hooks := openCampaigns(newSecret("2026", "key of 2026"))
	defer hooks.Close()
	handler := hooks.Middleware("campaigns")(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "taken")
	}))

	// A fault leaves the engine as it was.
	err := hooks.Reload(engine.Config{Sources: map[string]engine.Source{
		"campaigns": {Provider: "qualifio"},
	}})
	fmt.Println(err)
	show(handler, signed("/hooks", "key of 2026", "hello"))

	err = hooks.Reload(engine.Config{Sources: map[string]engine.Source{
		"campaigns": {Provider: "qualifio", Secrets: engine.Secrets{newSecret("2027", "key of 2027")}},
	}})
	fmt.Println(err)
	show(handler, signed("/hooks", "key of 2026", "hello"))
	show(handler, signed("/hooks", "key of 2027", "hello"))
	// Output:
	// source "campaigns": secrets: no secret: give secrets, or say provider = "none" aloud
	// 200 taken
	// <nil>
	// 401 {"reason":"signature_mismatch"}
	// 200 taken
}

// A source in shadow mode passes everything on and says what it would have
// refused. It is for the time before a new source is trusted.
func ExampleSource_shadow() {
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"campaigns": {Provider: "qualifio", Secrets: engine.Secrets{newSecret("2026", "qualifio-secret")}, Shadow: true},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer hooks.Close()

	handler := hooks.Middleware("campaigns")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, _ := engine.VerdictFrom(r.Context())
		if !v.Accepted() {
			fmt.Fprint(w, "unverified: ", v.Reason)
			return
		}
		fmt.Fprint(w, "verified")
	}))
	show(handler, signed("/hooks", "qualifio-secret", "hello"))
	show(handler, signed("/hooks", "guessed", "hello"))
	for _, refusal := range hooks.Refusals("campaigns") {
		fmt.Println("would have refused:", refusal.Reason)
	}
	// Output:
	// 200 verified
	// 200 unverified: signature_mismatch
	// would have refused: signature_mismatch
}

func newSecret(label, key string) engine.Secret {
	secret, err := engine.NewSecret(label, []byte(key))
	if err != nil {
		log.Fatal(err)
	}
	return secret
}

// openCampaigns opens an engine that verifies one source.
func openCampaigns(secrets ...engine.Secret) *engine.Engine {
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"campaigns": {Provider: "qualifio", Secrets: engine.Secrets(secrets)},
	}})
	if err != nil {
		log.Fatal(err)
	}
	return hooks
}

// show prints what a handler answers.
func show(h http.Handler, r *http.Request) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
}
