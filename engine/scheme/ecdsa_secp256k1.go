package scheme

import (
	"encoding/hex"
	"errors"

	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
)

// secp256k1Key verifies and signs under a key on the curve of Bitcoin.
type secp256k1Key struct {
	public  *secp256k1.PublicKey
	private *secp256k1.PrivateKey
	form    signatureForm
}

func openSecp256k1(p keyPair, m pairMethod) (publicKey, error) {
	public, ok := p.public.(*secp256k1.PublicKey)
	if !ok {
		return nil, errors.New("the scheme takes an ECDSA key on secp256k1")
	}
	private, _ := p.private.(*secp256k1.PrivateKey)
	return &secp256k1Key{public, private, m.form}, nil
}

func (k *secp256k1Key) verifies(digest, sent []byte) bool {
	if k.form == fixedForm {
		return k.public.VerifyFixed(digest, sent)
	}
	return k.public.VerifyDER(digest, sent)
}

func (k *secp256k1Key) reads(sent []byte) bool {
	if k.form == fixedForm {
		return len(sent) == secp256k1.SignatureSize
	}
	return isSignatureDER(sent)
}

func (k *secp256k1Key) sign(digest []byte) ([]byte, error) {
	switch {
	case k.private == nil:
		return nil, errPublicOnly
	case k.form == fixedForm:
		return k.private.SignFixed(digest), nil
	}
	return k.private.SignDER(digest), nil
}

// parseSecp256k1 reads a point in hex, as whoever uses this curve is used to,
// beside the forms that every key has.
func parseSecp256k1(material []byte) (keyPair, error) {
	if n := hex.DecodedLen(len(material)); n == 33 || n == 65 {
		if point, ok := decodeKeyHex(nil, material); ok {
			public, err := secp256k1.ParsePoint(point)
			return keyPair{public: public}, err
		}
	}
	return parseKeyPair(material)
}
