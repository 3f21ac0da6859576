package catalog_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestEveryPackSignsWhatItVerifies signs the request of a vector anew, with the
// secret of the vector, or a private key where that is a public one.
func TestEveryPackSignsWhatItVerifies(t *testing.T) {
	signs := 0
	for _, name := range catalog.Builtin().Names() {
		t.Run(name, func(t *testing.T) {
			v := accepted(t, name)
			pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Settings: v.Settings})
			if err != nil {
				t.Fatal(err)
			}
			req := unsigned(pack, v)
			secret := v.Secrets[*v.Expect.Secret]
			if private := privateKey(t, pack.Scheme.Allowed()); private != "" {
				secret = private
			}
			m := scheme.Message{ID: cmp.Or(v.Expect.ID, "msg_1"), Type: cmp.Or(v.Expect.Type, "a.b"), Time: v.At}
			err = pack.Sign(req, m, secretsOf(t, secret))
			if errors.Is(err, scheme.ErrCannotSign) {
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			signs++
			j, err := pack.Judge(t.Context(), req, catalog.Keys{Secrets: webhook.Secrets(secretsOf(t, secret))}, webhook.Hint{}, v.At)
			if err != nil {
				t.Fatal(err)
			}
			if j.Outcome == webhook.Reject {
				t.Errorf("what the pack signs it refuses: %s %s\n%s", j.Reason, j.Detail, req.Header)
			}
		})
	}
	if all := len(catalog.Builtin().Names()); signs < all*9/10 {
		t.Errorf("%d of %d packs sign, want nine in ten", signs, all)
	}
}

// accepted is a vector of the pack that holds.
func accepted(t *testing.T, name string) catalog.Vector {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := pack.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if v.Expect.Outcome == "accept" && v.Expect.Secret != nil {
			return v
		}
	}
	t.Fatalf("no vector of %s is accepted", name)
	return catalog.Vector{}
}

// unsigned is the vector's request without its signature.
func unsigned(pack *catalog.Pack, v catalog.Vector) *webhook.Request {
	req := v.HTTP()
	req.Header.Del(pack.Scheme.SignatureHeader())
	if name, ok := strings.CutPrefix(pack.Provider.Scheme.Signature.From, "{query."); ok {
		var kept []string
		for item := range strings.SplitSeq(req.RawQuery(), "&") {
			if !strings.HasPrefix(item, strings.TrimSuffix(name, "}")+"=") {
				kept = append(kept, item)
			}
		}
		req.Target = req.Path() + "?" + strings.Join(kept, "&")
	}
	return req
}

// privateKey is a key in PEM for the first of the algorithms, empty for one whose
// key is shared.
func privateKey(t *testing.T, algorithms []webhook.Algorithm) string {
	t.Helper()
	kind, rest, _ := strings.Cut(string(algorithms[0]), "-")
	var key any
	var err error
	switch kind {
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "ecdsa":
		curve := elliptic.P256()
		if strings.HasPrefix(rest, "sha384") {
			curve = elliptic.P384()
		} else if strings.HasPrefix(rest, "sha512") {
			curve = elliptic.P521()
		}
		key, err = ecdsa.GenerateKey(curve, rand.Reader)
	case "rsa":
		key, err = rsaKey()
	default:
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
