package scheme

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/keccak"
	"github.com/hookseal/hookseal/engine/webhook"
)

// method is how an algorithm turns a key and a message into bytes.
type method struct {
	kind methodKind
	// hash is nil for a token, and for Ed25519, which takes the message whole.
	hash func() hash.Hash
	// size is the length of a signature in bytes; zero where that varies: for a
	// token, whose signature is the secret itself, for RSA and for ECDSA in DER.
	size int
	// pair says the rest where the kind is publicKeyMethod.
	pair pairMethod
}

type methodKind uint8

const (
	// tokenMethod compares the signature with the secret.
	tokenMethod methodKind = iota
	// digestMethod is a plain digest, which proves something only when the
	// secret is in the message.
	digestMethod
	macMethod
	// publicKeyMethod verifies under a key that anybody may know.
	publicKeyMethod
)

// methodOf returns the method of an algorithm. MD5 and SHA-1 stand for the
// providers that have nothing else.
func methodOf(a webhook.Algorithm) (method, bool) {
	switch a {
	case webhook.HMACMD5:
		return mac(md5.New, md5.Size), true
	case webhook.HMACSHA1:
		return mac(sha1.New, sha1.Size), true
	case webhook.HMACSHA256:
		return mac(sha256.New, sha256.Size), true
	case webhook.HMACSHA384:
		return mac(sha512.New384, sha512.Size384), true
	case webhook.HMACSHA512:
		return mac(sha512.New, sha512.Size), true
	case webhook.MD5:
		return digest(md5.New, md5.Size), true
	case webhook.SHA1:
		return digest(sha1.New, sha1.Size), true
	case webhook.SHA256:
		return digest(sha256.New, sha256.Size), true
	case webhook.SHA384:
		return digest(sha512.New384, sha512.Size384), true
	case webhook.SHA512:
		return digest(sha512.New, sha512.Size), true
	case webhook.Keccak256:
		return digest(keccak.New, keccak.Size), true
	case webhook.Token, webhook.Basic:
		return method{kind: tokenMethod}, true
	}
	return publicMethodOf(a)
}

func mac(h func() hash.Hash, size int) method { return method{kind: macMethod, hash: h, size: size} }

func digest(h func() hash.Hash, size int) method {
	return method{kind: digestMethod, hash: h, size: size}
}

// plainDigest returns the method of an algorithm that takes no key.
func plainDigest(a webhook.Algorithm) (method, bool) {
	m, ok := methodOf(a)
	return m, ok && m.kind == digestMethod
}

// Algorithms lists what the package computes.
//
//   - hmac-md5, -sha1, -sha256, -sha384, -sha512: HMAC, which most providers use.
//   - md5, sha1, sha256, sha384, sha512, keccak-256: plain digests of a message
//     that holds the secret (smino; Lark; keccak-256: Moralis).
//   - token: the signature is the secret. basic: it is the credential of RFC 7617,
//     and the secret "user:password" (Chargebee, Postmark, Mixpanel, SparkPost).
//   - ed25519 (Discord, Telnyx, QQ Bot).
//   - ecdsa-sha1 (eBay), -sha256 (SendGrid, Circle), -sha384, -sha512: in DER, under
//     a key on P-256, P-384 or P-521.
//   - ecdsa-sha256-p1363 (Plaid), -sha384-p1363, -sha512-p1363 (TrueLayer): as JWS
//     writes it, r and s one after the other, under a key on P-256, P-384 and P-521
//     respectively and on no other curve.
//   - ecdsa-secp256k1-sha256, in DER, and ecdsa-secp256k1-sha256-p1363.
//   - rsa-sha1 (Travis CI, AWS SNS), -sha256 (Wise, PayPal), -sha384, -sha512
//     (Fireblocks): PKCS #1 v1.5, under a key of 1024 (CryptAPI) to 8192 bits.
//   - rsa-pss-sha256 (Schlage), -sha384, -sha512: signed with a salt as long as the
//     hash; a salt of any length verifies, since many libraries sign with the
//     longest that there is room for, and forging is no easier for it.
//
// DER is read strictly: one way of writing a pair of numbers alone. Of the two
// values that s of an ECDSA signature may have either verifies, since half of what
// most libraries sign has the higher one; so whoever remembers signatures must not
// take two that differ for two messages.
func Algorithms() []webhook.Algorithm {
	return []webhook.Algorithm{
		webhook.HMACMD5, webhook.HMACSHA1, webhook.HMACSHA256, webhook.HMACSHA384, webhook.HMACSHA512,
		webhook.MD5, webhook.SHA1, webhook.SHA256, webhook.SHA384, webhook.SHA512, webhook.Keccak256,
		webhook.Token, webhook.Basic, webhook.Ed25519,
		webhook.ECDSASHA1, webhook.ECDSASHA256, webhook.ECDSASHA384, webhook.ECDSASHA512,
		webhook.ECDSASHA256P1363, webhook.ECDSASHA384P1363, webhook.ECDSASHA512P1363,
		webhook.ECDSASecp256k1SHA256, webhook.ECDSASecp256k1SHA256P1363,
		webhook.RSASHA1, webhook.RSASHA256, webhook.RSASHA384, webhook.RSASHA512,
		webhook.RSAPSS256, webhook.RSAPSS384, webhook.RSAPSS512,
	}
}

func compileAlgorithm(name string) (webhook.Algorithm, error) {
	if a := webhook.Algorithm(name); slices.Contains(Algorithms(), a) {
		return a, nil
	}
	names := make([]string, 0, len(Algorithms()))
	for _, a := range Algorithms() {
		names = append(names, string(a))
	}
	return "", fmt.Errorf("unknown algorithm %q; algorithms are %s", name, strings.Join(names, ", "))
}

// start returns a running hash, keyed for an HMAC.
func (m method) start(key []byte) hash.Hash {
	if m.kind == macMethod {
		return hmac.New(m.hash, key)
	}
	return m.hash()
}
