package engine_test

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// keyServer publishes keys in a JWK Set to whoever brings the token.
type keyServer struct {
	set   atomic.Value
	calls atomic.Int64
	down  atomic.Bool
}

func (k *keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.calls.Add(1)
	switch {
	case k.down.Load():
		http.Error(w, "down", http.StatusServiceUnavailable)
	case r.Host != "keys.acme.example" || r.Header.Get("Authorization") != "Bearer api-token":
		http.Error(w, "who are you", http.StatusUnauthorized)
	default:
		fmt.Fprint(w, k.set.Load())
	}
}

// start returns a transport that reaches the server under every name.
func (k *keyServer) start(t *testing.T) http.RoundTripper {
	t.Helper()
	server := httptest.NewTLSServer(k)
	t.Cleanup(server.Close)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com"},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

const acmePack = `
name  = "Acme"
docs  = "https://acme.example/docs"
proof = "document"

[scheme]
algorithm = "ed25519"
key       = "ed25519"
key_id    = "{header.X-Key-Id}"
signature = { header = "X-Sig", encoding = "base64" }
message   = "{body}"

[scheme.keys]
url    = "https://keys.acme.example/jwks"
format = "jwks"

[scheme.keys.request]
headers = { Authorization = "Bearer {credential.api_token}" }
`

func acme(t *testing.T) *catalog.Catalog {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "acme"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "acme", "provider.toml"), []byte(acmePack), 0o600); err != nil {
		t.Fatal(err)
	}
	return catalog.Builtin().WithOverlay(dir)
}

