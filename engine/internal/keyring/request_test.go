package keyring_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/webhook"
)

func credential(t *testing.T, name, text string) webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func literal(text string) webhook.KeyText { return webhook.KeyText{{Text: text}} }

func named(name string) webhook.KeyPart {
	return webhook.KeyPart{Kind: webhook.KeyCredential, Text: name}
}

// Plaid takes its credentials in the body, and gives one JWK.
func TestCredentialsInABody(t *testing.T) {
	v := &vendor{answer: func(req *http.Request, body string) *http.Response {
		want := `{"client_id":"id-1","key_id":"k\"1","secret":"s3cret"}`
		if req.Method != http.MethodPost || body != want || req.Header.Get("Content-Type") != "application/json" {
			return reply(400, "")
		}
		return reply(200, fmt.Sprintf(`{"key":%s}`, quoted(t, jwkOf(t, `k"1`, edKey('a').Public()))))
	}}
	ref := jwksRef(`k"1`)
	ref.Format, ref.At, ref.ByID, ref.Chosen = webhook.KeyJSON, "key", true, true
	ref.Request = webhook.KeyRequest{Method: http.MethodPost, JSON: []webhook.KeyField{
		{Name: "client_id", Value: webhook.KeyText{named("client_id")}},
		{Name: "secret", Value: webhook.KeyText{named("secret")}},
		{Name: "key_id", Value: literal(`k"1`)},
	}}
	r := open(t, v)
	mine := map[string]webhook.Secret{"client_id": credential(t, "client_id", "id-1"), "secret": credential(t, "secret", "s3cret")}
	for range 2 {
		if keys, err := r.Keys(t.Context(), ref, mine); err != nil || len(keys) != 1 {
			t.Fatalf("Keys = %v, %v, want one", keys, err)
		}
	}
	if v.count() != 1 {
		t.Errorf("%d fetches, want 1", v.count())
	}
	// Keys that one source's credentials gave are not those of another.
	other := map[string]webhook.Secret{"client_id": credential(t, "client_id", "id-2"), "secret": credential(t, "secret", "hush-hush")}
	_, err := r.Keys(t.Context(), ref, other)
	if err == nil || !strings.Contains(err.Error(), "status 400") || strings.Contains(err.Error(), "hush") {
		t.Errorf("Keys with other credentials = %v, want their own answer, without the secret", err)
	}
	delete(other, "secret")
	if _, err := r.Keys(t.Context(), ref, other); err == nil || !strings.Contains(err.Error(), `no credential "secret"`) {
		t.Errorf("Keys without a credential = %v, want its name", err)
	}
}

// eBay gives keys for a token, and the token for client credentials.
func TestTokenComesFirst(t *testing.T) {
	v := &vendor{answer: func(req *http.Request, body string) *http.Response {
		if req.URL.Path == "/oauth2/token" {
			user, password, ok := req.BasicAuth()
			if !ok || user != "app" || password != "cert:1" || body != "grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope" {
				return reply(401, "")
			}
			return reply(200, `{"access_token":"t0ken","expires_in":7200}`)
		}
		if req.Header.Get("Authorization") != "Bearer t0ken" {
			return reply(401, "")
		}
		return reply(200, fmt.Sprintf(`{"key":%q}`, strings.ReplaceAll(pemOf("PUBLIC KEY", spki(t, edKey('a').Public())), "\n", "")))
	}}
	ref := jwksRef("k1")
	ref.Format, ref.At, ref.ByID, ref.Chosen = webhook.KeyJSON, "key", true, true
	ref.Request.Headers = []webhook.KeyField{{Name: "Authorization", Value: webhook.KeyText{{Text: "Bearer "}, {Kind: webhook.KeyTokenText}}}}
	ref.Token = &webhook.KeyToken{
		URL: "https://api.vendor.example/oauth2/token", Host: "api.vendor.example", At: "access_token",
		Request: webhook.KeyRequest{
			Method: http.MethodPost, Basic: webhook.KeyText{named("app_id"), {Text: ":"}, named("cert_id")},
			Form: []webhook.KeyField{{Name: "grant_type", Value: literal("client_credentials")}, {Name: "scope", Value: literal("https://api.ebay.com/oauth/api_scope")}},
		},
	}
	r := open(t, v)
	good := map[string]webhook.Secret{"app_id": credential(t, "app_id", "app"), "cert_id": credential(t, "cert_id", "cert:1")}
	if keys, err := r.Keys(t.Context(), ref, good); err != nil || len(keys) != 1 {
		t.Errorf("Keys = %v, %v, want one", keys, err)
	}
	bad := map[string]webhook.Secret{"app_id": credential(t, "app_id", "app"), "cert_id": credential(t, "cert_id", "wrong-one")}
	_, err := r.Keys(t.Context(), ref, bad)
	if want := "keys of keys.vendor.example: token of api.vendor.example: status 401, want 200"; err == nil || err.Error() != want {
		t.Errorf("Keys with wrong credentials = %v, want %q", err, want)
	}
}

// A header that cannot be sent is an error that does not show it.
func TestErrorsHoldNoCredential(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	r := keyring.New(keyring.Config{Transport: server.Client().Transport})
	defer r.Close()
	ref := jwksRef("")
	ref.URL = server.URL
	ref.Request.Headers = []webhook.KeyField{{Name: "Authorization", Value: webhook.KeyText{named("key")}}}
	_, err := r.Keys(t.Context(), ref, map[string]webhook.Secret{"key": credential(t, "key", "hush\nhush")})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("Keys = %v, want an error without the credential", err)
	}
	ref.Request.Headers = nil
	ref.Request.Basic = webhook.KeyText{named("key")}
	_, err = r.Keys(t.Context(), ref, map[string]webhook.Secret{"key": credential(t, "key", "hush")})
	if err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte("hush"))) {
		t.Errorf("Keys = %v, want an error without the credential", err)
	}
}

func TestRedirectsAreFailures(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308, 201, 204, 206, 304} {
		v := &vendor{answer: says(status, edSet(t, "a"), "Location", "https://evil.example/jwks")}
		r := open(t, v)
		if got, want := labels(t, r, jwksRef("a")), fmt.Sprintf("status %d", status); !strings.Contains(got, want) || v.count() != 1 {
			t.Errorf("Keys = %q after %d requests, want one and an error with %q", got, v.count(), want)
		}
	}
}

func TestAnswersAreCapped(t *testing.T) {
	set := edSet(t, "a")
	if got := labels(t, open(t, &vendor{answer: says(200, set+strings.Repeat(" ", 1<<20-len(set)))}), jwksRef("a")); got != "a" {
		t.Errorf("Keys of an answer of 1 MiB = %.100q, want a", got)
	}
	if got, want := labels(t, open(t, &vendor{answer: says(200, set+strings.Repeat(" ", 1<<20-len(set)+1))}), jwksRef("a")), "longer than 1048576 bytes"; !strings.Contains(got, want) {
		t.Errorf("Keys of a longer answer = %.100q, want %q", got, want)
	}
}

// A certificate that nobody vouches for ends the matter.
func TestTLSIsVerified(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, edSet(t, "a")) }))
	defer server.Close()
	server.Config.ErrorLog = nil
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r := keyring.New(keyring.Config{Transport: transport})
	defer r.Close()
	ref := jwksRef("a")
	ref.URL = server.URL
	_, err := r.Keys(t.Context(), ref, nil)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Keys over an untrusted certificate = %v, want an error", err)
	}
	if errors.Is(err, keyring.ErrBusy) {
		t.Errorf("Keys = %v, want the error of TLS", err)
	}
}
