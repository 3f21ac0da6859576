package scheme

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// ecdsaKey verifies and signs by FIPS 186-5.
type ecdsaKey struct {
	public  *ecdsa.PublicKey
	private *ecdsa.PrivateKey
	digest  crypto.Hash
	// number is the length of r and of s where both are written in full, zero
	// for DER.
	number int
}

func openECDSA(p keyPair, m method) (publicKey, error) {
	public, ok := p.public.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("the scheme takes an ECDSA key on P-256, P-384 or P-521")
	}
	want := "P-256, P-384 or P-521"
	ok = public.Curve == elliptic.P256() || public.Curve == elliptic.P384() || public.Curve == elliptic.P521()
	if m.pair.form == fixedForm {
		curve := fixedCurve(m.size)
		want, ok = curve.Params().Name, public.Curve == curve
	}
	if !ok {
		return nil, fmt.Errorf("the scheme takes one on %s", want)
	}
	private, _ := p.private.(*ecdsa.PrivateKey)
	return &ecdsaKey{public, private, m.pair.digest, m.size / 2}, nil
}

// fixedCurve returns the curve whose signatures are of that size, which is the
// one that JWS pins to the hash (RFC 7518, section 3.4).
func fixedCurve(size int) elliptic.Curve {
	switch size {
	case 2 * 32:
		return elliptic.P256()
	case 2 * 48:
		return elliptic.P384()
	}
	return elliptic.P521()
}

// verifies leaves the strictness of DER and the range of r and s to crypto/ecdsa.
func (k *ecdsaKey) verifies(digest, sent []byte) bool {
	if k.number == 0 {
		return ecdsa.VerifyASN1(k.public, digest, sent)
	}
	if !k.reads(sent) {
		return false
	}
	var space [maxSignatureDER]byte
	return ecdsa.VerifyASN1(k.public, digest, appendSignatureDER(space[:0], sent[:k.number], sent[k.number:]))
}

func (k *ecdsaKey) reads(sent []byte) bool {
	if k.number > 0 {
		return len(sent) == 2*k.number
	}
	return isSignatureDER(sent)
}

// sign returns the one signature that RFC 6979 derives from key and digest.
func (k *ecdsaKey) sign(digest []byte) ([]byte, error) {
	if k.private == nil {
		return nil, errPublicOnly
	}
	der, err := k.private.Sign(nil, digest, k.digest)
	if err != nil || k.number == 0 {
		return der, err
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	out := make([]byte, 2*k.number)
	sig.R.FillBytes(out[:k.number])
	sig.S.FillBytes(out[k.number:])
	return out, nil
}
