package scheme_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// pairAlgorithms are all that have a pair of keys, with the step and a private key.
var pairAlgorithms = []struct {
	algorithm webhook.Algorithm
	step, key string
}{
	{webhook.Ed25519, "ed25519", `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`},
	{webhook.ECDSASHA1, "ecdsa", rfcP256},
	{webhook.ECDSASHA256, "ecdsa", rfcP256},
	{webhook.ECDSASHA384, "ecdsa", rfcP521},
	{webhook.ECDSASHA512, "ecdsa", rfcP521},
	{webhook.ECDSASHA256P1363, "ecdsa", rfcP256},
	{webhook.ECDSASHA384P1363, "ecdsa", p384JWK},
	{webhook.ECDSASHA512P1363, "ecdsa", rfcP521},
	{webhook.ECDSASecp256k1SHA256, "secp256k1", secp256k1JWK},
	{webhook.ECDSASecp256k1SHA256P1363, "secp256k1", secp256k1JWK},
	{webhook.RSASHA1, "rsa", rfcRSA},
	{webhook.RSASHA256, "rsa", rfcRSA},
	{webhook.RSASHA384, "rsa", rfcRSA},
	{webhook.RSASHA512, "rsa", rfcRSA},
	{webhook.RSAPSS256, "rsa", rfcRSA},
	{webhook.RSAPSS384, "rsa", rfcRSA},
	{webhook.RSAPSS512, "rsa", rfcRSA},
}

const (
	p384JWK      = `{"kty":"EC","crv":"P-384","x":"mEVEu-VrbuPFW-Y1zR6cYoV7Mt1AAWKLwFWV11_fyVGSkAR55OcjzdeABYSaJVI0","y":"H4v9YJIWIZEsJ0-iu4A5ibnciHGF4drRgdaAKhJ78uKDRC3LckfL_I5XdK4XzKFr","d":"x9-hDszp_JzZvNkRBlE1mUs5tuM8DmQajMKs_dDMw2qcNiOB5dnGUteFkZUwyWD5"}`
	secp256k1JWK = `{"kty":"EC","crv":"secp256k1","x":"TzVb3LfMCvco7zzOuWFdkGhLtbLKX4WasPC3BAdYcao","y":"OFtrG46tgJymdFTZaD_PK6A0Vtb-LEq-Kwfw-9uy8cE","d":"ERERERERERERERERERERERERERERERERERERERERERE"}`
)

// publicPart takes the private members out of a JWK.
func publicPart(key string) string {
	before, _, _ := strings.Cut(key, `"d":`)
	return strings.TrimRight(before, ",\n\t ") + "}"
}

// Every algorithm with a pair signs what it verifies, under the public key alone,
// and covers the body; another body, another key and a changed signature fail.
func TestPairsRoundTrip(t *testing.T) {
	for _, tt := range pairAlgorithms {
		t.Run(string(tt.algorithm), func(t *testing.T) {
			s := overBody(t, tt.algorithm, tt.step, "hex")
			private, public := secret(t, "private", tt.key), secret(t, "public", publicPart(tt.key))
			for _, key := range []webhook.Secret{private, public} {
				if err := s.CheckSecret(key); err != nil {
					t.Errorf("CheckSecret = %v", err)
				}
			}
			sig := signBy(t, s, private, "body")
			v := scheme.Verify(s, bearing("body", sig), []webhook.Secret{public}, now)
			if !v.Accepted() || v.Covers != webhook.CoversBody || v.Secret != "public" {
				t.Errorf("Verify = %+v, want accepted under public, covering the body", v)
			}
			if v := scheme.Verify(s, bearing("Body", sig), []webhook.Secret{public}, now); v.Reason != webhook.SignatureMismatch {
				t.Errorf("another body: Verify = %+v, want signature_mismatch", v)
			}
			raw, err := hex.DecodeString(sig)
			if err != nil {
				t.Fatal(err)
			}
			for name, changed := range map[string][]byte{
				"a byte less": raw[:len(raw)-1], "a byte more": append(slices.Clone(raw), 0), "a zero before": append([]byte{0}, raw...),
				"the first half": raw[:len(raw)/2], "another last bit": flipped(raw, len(raw)-1), "another first bit": flipped(raw, 0), "zeros": make([]byte, len(raw)),
			} {
				// The verdict says so where no signature under the key looks like that.
				alien := len(changed) != len(raw) || ofDER(tt.algorithm) && (name == "another first bit" || name == "zeros")
				v := scheme.Verify(s, bearing("body", hex.EncodeToString(changed)), []webhook.Secret{public}, now)
				if v.Accepted() || (v.Detail != "") != alien {
					t.Errorf("%s: Verify = %s %s (%s), want a refusal with a detail: %v", name, v.Outcome, v.Reason, v.Detail, alien)
				}
			}
			err = scheme.Sign(s, &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{public})
			if !errors.Is(err, scheme.ErrCannotSign) || !strings.Contains(err.Error(), `"public" is a public key`) {
				t.Errorf("Sign = %v, want ErrCannotSign that names the secret", err)
			}
		})
	}
}

