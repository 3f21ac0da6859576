package scheme

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
)

// The bounds on an RSA modulus. Package crypto/rsa refuses shorter ones (unless
// GODEBUG has rsa1024min=0); a longer one costs milliseconds a signature, which
// whoever sends requests may ask for as often as he likes.
const (
	minRSABits = 1024
	maxRSABits = 8192
)

// rsaKey verifies and signs by RFC 8017.
type rsaKey struct {
	public  *rsa.PublicKey
	private *rsa.PrivateKey
	digest  crypto.Hash
	form    signatureForm
}

func openRSA(p keyPair, m pairMethod) (publicKey, error) {
	public, ok := p.public.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the scheme takes an RSA key")
	}
	least := minRSABits
	if m.form == pssForm {
		// RFC 8017, section 9.1.1: hash, salt, two bytes, and the topmost bit.
		least = max(least, 8*(2*m.digest.Size()+2)-6)
	}
	switch bits := public.N.BitLen(); {
	case bits < least || bits > maxRSABits:
		return nil, fmt.Errorf("the scheme takes one of %d to %d", least, maxRSABits)
	case public.E < 3 || public.E%2 == 0:
		return nil, fmt.Errorf("its exponent %d is not odd and at least 3", public.E)
	case public.N.Bit(0) == 0:
		return nil, errors.New("its modulus is even")
	}
	private, _ := p.private.(*rsa.PrivateKey)
	return &rsaKey{public, private, m.digest, m.form}, nil
}

func (k *rsaKey) verifies(digest, sent []byte) bool {
	switch {
	case !k.reads(sent):
		return false
	case k.form == pssForm:
		return rsa.VerifyPSS(k.public, k.digest, digest, sent, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil
	}
	return rsa.VerifyPKCS1v15(k.public, k.digest, digest, sent) == nil
}

// reads demands the length of the modulus, leading zeros included.
func (k *rsaKey) reads(sent []byte) bool { return len(sent) == k.public.Size() }

func (k *rsaKey) sign(digest []byte) ([]byte, error) {
	switch {
	case k.private == nil:
		return nil, errPublicOnly
	case k.form == pssForm:
		return rsa.SignPSS(rand.Reader, k.private, k.digest, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	return rsa.SignPKCS1v15(nil, k.private, k.digest, digest)
}
