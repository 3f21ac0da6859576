package scheme_test

import (
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// A JWK that is not whole, or not of one piece, is refused with the member that is
// at fault.
func TestJWKRefuses(t *testing.T) {
	okp := pairAlgorithms[0].key
	edit := func(key, old, with string) string {
		out := strings.Replace(key, old, with, 1)
		if out == key {
			t.Fatalf("%q is not in the JWK", old)
		}
		return out
	}
	tests := []struct{ name, key, want string }{
		{"no JSON", `{`, "cannot be read"},
		{"a set", `{"keys":[` + rfcP256 + `]}`, "no member kty"},
		{"a secret", `{"kty":"oct","k":"AAAA"}`, `kty "oct"`},
		{"kty in capitals", edit(rfcP256, `"kty"`, `"KTY"`), "no member kty"},
		{"kty twice", edit(rfcP256, `{`, `{"kty":"EC",`), "cannot be read"},
		{"a number", edit(rfcRSA, `"AQAB"`, `65537`), "member e of the JWK is no text"},
		{"for encryption", edit(rfcRSA, `{`, `{"use":"enc",`), `for use "enc"`},
		{"no modulus", `{"kty":"RSA","e":"AQAB"}`, "no member n"},
		{"padding", edit(rfcRSA, `"AQAB"`, `"AQAB="`), "member e of the JWK is not base64url"},
		{"a long exponent", edit(rfcRSA, `"AQAB"`, `"AQAAAAAB"`), "at most 31"},
		{"a private key without its primes", edit(rfcRSA, `"p":`, `"pp":`), "no member p"},
		{"another private exponent", edit(rfcRSA, `"d":"Eq5`, `"d":"Fq5`), "make no RSA key"},
		{"an unknown curve", edit(rfcP256, "P-256", "P-192"), `curve "P-192"`},
		{"a long coordinate", edit(rfcP256, `"x":"f83O`, `"x":"AAAAf83O`), "member x of the JWK is 35 bytes, want 32"},
		{"a short coordinate that is no number", edit(rfcP256, `"x":"f83OJ3D2`, `"x":"AAAA`), "member x of the JWK is 29 bytes, want 32"},
		{"a short coordinate", edit(rfcP256, `"x":"f83O`, `"x":"`), "no point of P-256"},
		{"no point", edit(rfcP256, `"x":"f83O`, `"x":"g83O`), "no point of P-256"},
		{"another scalar", edit(rfcP256, `"d":"jpsQ`, `"d":"kpsQ`), "does not belong"},
		{"another curve's point", edit(rfcP256, "P-256", "secp256k1"), "no point of secp256k1"},
		{"another scalar on secp256k1", edit(secp256k1JWK, `"d":"ERER`, `"d":"IRER`), "does not belong"},
		{"for key agreement", edit(okp, "Ed25519", "X25519"), `curve "X25519"`},
		{"a short x", edit(okp, `"x":"11qY`, `"x":"`), "want 32"},
		{"another seed", edit(okp, `"d":"nWGx`, `"d":"oWGx`), "does not belong"},
	}
	s := overBody(t, webhook.RSASHA256, "rsa", "hex")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.CheckSecret(secret(t, "set", tt.key)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("CheckSecret = %v, want an error with %q", err, tt.want)
			}
		})
	}
}
