// Package secp256k1 is the home of ECDSA over the curve secp256k1 (SEC 2), which
// the standard library does not have. RFC 8812 names it ES256K.
//
// Keys and signatures are immutable and safe for concurrent use.
package secp256k1

import (
	"errors"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

const (
	// ScalarSize is the length in bytes of a private key, and of each of the two
	// numbers of a signature.
	ScalarSize = 32
	// SignatureSize is the length in bytes of a signature written as r and s, one
	// after the other.
	SignatureSize = 2 * ScalarSize
)

var (
	errPoint   = errors.New("the key is no point of secp256k1 in SEC 1 form (33 or 65 bytes)")
	errScalar  = errors.New("the private key is no number of secp256k1: 32 bytes, not zero, below the order")
	errForeign = errors.New("the private key of secp256k1 belongs to another public key")
)

// PublicKey verifies signatures.
type PublicKey struct{ point *secp256k1.PublicKey }

// PrivateKey makes signatures.
type PrivateKey struct{ key *secp256k1.PrivateKey }

// ParsePoint reads a public key as SEC 1 writes it, compressed (33 bytes) or not
// (65 bytes).
func ParsePoint(sec1 []byte) (*PublicKey, error) {
	// The library reads the hybrid form too, which no key format uses.
	if len(sec1) == 0 || sec1[0] != 2 && sec1[0] != 3 && sec1[0] != 4 {
		return nil, errPoint
	}
	point, err := secp256k1.ParsePubKey(sec1)
	if err != nil {
		return nil, errPoint
	}
	return &PublicKey{point}, nil
}

// ParseScalar reads a private key of 32 bytes.
func ParseScalar(raw []byte) (*PrivateKey, error) {
	var k secp256k1.ModNScalar
	if len(raw) != ScalarSize || k.SetByteSlice(raw) || k.IsZero() {
		return nil, errScalar
	}
	return &PrivateKey{secp256k1.NewPrivateKey(&k)}, nil
}

// Public returns the public key that belongs to k.
func (k *PrivateKey) Public() *PublicKey { return &PublicKey{k.key.PubKey()} }

// Equal reports whether both are the same key.
func (p *PublicKey) Equal(other *PublicKey) bool { return p.point.IsEqual(other.point) }

// VerifyDER reports whether sig, in DER, is a signature of the digest. Another
// way of writing the same numbers is refused: lengths that are not minimal,
// negative numbers, bytes behind the end.
func (p *PublicKey) VerifyDER(digest, sig []byte) bool {
	parsed, err := ecdsa.ParseDERSignature(sig)
	return err == nil && parsed.Verify(digest, p.point)
}

// VerifyFixed does the same for a signature written as r and s of 32 bytes each.
func (p *PublicKey) VerifyFixed(digest, sig []byte) bool {
	if len(sig) != SignatureSize {
		return false
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(sig[:ScalarSize]) || s.SetByteSlice(sig[ScalarSize:]) || r.IsZero() || s.IsZero() {
		return false
	}
	return ecdsa.NewSignature(&r, &s).Verify(digest, p.point)
}

// SignDER returns a signature of a digest of SHA-256 in DER. It is the same every
// time (RFC 6979), with the lower of the two values that s may have.
func (k *PrivateKey) SignDER(digest []byte) []byte { return ecdsa.Sign(k.key, digest).Serialize() }

// SignFixed returns the same signature as r and s of 32 bytes each.
func (k *PrivateKey) SignFixed(digest []byte) []byte {
	sig := ecdsa.Sign(k.key, digest)
	r, s := sig.R(), sig.S()
	rb, sb := r.Bytes(), s.Bytes()
	return append(rb[:], sb[:]...)
}
