package scheme

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

// ed25519Step is the key step that every Ed25519 scheme ends with. Naming it
// keeps the two kinds of key apart: a public key must never come to be the key of
// an HMAC, since everybody knows it.
const ed25519Step = "ed25519"

// fits reports a preparation whose outcome is not a key of the algorithm.
func (p keyPlan) fits(a webhook.Algorithm, m method) error {
	public := len(p) > 0 && p[len(p)-1].name == ed25519Step
	switch {
	case m.kind == publicKeyMethod && !public:
		return fmt.Errorf("algorithm %q needs a key that ends with the step %s", a, ed25519Step)
	case m.kind != publicKeyMethod && public:
		return fmt.Errorf("key step %s gives a public key, which is no secret for algorithm %q", ed25519Step, a)
	}
	return nil
}

// ed25519Key appends the 32 bytes of a public key (RFC 8032), or the 64 of a
// private one, of which the second half is the public key.
func ed25519Key(dst, material []byte) ([]byte, bool) {
	if bytes.HasPrefix(material, []byte("-----BEGIN ")) {
		return ed25519PEM(dst, material)
	}
	decoded, ok := []byte(nil), false
	if len(material) == hex.EncodedLen(ed25519.PublicKeySize) {
		var err error
		decoded, err = hex.AppendDecode(nil, material)
		ok = err == nil
	} else {
		decoded, ok = decodeKeyBase64(nil, material)
	}
	if !ok || len(decoded) != ed25519.PublicKeySize {
		return dst, false
	}
	return append(dst, decoded...), true
}

func ed25519PEM(dst, material []byte) ([]byte, bool) {
	block, rest := pem.Decode(material)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return dst, false
	}
	switch block.Type {
	case "PUBLIC KEY":
		if key, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			public, ok := key.(ed25519.PublicKey)
			return append(dst, public...), ok
		}
	case "PRIVATE KEY":
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			private, ok := key.(ed25519.PrivateKey)
			return append(dst, private...), ok
		}
	}
	return dst, false
}

// verifies reports whether sent is a signature of the message under the public
// key. It refuses the signatures that can be made from a right one (S not below
// the order of the group).
func (k *keyed) verifies(message, sent []byte) bool {
	public := ed25519.PublicKey(k.key[len(k.key)-ed25519.PublicKeySize:])
	return len(sent) == ed25519.SignatureSize && ed25519.Verify(public, message, sent)
}

// sign returns the signature of a computed message. It reports false for a
// public key.
func (k *keyed) sign(j *judge) ([]byte, bool) {
	if k.kind != publicKeyMethod {
		return j.sum, true
	}
	if len(k.key) != ed25519.PrivateKeySize {
		return nil, false
	}
	return ed25519.Sign(ed25519.PrivateKey(k.key), j.message), true
}

// messageBuffer gathers a message for the algorithms that take it whole.
type messageBuffer []byte

// Write appends p.
func (b *messageBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
