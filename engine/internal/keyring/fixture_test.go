package keyring_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/webhook"
)

// vendor answers requests for keys without a network, so that it runs in a bubble
// of synctest.
type vendor struct {
	mu     sync.Mutex
	asked  []string
	answer func(req *http.Request, body string) *http.Response
}

func (v *vendor) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body := ""
	if req.Body != nil {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	v.mu.Lock()
	v.asked = append(v.asked, req.URL.String())
	answer := v.answer
	v.mu.Unlock()
	res := answer(req, body)
	if res == nil {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	return res, nil
}

func (v *vendor) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.asked)
}

func (v *vendor) now(answer func(req *http.Request, body string) *http.Response) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = answer
}

func reply(status int, body string, header ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		res.Header.Add(header[i], header[i+1])
	}
	return res
}

func says(status int, body string, header ...string) func(*http.Request, string) *http.Response {
	return func(*http.Request, string) *http.Response { return reply(status, body, header...) }
}

func open(t *testing.T, v *vendor) *keyring.Ring {
	t.Helper()
	r := keyring.New(keyring.Config{Transport: v, UserAgent: "hookseal-test"})
	t.Cleanup(r.Close)
	return r
}

func edKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), 32)))
}

func jwkOf(t testing.TB, kid string, public crypto.PublicKey, more ...string) map[string]string {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	out := map[string]string{"kid": kid}
	switch k := public.(type) {
	case ed25519.PublicKey:
		out["kty"], out["crv"], out["x"] = "OKP", "Ed25519", b64(k)
	case *rsa.PublicKey:
		out["kty"], out["n"], out["e"] = "RSA", b64(k.N.Bytes()), b64(big.NewInt(int64(k.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		half := (len(point) - 1) / 2
		out["kty"], out["crv"], out["x"], out["y"] = "EC", k.Params().Name, b64(point[1:1+half]), b64(point[1+half:])
	}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func setOf(t testing.TB, keys ...map[string]string) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// edSet is a JWK Set of Ed25519 keys, whose seeds are the first bytes of their
// identifiers.
func edSet(t testing.TB, kids ...string) string {
	t.Helper()
	var keys []map[string]string
	for _, kid := range kids {
		keys = append(keys, jwkOf(t, kid, edKey(kid[0]).Public()))
	}
	return setOf(t, keys...)
}

func spki(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func certificate(t testing.TB, notBefore, notAfter time.Time) (*ecdsa.PrivateKey, string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns"}, NotBefore: notBefore, NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return private, pemOf("CERTIFICATE", der)
}

func jwksRef(id string) webhook.KeyRef {
	return webhook.KeyRef{
		URL: "https://keys.vendor.example/jwks", Host: "keys.vendor.example", Format: webhook.KeyJWKS, ID: id,
		TTL: time.Hour, Group: "vendor", Request: webhook.KeyRequest{Method: http.MethodGet},
	}
}

func labels(t *testing.T, r *keyring.Ring, ref webhook.KeyRef) string {
	t.Helper()
	return labelsIn(t.Context(), t, r, ref)
}

func labelsIn(ctx context.Context, t *testing.T, r *keyring.Ring, ref webhook.KeyRef) string {
	t.Helper()
	keys, err := r.Keys(ctx, ref, nil)
	if err != nil {
		return "error: " + err.Error()
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.Label)
	}
	return strings.Join(names, " ")
}
