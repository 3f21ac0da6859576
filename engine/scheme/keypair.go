package scheme

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"

	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
)

// keyPair is a key as it was read: the public one, and the private one where the
// material holds it.
type keyPair struct {
	public  crypto.PublicKey
	private crypto.PrivateKey
}

// publicKey is the key of a pair made ready for one method. It is safe for
// concurrent use.
type publicKey interface {
	// verifies reports whether sent is a signature of what was signed: the digest
	// of a message, or for Ed25519 the message.
	verifies(signed, sent []byte) bool
	// reads reports whether sent is of the form that signatures under the key have,
	// which says nothing of its value.
	reads(sent []byte) bool
	// sign returns a signature. The error is errPublicOnly where the private key
	// is not there.
	sign(signed []byte) ([]byte, error)
}

// kind says what key it is, for messages.
func (p keyPair) kind() string {
	what := "a public"
	if p.private != nil {
		what = "a private"
	}
	switch k := p.public.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("%s RSA key of %d bits", what, k.N.BitLen())
	case *ecdsa.PublicKey:
		return fmt.Sprintf("%s ECDSA key on %s", what, k.Params().Name)
	case ed25519.PublicKey:
		return what + " Ed25519 key"
	case *secp256k1.PublicKey:
		return what + " ECDSA key on secp256k1"
	}
	return fmt.Sprintf("%s key of type %T", what, p.public)
}

// pairOf returns the pair of a private key.
func pairOf(private crypto.PrivateKey) keyPair {
	switch k := private.(type) {
	case *secp256k1.PrivateKey:
		return keyPair{k.Public(), k}
	case interface{ Public() crypto.PublicKey }:
		return keyPair{k.Public(), k}
	}
	return keyPair{nil, private}
}

// open makes a key ready. The error says what the method takes instead.
func (m method) open(p keyPair) (publicKey, error) {
	switch m.pair.family {
	case rsaStep:
		return openRSA(p, m.pair)
	case ecdsaStep:
		return openECDSA(p, m)
	case secp256k1Step:
		return openSecp256k1(p, m.pair)
	}
	return openEd25519(p)
}

// publicMaterial returns the public key that material is, false where it is none.
func publicMaterial(material []byte) (keyPair, bool) {
	pair, err := parseKeyPair(material)
	return pair, err == nil && pair.private == nil
}
