package wycheproof

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// suites are the files with the algorithm and the key step that their vectors are
// for.
var suites = []struct {
	file      string
	algorithm webhook.Algorithm
	step      string
}{
	{"ecdsa_secp256r1_sha256", webhook.ECDSASHA256, "ecdsa"},
	{"ecdsa_secp256r1_sha512", webhook.ECDSASHA512, "ecdsa"},
	{"ecdsa_secp384r1_sha256", webhook.ECDSASHA256, "ecdsa"},
	{"ecdsa_secp384r1_sha384", webhook.ECDSASHA384, "ecdsa"},
	{"ecdsa_secp384r1_sha512", webhook.ECDSASHA512, "ecdsa"},
	{"ecdsa_secp521r1_sha512", webhook.ECDSASHA512, "ecdsa"},
	{"ecdsa_secp256r1_sha256_p1363", webhook.ECDSASHA256P1363, "ecdsa"},
	{"ecdsa_secp384r1_sha384_p1363", webhook.ECDSASHA384P1363, "ecdsa"},
	{"ecdsa_secp521r1_sha512_p1363", webhook.ECDSASHA512P1363, "ecdsa"},
	{"ecdsa_secp256k1_sha256", webhook.ECDSASecp256k1SHA256, "secp256k1"},
	{"ecdsa_secp256k1_sha256_p1363", webhook.ECDSASecp256k1SHA256P1363, "secp256k1"},
	{"ed25519", webhook.Ed25519, "ed25519"},
	{"rsa_signature_2048_sha256", webhook.RSASHA256, "rsa"},
	{"rsa_signature_2048_sha384", webhook.RSASHA384, "rsa"},
	{"rsa_signature_2048_sha512", webhook.RSASHA512, "rsa"},
	{"rsa_signature_3072_sha256", webhook.RSASHA256, "rsa"},
	{"rsa_signature_4096_sha512", webhook.RSASHA512, "rsa"},
	{"rsa_signature_8192_sha256", webhook.RSASHA256, "rsa"},
	{"rsa_pss_2048_sha256_mgf1_0", webhook.RSAPSS256, "rsa"},
	{"rsa_pss_2048_sha256_mgf1_32", webhook.RSAPSS256, "rsa"},
	{"rsa_pss_2048_sha384_mgf1_48", webhook.RSAPSS384, "rsa"},
	{"rsa_pss_3072_sha256_mgf1_32", webhook.RSAPSS256, "rsa"},
	{"rsa_pss_4096_sha512_mgf1_32", webhook.RSAPSS512, "rsa"},
	{"rsa_pss_4096_sha512_mgf1_64", webhook.RSAPSS512, "rsa"},
}

// otherSalt begins the comment of a PSS signature that is right but for the length
// of its salt.
const otherSalt = "s_len changed to "

func TestPublicKeySignatures(t *testing.T) {
	dir := folder(t)
	for _, suite := range suites {
		t.Run(suite.file, func(t *testing.T) {
			count := map[string]int{}
			for _, g := range read(t, dir, suite.file) {
				for form, material := range g.keys() {
					for i, v := range g.Tests {
						if form != "PEM" && i == 20 {
							break // reading the key is what differs
						}
						want := v.Result == "valid" || strings.HasPrefix(v.Comment, otherSalt)
						check := webhook.Check{Algorithm: suite.algorithm, Key: webhook.KeySelector{Prepare: suite.step}}
						if got := accepts(t, check, material, v.Msg, v.Sig); got != want {
							t.Errorf("%d (%s, %v), key as %s: accepted = %v, want %v", v.ID, v.Comment, v.Flags, form, got, want)
						}
						count[v.Result]++
					}
				}
			}
			if count["valid"] == 0 || count["invalid"] == 0 {
				t.Fatalf("vectors = %v, want valid and invalid ones", count)
			}
			t.Logf("vectors: %v", count)
		})
	}
}

// keys are the forms in which the file gives the key of a group.
func (g group) keys() map[string]string {
	keys := map[string]string{
		"PEM":           g.PublicKeyPem[:len(g.PublicKeyPem)-1],
		"base64 of DER": base64.StdEncoding.EncodeToString(g.PublicKeyDer),
	}
	if len(g.PublicKeyJWK) > 0 {
		keys["JWK"] = string(g.PublicKeyJWK)
	}
	return keys
}

// A PSS signature whose mask is made with another hash than the message is refused,
// however right it is otherwise.
func TestForeignMaskHash(t *testing.T) {
	for _, g := range read(t, folder(t), "rsa_pss_2048_sha256_mgf1sha1_20") {
		for _, v := range g.Tests {
			check := webhook.Check{Algorithm: webhook.RSAPSS256, Key: webhook.KeySelector{Prepare: "rsa"}}
			if accepts(t, check, g.keys()["PEM"], v.Msg, v.Sig) {
				t.Errorf("%d (%s): accepted", v.ID, v.Comment)
			}
		}
	}
}

// A truncated tag is refused, even where the vector calls it valid.
func TestHMAC(t *testing.T) {
	dir := folder(t)
	for file, suite := range map[string]struct {
		algorithm webhook.Algorithm
		bits      int
	}{
		"hmac_sha1":   {webhook.HMACSHA1, 160},
		"hmac_sha256": {webhook.HMACSHA256, 256},
		"hmac_sha384": {webhook.HMACSHA384, 384},
		"hmac_sha512": {webhook.HMACSHA512, 512},
	} {
		t.Run(file, func(t *testing.T) {
			valid := 0
			for _, g := range read(t, dir, file) {
				for _, v := range g.Tests {
					want := v.Result == "valid" && g.TagSize == suite.bits
					check := webhook.Check{Algorithm: suite.algorithm, Key: webhook.KeySelector{Prepare: "hex"}}
					if got := accepts(t, check, hex.EncodeToString(v.Key), v.Msg, v.Tag); got != want {
						t.Errorf("%d (%s), %d bits: accepted = %v, want %v", v.ID, v.Comment, g.TagSize, got, want)
					}
					if want {
						valid++
					}
				}
			}
			if valid == 0 {
				t.Error("no vector was valid")
			}
		})
	}
}

// accepts reports whether a claim with the one check holds.
func accepts(t *testing.T, c webhook.Check, key string, msg, sig []byte) bool {
	t.Helper()
	secret, err := webhook.NewSecret("vector", []byte(key))
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	c.Message = []webhook.Part{{Kind: webhook.RawBody}}
	c.Signatures = []webhook.Signature{{Text: hex.EncodeToString(sig), Encodings: []webhook.Encoding{webhook.Hex}}}
	claim := &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{c}}}}
	v := scheme.Check(claim, &webhook.Request{Body: msg}, []webhook.Secret{secret}, []webhook.Algorithm{c.Algorithm}, time.Unix(0, 0))
	if v.Reason == webhook.NoSecret || v.Reason == webhook.AlgorithmNotAllowed {
		t.Fatalf("nothing was compared: %s: %s", v.Reason, v.Detail)
	}
	return v.Accepted()
}
