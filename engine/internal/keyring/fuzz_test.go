package keyring

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever a document holds, what is read from it is a public key within the
// bounds, under a plain label.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`,
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`,
		`{"keys":[{"kty":"oct","k":"AAAA"}]}`,
		`"-----BEGIN PUBLIC KEY-----MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=-----END PUBLIC KEY-----"`,
		"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
		`[{"id":"a","key":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}]`,
		`{"data":{"key":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}}`,
	} {
		for format := range byte(5) {
			f.Add(format, seed)
		}
	}
	refs := []webhook.KeyRef{
		{Format: webhook.KeyJWKS},
		{Format: webhook.KeyPEM},
		{Format: webhook.KeyX509},
		{Format: webhook.KeyJSON},
		{Format: webhook.KeyJSON, At: "data.key"},
		{Format: webhook.KeyJSON, EntryID: "id", EntryKey: "key"},
	}
	f.Fuzz(func(t *testing.T, which byte, body string) {
		ref := refs[int(which)%len(refs)]
		ref.Host = "host.example"
		keys, err := parse(&ref, []byte(body))
		if err == nil && len(keys) == 0 {
			t.Fatalf("parse = %d keys and no error", len(keys))
		}
		if err != nil {
			return
		}
		for _, k := range keys {
			block, rest := pem.Decode(k.secret.Reveal())
			if block == nil || len(rest) > 0 {
				t.Fatalf("material is not one PEM block: %q", k.secret.Reveal())
			}
			public, err := x509.ParsePKIXPublicKey(block.Bytes)
			if err != nil {
				t.Fatalf("ParsePKIXPublicKey: %v", err)
			}
			if err := acceptable(public); err != nil {
				t.Errorf("an unacceptable key was read: %v", err)
			}
			for _, c := range k.secret.Label {
				if c < '!' || c > '~' {
					t.Errorf("label %q is not plain", k.secret.Label)
				}
			}
		}
	})
}
