package keyring_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The key steps of the schemes read what a ring gives, for each family and
// format.
func TestSchemesReadWhatIsFetched(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey.Public(), rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(key crypto.Signer, text string) []byte {
		sum := sha256.Sum256([]byte(text))
		sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	b64, b64url := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	header := func(name, text string) *webhook.Request {
		return &webhook.Request{Method: "POST", Header: http.Header{name: {text}}, Body: []byte("{}")}
	}

	sns := fmt.Sprintf(`{"Message":"m","SigningCertURL":"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem","Signature":%q}`, b64(sign(rsaKey, "Message\nm\n")))
	input := b64url([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + b64url([]byte(`{"type":"user.created"}`))
	token := input + "." + b64url(sign(rsaKey, input))
	circle := header("X-Circle-Signature", b64(sign(ecKey, "{}")))
	circle.Header["X-Circle-Key-Id"] = []string{"3fa85f64"}

	for name, test := range map[string]struct {
		def      scheme.Definition
		req      *webhook.Request
		document string
		tampered func(*webhook.Request)
	}{
		"certificate (Amazon SNS)": {
			scheme.Definition{
				Algorithm: "rsa-sha256", Key: "rsa", Signature: scheme.SignatureDef{From: "{json.Signature}", Encoding: scheme.List{"base64"}},
				Message: scheme.MessageDef{{Text: "Message\n{json.Message}\n"}},
				Keys: &scheme.KeysDef{
					URL: "{json.SigningCertURL}", Hosts: []string{"sns.*.amazonaws.com"}, Except: []string{"sns.s3*"}, Path: "/SimpleNotificationService-*.pem", Format: "x509",
				},
			},
			&webhook.Request{Method: "POST", Body: []byte(sns)}, pemOf("CERTIFICATE", der),
			func(r *webhook.Request) { r.Body = []byte(strings.Replace(sns, `"m"`, `"n"`, 1)) },
		},
		"set by the header of a token (Kinde)": {
			scheme.Definition{
				Algorithm: "rsa-sha256", Key: "rsa", Signature: scheme.SignatureDef{From: "{body}", Parse: "jwt"},
				Keys: &scheme.KeysDef{URL: "https://app.kinde.example/.well-known/jwks.json", Format: "jwks", ID: "{jwt.header.kid}"},
			},
			&webhook.Request{Method: "POST", Body: []byte(token)}, setOf(t, jwkOf(t, "k0", ecKey.Public()), jwkOf(t, "k1", rsaKey.Public(), "use", "sig", "alg", "RS256")),
			func(r *webhook.Request) { r.Body = []byte(strings.Replace(token, ".ey", ".eY", 1)) },
		},
		"key by its identifier (Circle)": {
			scheme.Definition{
				Algorithm: "ecdsa-sha256", Key: "ecdsa", Signature: scheme.SignatureDef{Header: scheme.List{"X-Circle-Signature"}, Encoding: scheme.List{"base64"}},
				Message: scheme.MessageDef{{Text: "{body}"}},
				Keys:    &scheme.KeysDef{URL: "https://api.circle.example/v2/notifications/publicKey/{id}", Format: "json", At: "data.publicKey", ID: "{header.X-Circle-Key-Id}"},
			},
			circle, fmt.Sprintf(`{"data":{"id":"3fa85f64","publicKey":%q}}`, b64(spki(t, ecKey.Public()))),
			func(r *webhook.Request) { r.Body = []byte("{ }") },
		},
		"pem (CryptAPI)": {
			scheme.Definition{
				Algorithm: "rsa-sha256", Key: "rsa", Signature: scheme.SignatureDef{Header: scheme.List{"X-Ca-Signature"}, Encoding: scheme.List{"base64"}},
				Message: scheme.MessageDef{{Text: "{body}"}},
				Keys:    &scheme.KeysDef{URL: "https://api.cryptapi.example/pubkey/", Format: "pem"},
			},
			header("X-Ca-Signature", b64(sign(rsaKey, "{}"))), pemOf("PUBLIC KEY", spki(t, rsaKey.Public())),
			func(r *webhook.Request) { r.Body = []byte("{ }") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := scheme.Compile(test.def, scheme.EventDef{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			v := &vendor{answer: says(200, test.document)}
			r := open(t, v)
			if got, err := judge(t.Context(), s, r, test.req); err != nil || !got.Accepted() {
				t.Errorf("verdict = %+v, %v, want accepted", got, err)
			}
			test.tampered(test.req)
			if got, err := judge(t.Context(), s, r, test.req); err != nil || got.Accepted() {
				t.Errorf("verdict of what was changed = %+v, %v, want a refusal", got, err)
			}
			if v.count() != 1 {
				t.Errorf("%d fetches, want 1", v.count())
			}
		})
	}
}
