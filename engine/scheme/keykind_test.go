package scheme_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A key of the wrong kind is an error that says what it is and what is wanted.
func TestCheckSecretNamesTheKind(t *testing.T) {
	spki := func(public any) string {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modulus := func(bits int) *big.Int {
		return new(big.Int).SetBit(new(big.Int).Lsh(big.NewInt(1), uint(bits-1)), 0, 1)
	}
	tests := []struct {
		name, step string
		algorithm  webhook.Algorithm
		key        string
		want       string
	}{
		{"an EC key for RSA", "rsa", webhook.RSASHA256, rfcP256, "private ECDSA key on P-256; the scheme takes an RSA key"},
		{"an RSA key for ECDSA", "ecdsa", webhook.ECDSASHA256, publicPart(rfcRSA), "public RSA key of 2048 bits; the scheme takes an ECDSA key"},
		{"an Ed25519 key for ECDSA", "ecdsa", webhook.ECDSASHA256, spki(ed25519.PublicKey(make([]byte, 32))), "public Ed25519 key; the scheme takes an ECDSA"},
		{"an EC key for Ed25519", "ed25519", webhook.Ed25519, rfcP256, "the scheme takes an Ed25519 key"},
		{"secp256k1 for P-256", "ecdsa", webhook.ECDSASHA256, secp256k1JWK, "key on secp256k1; the scheme takes"},
		{"P-256 for secp256k1", "secp256k1", webhook.ECDSASecp256k1SHA256, rfcP256, "key on P-256; the scheme takes an ECDSA key on secp256k1"},
		{"P-224", "ecdsa", webhook.ECDSASHA256, spki(p224.Public()), "key on P-224; the scheme takes one on P-256, P-384 or P-521"},
		{"P-521 for ES256", "ecdsa", webhook.ECDSASHA256P1363, rfcP521, "key on P-521; the scheme takes one on P-256"},
		{"P-256 for ES512", "ecdsa", webhook.ECDSASHA512P1363, rfcP256, "key on P-256; the scheme takes one on P-521"},
		{"a short modulus", "rsa", webhook.RSASHA256, spki(&rsa.PublicKey{N: modulus(1016), E: 65537}), "1016 bits; the scheme takes one of 1024 to 8192"},
		{"a long modulus", "rsa", webhook.RSASHA256, spki(&rsa.PublicKey{N: modulus(8200), E: 65537}), "8200 bits; the scheme takes one of 1024 to 8192"},
		{"too short for the hash", "rsa", webhook.RSAPSS512, spki(&rsa.PublicKey{N: modulus(1024), E: 65537}), "the scheme takes one of 1034 to 8192"},
		{"an exponent of one", "rsa", webhook.RSASHA256, spki(&rsa.PublicKey{N: modulus(2048), E: 1}), "exponent 1 is not odd and at least 3"},
		{"an even modulus", "rsa", webhook.RSASHA256, spki(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 3}), "even"},
		{"an HMAC secret", "rsa", webhook.RSASHA256, "whsec_abcdefg", "no key in PEM"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := overBody(t, tt.algorithm, tt.step, "hex")
			key := secret(t, "portal", tt.key)
			err := s.CheckSecret(key)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `"portal"`) {
				t.Errorf("CheckSecret = %v, want an error with %q", err, tt.want)
			}
			sig := strings.Repeat("01", max(64, 2*66))
			if v := scheme.Verify(s, bearing("body", sig[:sizeOf(tt.algorithm, len(sig))]), []webhook.Secret{key}, now); v.Reason != webhook.NoSecret {
				t.Errorf("Verify = %+v, want no_secret", v)
			}
		})
	}
}

func sizeOf(a webhook.Algorithm, other int) int {
	switch a {
	case webhook.Ed25519, webhook.ECDSASHA256P1363:
		return 128
	}
	return other
}
