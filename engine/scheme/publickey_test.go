package scheme_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
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
				want := webhook.SignatureMalformed
				if len(changed) == len(raw) && !(ofDER(tt.algorithm) && (name == "another first bit" || name == "zeros")) {
					want = webhook.SignatureMismatch
				}
				if v := scheme.Verify(s, bearing("body", hex.EncodeToString(changed)), []webhook.Secret{public}, now); v.Reason != want {
					t.Errorf("%s: Verify = %s %s, want %s", name, v.Outcome, v.Reason, want)
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

// Of a signature in DER one way of writing it verifies.
func TestStrictDER(t *testing.T) {
	for _, tt := range []struct {
		algorithm webhook.Algorithm
		step, key string
		order     *big.Int
	}{
		{webhook.ECDSASHA256, "ecdsa", rfcP256, elliptic.P256().Params().N},
		{webhook.ECDSASecp256k1SHA256, "secp256k1", secp256k1JWK, fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")},
	} {
		t.Run(string(tt.algorithm), func(t *testing.T) {
			s := overBody(t, tt.algorithm, tt.step, "hex")
			keys := []webhook.Secret{secret(t, "k", tt.key)}
			raw, err := hex.DecodeString(signBy(t, s, keys[0], "body"))
			if err != nil {
				t.Fatal(err)
			}
			var n struct{ R, S *big.Int }
			if rest, err := asn1.Unmarshal(raw, &n); err != nil || len(rest) > 0 {
				t.Fatal(err, rest)
			}
			high := new(big.Int).Sub(tt.order, n.S)
			r, sv := n.R.Bytes(), n.S.Bytes()
			pad := func(b []byte) []byte { return append([]byte{0}, b...) }
			accepted := map[string][]byte{"as signed": raw, "the other s": der(t, n.R, high)}
			refused := map[string][]byte{
				"bytes behind":         append(slices.Clone(raw), 0),
				"bytes inside":         sequence(integer(r), integer(sv), []byte{5, 0}),
				"a byte too many":      sequence(integer(pad(pad(r))), integer(pad(sv))),
				"negative r":           sequence(integer(append([]byte{0xff}, r...)), integer(pad(sv))),
				"r with its top bit":   sequence(integer(append([]byte{0x80 | r[0]}, r[1:]...)), integer(pad(sv))),
				"r is zero":            der(t, big.NewInt(0), n.S),
				"s is zero":            der(t, n.R, big.NewInt(0)),
				"r is the order":       der(t, tt.order, n.S),
				"s is the order":       der(t, n.R, tt.order),
				"r and the order":      der(t, new(big.Int).Add(n.R, tt.order), n.S),
				"s and the order":      der(t, n.R, new(big.Int).Add(n.S, tt.order)),
				"minus s":              der(t, n.R, new(big.Int).Neg(n.S)),
				"long length":          append([]byte{0x30, 0x81}, raw[1:]...),
				"indefinite length":    append(append([]byte{0x30, 0x80}, raw[2:]...), 0, 0),
				"length too long":      append([]byte{0x30, raw[1] + 1}, raw[2:]...),
				"length too short":     append([]byte{0x30, raw[1] - 1}, raw[2:]...),
				"set for sequence":     append([]byte{0x31}, raw[1:]...),
				"one number":           sequence(integer(pad(r))),
				"no numbers":           {0x30, 0},
				"an empty number":      sequence(integer(nil), integer(pad(sv))),
				"r and s, as JWS does": append(n.R.FillBytes(make([]byte, 32)), n.S.FillBytes(make([]byte, 32))...),
			}
			for want, cases := range map[bool]map[string][]byte{true: accepted, false: refused} {
				for name, sig := range cases {
					if v := scheme.Verify(s, bearing("body", hex.EncodeToString(sig)), keys, now); v.Accepted() != want {
						t.Errorf("%s: Verify = %+v, want accepted %v", name, v, want)
					}
				}
			}
		})
	}
}

func fromHex(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 16)
	return n
}

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	out, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sequence(parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

func integer(b []byte) []byte { return append([]byte{2, byte(len(b))}, b...) }

// What adds the order of the group to S, or sets its top bits, is another text of
// the same signature.
func TestEd25519Malleability(t *testing.T) {
	s := overBody(t, webhook.Ed25519, "ed25519", "hex")
	keys := []webhook.Secret{secret(t, "k", pairAlgorithms[0].key)}
	raw, err := hex.DecodeString(signBy(t, s, keys[0], "body"))
	if err != nil {
		t.Fatal(err)
	}
	order := fromHex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
	little := slices.Clone(raw[32:])
	slices.Reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	top := slices.Clone(raw)
	top[63] |= 0xe0
	for name, sig := range map[string][]byte{"S and the order": append(slices.Clone(raw[:32]), sum...), "top bits": top} {
		if v := scheme.Verify(s, bearing("body", hex.EncodeToString(sig)), keys, now); v.Reason != webhook.SignatureMismatch {
			t.Errorf("%s: Verify = %+v, want signature_mismatch", name, v)
		}
	}
}

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
