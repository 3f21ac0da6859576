package keyring_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

type keyPairs struct {
	rsa  *rsa.PublicKey
	ec   map[string]*ecdsa.PublicKey
	ed   ed25519.PublicKey
	weak *rsa.PublicKey
}

func pairs(t *testing.T) keyPairs {
	t.Helper()
	k := keyPairs{ed: edKey('e').Public().(ed25519.PublicKey), ec: map[string]*ecdsa.PublicKey{}}
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	k.rsa = &private.PublicKey
	k.weak = &rsa.PublicKey{N: new(big.Int).Rsh(k.rsa.N, 1), E: k.rsa.E}
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		private, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k.ec[curve.Params().Name] = &private.PublicKey
	}
	return k
}

// read asks for a document of the body, and returns the keys that it gives.
func read(t *testing.T, ref webhook.KeyRef, body string) ([]webhook.Secret, error) {
	t.Helper()
	return open(t, &vendor{answer: says(200, body)}).Keys(t.Context(), ref, nil)
}

func publicOf(t *testing.T, s webhook.Secret) crypto.PublicKey {
	t.Helper()
	block, rest := pem.Decode(s.Reveal())
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) != 0 {
		t.Fatalf("key %s is not one block of PUBLIC KEY", s.Label)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

func quoted(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestFormats(t *testing.T) {
	k := pairs(t)
	_, cert := certificate(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	rsaPEM := pemOf("PUBLIC KEY", spki(t, k.rsa))
	oneLine := strings.ReplaceAll(rsaPEM, "\n", "")
	b64 := base64.StdEncoding.EncodeToString
	for name, test := range map[string]struct {
		ref  webhook.KeyRef
		body string
		want crypto.PublicKey
	}{
		"jwks rsa":                {webhook.KeyRef{Format: webhook.KeyJWKS}, setOf(t, jwkOf(t, "k", k.rsa)), k.rsa},
		"jwks p-256":              {webhook.KeyRef{Format: webhook.KeyJWKS}, setOf(t, jwkOf(t, "k", k.ec["P-256"])), k.ec["P-256"]},
		"jwks p-384":              {webhook.KeyRef{Format: webhook.KeyJWKS}, setOf(t, jwkOf(t, "k", k.ec["P-384"])), k.ec["P-384"]},
		"jwks p-521":              {webhook.KeyRef{Format: webhook.KeyJWKS}, setOf(t, jwkOf(t, "k", k.ec["P-521"], "use", "sig")), k.ec["P-521"]},
		"jwks ed25519":            {webhook.KeyRef{Format: webhook.KeyJWKS}, setOf(t, jwkOf(t, "k", k.ed)), k.ed},
		"pem":                     {webhook.KeyRef{Format: webhook.KeyPEM}, rsaPEM, k.rsa},
		"pem without last line":   {webhook.KeyRef{Format: webhook.KeyPEM}, strings.TrimSpace(rsaPEM), k.rsa},
		"pem pkcs1":               {webhook.KeyRef{Format: webhook.KeyPEM}, pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(k.rsa)), k.rsa},
		"json pem (Travis CI)":    {webhook.KeyRef{Format: webhook.KeyJSON, At: "config.notifications.webhook.public_key"}, quoted(t, map[string]any{"config": map[string]any{"notifications": map[string]any{"webhook": map[string]any{"public_key": rsaPEM}}}}), k.rsa},
		"json pem in one line":    {webhook.KeyRef{Format: webhook.KeyJSON, At: "key"}, quoted(t, map[string]any{"key": oneLine}), k.rsa},
		"json base64 (Circle)":    {webhook.KeyRef{Format: webhook.KeyJSON, At: "data.publicKey"}, quoted(t, map[string]any{"data": map[string]any{"publicKey": b64(spki(t, k.ec["P-256"]))}}), k.ec["P-256"]},
		"json raw ed25519":        {webhook.KeyRef{Format: webhook.KeyJSON, At: "key"}, quoted(t, map[string]any{"key": b64(k.ed)}), k.ed},
		"json jwk (Plaid)":        {webhook.KeyRef{Format: webhook.KeyJSON, At: "key", ID: "k"}, quoted(t, map[string]any{"key": jwkOf(t, "k", k.ec["P-256"])}), k.ec["P-256"]},
		"json jwks":               {webhook.KeyRef{Format: webhook.KeyJSON, At: "data"}, `{"data":` + setOf(t, jwkOf(t, "k", k.ed)) + `}`, k.ed},
		"json text alone":         {webhook.KeyRef{Format: webhook.KeyJSON}, quoted(t, rsaPEM), k.rsa},
		"json list by index":      {webhook.KeyRef{Format: webhook.KeyJSON, At: "keys.1.pem"}, quoted(t, map[string]any{"keys": []any{nil, map[string]any{"pem": rsaPEM}}}), k.rsa},
		"json entries (Bitso)":    {webhook.KeyRef{Format: webhook.KeyJSON, At: "payload", EntryID: "id", EntryKey: "key", ID: "k2"}, quoted(t, map[string]any{"payload": []any{map[string]any{"id": "k1", "key": b64(k.ed)}, map[string]any{"id": 7}, map[string]any{"id": "k2", "key": b64(spki(t, k.rsa))}}}), k.rsa},
		"x509, its chain ignored": {webhook.KeyRef{Format: webhook.KeyX509}, cert + pemOf("PUBLIC KEY", spki(t, k.rsa)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			full := jwksRef(test.ref.ID)
			full.Format, full.At, full.EntryID, full.EntryKey = test.ref.Format, test.ref.At, test.ref.EntryID, test.ref.EntryKey
			keys, err := read(t, full, test.body)
			if err != nil || len(keys) != 1 {
				t.Fatalf("Keys = %v, %v, want one key", keys, err)
			}
			if test.want == nil {
				if keys[0].NotAfter.IsZero() {
					t.Error("the key of a certificate has no end, want that of the certificate")
				}
				return
			}
			if got := publicOf(t, keys[0]); !test.want.(interface{ Equal(crypto.PublicKey) bool }).Equal(got) {
				t.Errorf("key = %v, want %v", got, test.want)
			}
		})
	}
}

// What a set holds beside the one good key is passed over.
func TestSetsPassOver(t *testing.T) {
	k := pairs(t)
	good := jwkOf(t, "good", k.ed)
	short := jwkOf(t, "short", k.ec["P-256"])
	short["x"] = short["x"][:40]
	off := jwkOf(t, "off", k.ec["P-256"])
	off["y"] = off["x"]
	for name, other := range map[string]string{
		"symmetric":                quoted(t, map[string]string{"kty": "oct", "kid": "x", "k": "c2VjcmV0c2VjcmV0"}),
		"symmetric without its k":  quoted(t, map[string]string{"kty": "oct", "kid": "x"}),
		"encryption":               quoted(t, jwkOf(t, "x", k.rsa, "use", "enc")),
		"private":                  quoted(t, jwkOf(t, "x", k.ed, "d", "AAAA")),
		"for deriving":             `{"kty":"OKP","crv":"Ed25519","kid":"x","key_ops":["deriveKey"],"x":"` + good["x"] + `"}`,
		"unknown type":             quoted(t, jwkOf(t, "x", k.ed, "kty", "AKP")),
		"type in another case":     quoted(t, jwkOf(t, "x", k.rsa, "kty", "rsa")),
		"X25519":                   quoted(t, jwkOf(t, "x", k.ed, "crv", "X25519")),
		"P-224":                    quoted(t, jwkOf(t, "x", k.ec["P-224"])),
		"secp256k1":                quoted(t, jwkOf(t, "x", k.ec["P-256"], "crv", "secp256k1")),
		"another curve's point":    quoted(t, jwkOf(t, "x", k.ec["P-384"], "crv", "P-256")),
		"short coordinate":         quoted(t, short),
		"point off the curve":      quoted(t, off),
		"padded base64":            quoted(t, jwkOf(t, "x", k.ed, "x", base64.URLEncoding.EncodeToString(k.ed))),
		"weak modulus":             quoted(t, jwkOf(t, "x", k.weak)),
		"exponent of one":          quoted(t, jwkOf(t, "x", k.rsa, "e", "AQ")),
		"even exponent":            quoted(t, jwkOf(t, "x", k.rsa, "e", "Ag")),
		"huge exponent":            quoted(t, jwkOf(t, "x", k.rsa, "e", "AQAAAAAAAAAB")),
		"huge modulus":             quoted(t, jwkOf(t, "x", k.rsa, "n", strings.Repeat("_", 200_000))),
		"identifier of other type": `{"kty":"OKP","kid":7}`,
		"no object":                `"x"`,
		"null":                     `null`,
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := read(t, jwksRef(""), `{"keys":[`+other+","+quoted(t, good)+`]}`)
			if err != nil || len(keys) != 1 || keys[0].Label != "good" {
				t.Errorf("Keys = %v, %v, want good alone", keys, err)
			}
			if keys, err := read(t, jwksRef(""), `{"keys":[`+other+`]}`); err == nil {
				t.Errorf("Keys of a set without a good key = %v, want an error", keys)
			}
		})
	}
	two := jwkOf(t, "good", edKey('f').Public())
	if keys, err := read(t, jwksRef("good"), setOf(t, good, two)); err != nil || len(keys) != 2 {
		t.Errorf("Keys of an identifier given twice = %v, %v, want both", keys, err)
	}
}