func jwk(kid string, key ed25519.PrivateKey) string {
	return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"x":%q}`, kid, base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
}

func TestFetchedKeys(t *testing.T) {
	first, second := ed25519.NewKeyFromSeed([]byte(strings.Repeat("1", 32))), ed25519.NewKeyFromSeed([]byte(strings.Repeat("2", 32)))
	published := &keyServer{}
	published.set.Store(`{"keys":[` + jwk("k1", first) + `]}`)
	eng := open(t, engine.Config{
		Catalog: acme(t), Transport: published.start(t),
		Sources: map[string]engine.Source{"s": {Provider: "acme", KeyCredentials: map[string]engine.Secret{"api_token": key(t, "api-token")}}},
	})
	verify := func(kid string, signer ed25519.PrivateKey) (engine.Verdict, error) {
		req := &engine.Request{Method: "POST", Target: "/in/s", Header: http.Header{"X-Key-Id": {kid}}, Body: []byte("body")}
		req.Header.Set("X-Sig", base64.StdEncoding.EncodeToString(ed25519.Sign(signer, req.Body)))
		return eng.Verify(t.Context(), "s", req)
	}
	for range 3 {
		if v, err := verify("k1", first); err != nil || !v.Accepted() || v.Secret != "k1" {
			t.Fatalf("Verify = %+v, %v, want accepted by k1", v, err)
		}
	}
	if n := published.calls.Load(); n != 1 {
		t.Errorf("%d requests for keys, want one: they are kept", n)
	}
	if v, err := verify("k1", second); err != nil || v.Reason != webhook.SignatureMismatch {
		t.Errorf("Verify of another signer = %+v, %v, want %s", v, err, webhook.SignatureMismatch)
	}
	if v, err := verify("k9", second); err != nil || v.Reason != webhook.NoSecret {
		t.Errorf("Verify under a key that is not published = %+v, %v, want %s", v, err, webhook.NoSecret)
	}
	if n := published.calls.Load(); n != 1 {
		t.Errorf("%d requests for keys, want one: a request that names another key soon after asks for none", n)
	}
}

func TestFetchedKeysFaults(t *testing.T) {
	published := &keyServer{}
	published.down.Store(true)
	eng := open(t, engine.Config{
		Catalog: acme(t), Transport: published.start(t),
		Sources: map[string]engine.Source{"s": {Provider: "acme", KeyCredentials: map[string]engine.Secret{"api_token": key(t, "api-token")}}},
	})
	req := &engine.Request{Header: http.Header{"X-Key-Id": {"k1"}, "X-Sig": {base64.StdEncoding.EncodeToString(make([]byte, 64))}}}
	if v, err := eng.Verify(t.Context(), "s", req); err == nil || v.Accepted() || strings.Contains(err.Error(), "api-token") {
		t.Errorf("Verify while the keys cannot be had = %+v, %v, want an error without the credential", v, err)
	}
	for want, c := range map[string]engine.Source{
		"key_credentials.api_token": {Provider: "acme"},
		"key_credentials.other":     {Provider: "acme", KeyCredentials: map[string]engine.Secret{"api_token": key(t, "x"), "other": key(t, "x")}},
	} {
		_, err := engine.Open(engine.Config{Catalog: acme(t), Sources: map[string]engine.Source{"s": c}})
		if f, ok := errors.AsType[*engine.Fault](err); !ok || f.Key != want {
			t.Errorf("Open = %v, want a fault at %s", err, want)
		}
	}
	// Whoever has the key gives it, and nothing is fetched.
	signer := ed25519.NewKeyFromSeed([]byte(strings.Repeat("1", 32)))
	public := base64.StdEncoding.EncodeToString(signer.Public().(ed25519.PublicKey))
	given := open(t, engine.Config{Catalog: acme(t), Sources: map[string]engine.Source{"s": {Provider: "acme", Secrets: webhook.Secrets{key(t, public)}}}})
	req = &engine.Request{Header: http.Header{"X-Key-Id": {"k1"}, "X-Sig": {base64.StdEncoding.EncodeToString(ed25519.Sign(signer, nil))}}}
	if v, err := given.Verify(t.Context(), "s", req); err != nil || !v.Accepted() {
		t.Errorf("Verify under a key that was given = %+v, %v", v, err)
	}
}

// hinted is a SecretSource that is asked by path parameter and key.
type hinted map[webhook.Hint]string

func (s hinted) Secrets(_ context.Context, hint webhook.Hint) ([]webhook.Secret, error) {
	secret, err := webhook.NewSecret(hint.Key+"/"+hint.KeyID, []byte(s[hint]))
	if err != nil {
		return nil, nil
	}
	return []webhook.Secret{secret}, nil
}

// The identifier that a request names and the path parameter reach the source of
// its secrets.
func TestHint(t *testing.T) {
	dir := t.TempDir()
	shared, _, _ := strings.Cut(acmePack, "[scheme.keys]")
	pack := strings.NewReplacer("key       = \"ed25519\"\n", "", "ed25519", "hmac-sha256").Replace(shared)
	if err := os.Mkdir(filepath.Join(dir, "shop"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "shop", "provider.toml"), []byte(pack), 0o600); err != nil {
		t.Fatal(err)
	}
	packs := catalog.Builtin().WithOverlay(dir)
	eng := open(t, engine.Config{Catalog: packs, Sources: map[string]engine.Source{"s": {
		Provider: "shop", Secrets: hinted{{Source: "s", Key: "shop-7", KeyID: "k2"}: "the second key of shop 7"},
	}}})
	opened, err := packs.Open(t.Context(), "shop", catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		shop, kid string
		want      webhook.Reason
	}{{"shop-7", "k2", ""}, {"shop-7", "k1", webhook.NoSecret}, {"shop-8", "k2", webhook.NoSecret}, {"", "k2", webhook.NoSecret}} {
		req := &engine.Request{Key: tt.shop, Header: http.Header{"X-Key-Id": {tt.kid}}, Body: []byte("body")}
		if err := opened.Sign(req, scheme.Message{}, []webhook.Secret{key(t, "the second key of shop 7")}); err != nil {
			t.Fatal(err)
		}
		v, err := eng.Verify(t.Context(), "s", req)
		if err != nil || v.Reason != tt.want || tt.want == "" && v.Secret != "shop-7/k2" {
			t.Errorf("shop %q, key %q: Verify = %+v, %v, want %q", tt.shop, tt.kid, v, err, tt.want)
		}
	}
}
