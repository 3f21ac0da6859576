package scheme

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
)

// jwk reads the members of a JSON Web Key (RFC 7517). The first fault stays in
// err.
type jwk struct {
	text []byte
	err  error
}

// parseJWK reads one key: RSA and EC (RFC 7518, section 6), OKP with Ed25519 (RFC
// 8037) and EC with secp256k1 (RFC 8812). A private one is read whole, and must
// belong to its public one.
func parseJWK(text []byte) (keyPair, error) {
	k := &jwk{text: text}
	kty, use := k.member("kty"), k.member("use")
	switch {
	case k.err != nil:
		return keyPair{}, k.err
	case kty == "":
		return keyPair{}, errors.New("the JSON has no member kty, so that it is no JWK; of a JWK Set give the one key")
	case use != "" && use != "sig":
		return keyPair{}, fmt.Errorf("the JWK is for use %q, not for sig", clip(use))
	}
	var pair keyPair
	switch kty {
	case "RSA":
		pair = k.rsa()
	case "EC":
		pair = k.ec()
	case "OKP":
		pair = k.okp()
	default:
		return keyPair{}, fmt.Errorf("the JWK is of kty %q; the kinds with a pair are RSA, EC and OKP", clip(kty))
	}
	if k.err != nil {
		return keyPair{}, k.err
	}
	return pair, nil
}

func (k *jwk) fail(format string, args ...any) keyPair {
	if k.err == nil {
		k.err = fmt.Errorf(format, args...)
	}
	return keyPair{}
}

// member returns the text of a member, empty where there is none.
func (k *jwk) member(name string) string {
	field, err := jsonvalue.Lookup(k.text, name)
	switch {
	case err != nil:
		k.fail("the JWK cannot be read: %w", err)
	case field.Found && field.Kind != jsonvalue.String:
		k.fail("member %s of the JWK is no text", name)
	}
	return field.Text
}

// bytes returns what a member holds in base64url, at least one byte, and exactly
// size of them where that is not zero.
func (k *jwk) bytes(name string, size int) []byte {
	text := k.member(name)
	out, ok := decodeOneLine(strictBase64URL, nil, []byte(text))
	switch {
	case text == "":
		k.fail("the JWK has no member %s", name)
	case !ok:
		k.fail("member %s of the JWK is not base64url", name)
	case size > 0 && len(out) != size:
		k.fail("member %s of the JWK is %d bytes, want %d", name, len(out), size)
	}
	return out
}

func (k *jwk) number(name string) *big.Int { return new(big.Int).SetBytes(k.bytes(name, 0)) }

func (k *jwk) rsa() keyPair {
	n, e := k.number("n"), k.number("e")
	if !e.IsInt64() || e.Int64() != int64(int32(e.Int64())) {
		return k.fail("member e of the JWK is of %d bits, at most 31", e.BitLen())
	}
	public := rsa.PublicKey{N: n, E: int(e.Int64())}
	if k.member("d") == "" {
		return keyPair{public: &public}
	}
	private := &rsa.PrivateKey{PublicKey: public, D: k.number("d"), Primes: []*big.Int{k.number("p"), k.number("q")}}
	if k.err != nil {
		return keyPair{}
	}
	if err := private.Validate(); err != nil {
		return k.fail("the members of the JWK make no RSA key: %w", err)
	}
	private.Precompute()
	return pairOf(private)
}

func (k *jwk) ec() keyPair {
	var curve elliptic.Curve
	switch name := k.member("crv"); name {
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	case "secp256k1":
		return k.secp256k1()
	default:
		return k.fail("the JWK is on the curve %q; curves are P-256, P-384, P-521, secp256k1", clip(name))
	}
	size := (curve.Params().BitSize + 7) / 8
	public, err := ecdsa.ParseUncompressedPublicKey(curve, k.point(size))
	if err != nil {
		return k.fail("x and y of the JWK are no point of %s", curve.Params().Name)
	}
	if k.member("d") == "" {
		return keyPair{public: public}
	}
	private, err := ecdsa.ParseRawPrivateKey(curve, k.bytes("d", size))
	if err != nil || !private.PublicKey.Equal(public) {
		return k.fail("member d of the JWK does not belong to its point")
	}
	return pairOf(private)
}

// point returns x and y as SEC 1 writes an uncompressed point.
func (k *jwk) point(size int) []byte {
	return append(append([]byte{4}, k.coordinate("x", size)...), k.coordinate("y", size)...)
}

// coordinate returns a coordinate in full length. RFC 7518 demands that; TrueLayer
// publishes keys on P-521 of which the leading zero byte was left out.
func (k *jwk) coordinate(name string, size int) []byte {
	out := k.bytes(name, 0)
	switch {
	case k.err != nil || len(out) == size:
	case len(out) > size || out[0] == 0:
		k.fail("member %s of the JWK is %d bytes, want %d", name, len(out), size)
	default:
		return append(make([]byte, size-len(out)), out...)
	}
	return out
}

func (k *jwk) secp256k1() keyPair {
	public, err := secp256k1.ParsePoint(k.point(secp256k1.ScalarSize))
	if err != nil {
		return k.fail("x and y of the JWK are no point of secp256k1")
	}
	if k.member("d") == "" {
		return keyPair{public: public}
	}
	private, err := secp256k1.ParseScalar(k.bytes("d", secp256k1.ScalarSize))
	if err != nil || !private.Public().Equal(public) {
		return k.fail("member d of the JWK does not belong to its point")
	}
	return pairOf(private)
}

func (k *jwk) okp() keyPair {
	if name := k.member("crv"); name != "Ed25519" {
		return k.fail("the JWK is on the curve %q; of kty OKP the curve is Ed25519", clip(name))
	}
	public := ed25519.PublicKey(k.bytes("x", ed25519.PublicKeySize))
	if k.member("d") == "" {
		return keyPair{public: public}
	}
	seed := k.bytes("d", ed25519.SeedSize)
	if k.err != nil {
		return keyPair{}
	}
	private := ed25519.NewKeyFromSeed(seed)
	if !public.Equal(private.Public()) {
		return k.fail("member d of the JWK does not belong to x")
	}
	return pairOf(private)
}