func TestDocumentsWithoutAKey(t *testing.T) {
	many := make([]string, 101)
	for i := range many {
		many[i] = pemOf("PUBLIC KEY", spki(t, edKey('a').Public()))
	}
	for name, test := range map[string]struct {
		format webhook.KeyFormat
		body   string
	}{
		"empty":            {webhook.KeyJWKS, ""},
		"html":             {webhook.KeyJWKS, "<html>"},
		"empty set":        {webhook.KeyJWKS, `{"keys":[]}`},
		"empty pem":        {webhook.KeyPEM, ""},
		"private pem":      {webhook.KeyPEM, pemOf("PRIVATE KEY", []byte("x"))},
		"broken pem":       {webhook.KeyPEM, pemOf("PUBLIC KEY", []byte("x"))},
		"too many":         {webhook.KeyPEM, strings.Join(many, "")},
		"no certificate":   {webhook.KeyX509, pemOf("PUBLIC KEY", spki(t, edKey('a').Public()))},
		"html certificate": {webhook.KeyX509, "<html>"},
		"json null":        {webhook.KeyJSON, "null"},
		"json number":      {webhook.KeyJSON, "7"},
		"json empty text":  {webhook.KeyJSON, `""`},
		"json object":      {webhook.KeyJSON, `{}`},
		"json secret":      {webhook.KeyJSON, `"c2VjcmV0"`},
		"half a pem":       {webhook.KeyJSON, `"-----BEGIN PUBLIC KEY-----"`},
		"unknown format":   {"der", "x"},
	} {
		ref := jwksRef("")
		ref.Format = test.format
		if keys, err := read(t, ref, test.body); err == nil {
			t.Errorf("%s: Keys = %v, want an error", name, keys)
		}
	}
}

// Labels end up in logs, and are chosen by whoever writes the document.
func TestLabelsArePlain(t *testing.T) {
	for _, kid := range []string{"line\nbreak", "esc\x1b[31m", strings.Repeat("k", 101), `quote"`, "ключ"} {
		keys, err := read(t, jwksRef(""), setOf(t, jwkOf(t, kid, edKey('a').Public())))
		if err != nil || len(keys) != 1 {
			t.Fatalf("Keys = %v, %v", keys, err)
		}
		if got := keys[0].Label; !strings.HasPrefix(got, "keys.vendor.example#") || len(got) != len("keys.vendor.example#")+16 {
			t.Errorf("label of %q = %q, want the host and a digest", kid, got)
		}
	}
	if keys, err := read(t, jwksRef(""), edSet(t, "a-1._~:/+=")); err != nil || fmt.Sprint(keys) != "[secret(a-1._~:/+=)]" {
		t.Errorf("Keys = %v, %v, want the identifier as the label", keys, err)
	}
}