// ofDER reports whether signatures of an algorithm are in DER.
func ofDER(a webhook.Algorithm) bool {
	return strings.HasPrefix(string(a), "ecdsa") && !strings.HasSuffix(string(a), "p1363")
}

func flipped(sig []byte, at int) []byte {
	out := slices.Clone(sig)
	out[at] ^= 1
	return out
}

func TestAlgorithmsAreAllTried(t *testing.T) {
	for _, a := range scheme.Algorithms() {
		name, tried := string(a), false
		for _, tt := range pairAlgorithms {
			tried = tried || tt.algorithm == a
		}
		shared := strings.HasPrefix(name, "hmac-") || strings.HasPrefix(name, "sha") || slices.Contains([]webhook.Algorithm{webhook.MD5, webhook.Keccak256, webhook.Token, webhook.Basic}, a)
		if tried == shared {
			t.Errorf("%s is in pairAlgorithms: %v, want %v", a, tried, !shared)
		}
	}
}

// Whoever knows the public key makes an HMAC with it, as the confusion of RS256
// with HS256 does. No form of a public key is the key of a shared secret.
func TestPublicKeyIsNoHMACKey(t *testing.T) {
	s := overBody(t, webhook.HMACSHA256, "", "hex")
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(&private.PublicKey)
	text := func(kind string, der []byte) string {
		return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	for name, key := range map[string]string{
		"PEM": text("PUBLIC KEY", spki), "PKCS #1": text("RSA PUBLIC KEY", pkcs1), "base64": base64.StdEncoding.EncodeToString(spki),
		"JWK": publicPart(rfcRSA), "EC JWK": publicPart(rfcP256), "OKP JWK": publicPart(pairAlgorithms[0].key), "secp256k1 JWK": publicPart(secp256k1JWK),
	} {
		req := bearing("body", handHex("body", key))
		public := secret(t, "portal", key)
		if v := scheme.Verify(s, req, []webhook.Secret{public}, now); v.Reason != webhook.NoSecret {
			t.Errorf("%s: Verify = %+v, want no_secret", name, v)
		}
		if err := s.CheckSecret(public); err == nil || !strings.Contains(err.Error(), "everybody may know") {
			t.Errorf("%s: CheckSecret = %v", name, err)
		}
		claim := &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{{
			Algorithm: webhook.HMACSHA256, Message: []webhook.Part{{Kind: webhook.RawBody}},
			Signatures: []webhook.Signature{{Text: req.Header.Get("X-Sig"), Encodings: []webhook.Encoding{webhook.Hex}}},
		}}}}}
		if v := scheme.Check(claim, req, []webhook.Secret{public}, []webhook.Algorithm{webhook.HMACSHA256}, now); v.Reason != webhook.NoSecret {
			t.Errorf("%s: Check = %+v, want no_secret", name, v)
		}
	}
	for _, step := range []string{"rsa", "ecdsa", "secp256k1", "ed25519-seed"} {
		def := scheme.Definition{
			Algorithm: "hmac-sha256", Key: step, Message: scheme.MessageDef{{Text: "{body}"}},
			Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
		}
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), "is no secret for") {
			t.Errorf("Compile with key %s = %v, want an error", step, err)
		}
	}
}

func handHex(body, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

// RSA of 1024 bits verifies, for the provider that has nothing else.
func TestShortRSA(t *testing.T) {
	s := overBody(t, webhook.RSASHA256, "rsa", "base64")
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	key := secret(t, "short", base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(private)))
	public := secret(t, "public", base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&private.PublicKey)))
	if v := scheme.Verify(s, bearing("body", signBy(t, s, key, "body")), []webhook.Secret{public}, now); !v.Accepted() {
		t.Errorf("Verify = %+v, want accepted", v)
	}
}
