package scheme

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
)

// ed25519Key verifies and signs by RFC 8032.
type ed25519Key struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

func openEd25519(p keyPair) (publicKey, error) {
	public, ok := p.public.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the scheme takes an Ed25519 key")
	}
	private, _ := p.private.(ed25519.PrivateKey)
	return &ed25519Key{public, private}, nil
}

// verifies refuses the signatures that can be made from a right one (S not below
// the order of the group).
func (k *ed25519Key) verifies(message, sent []byte) bool {
	return len(sent) == ed25519.SignatureSize && ed25519.Verify(k.public, message, sent)
}

func (k *ed25519Key) reads(sent []byte) bool { return len(sent) == ed25519.SignatureSize }

func (k *ed25519Key) sign(message []byte) ([]byte, error) {
	if k.private == nil {
		return nil, errPublicOnly
	}
	return ed25519.Sign(k.private, message), nil
}

// parseEd25519 reads the bytes of a key in hex, base64 or base64url, beside the
// forms that every key has.
func parseEd25519(material []byte) (keyPair, error) {
	for _, decode := range []func(dst, m []byte) ([]byte, bool){decodeKeyHex, decodeKeyBase64, decodeKeyBase64URL} {
		raw, ok := decode(nil, material)
		switch {
		case ok && len(raw) == ed25519.PublicKeySize:
			return keyPair{public: ed25519.PublicKey(raw)}, nil
		case ok && len(raw) == ed25519.PrivateKeySize:
			return wholeEd25519(raw)
		}
	}
	pair, err := parseKeyPair(material)
	if err != nil {
		return keyPair{}, errors.Join(errors.New("it is not an Ed25519 key (64 hex digits, base64, PEM or JWK)"), err)
	}
	return pair, nil
}

// parseEd25519Text reads a key that says by its prefix which half of the pair it
// is. What says the one and holds the other is refused: a private key that is
// taken for a public one is soon published.
func parseEd25519Text(material []byte) (keyPair, error) {
	if text, ok := bytes.CutPrefix(material, []byte("whpk_")); ok {
		raw, ok := decodeKeyBase64(nil, text)
		if !ok || len(raw) != ed25519.PublicKeySize {
			return keyPair{}, fmt.Errorf("after whpk_ there must be base64 of the %d bytes of a public Ed25519 key", ed25519.PublicKeySize)
		}
		return keyPair{public: ed25519.PublicKey(raw)}, nil
	}
	text, ok := bytes.CutPrefix(material, []byte("whsk_"))
	if !ok {
		return parseEd25519(material)
	}
	raw, ok := decodeKeyBase64(nil, text)
	switch {
	case ok && len(raw) == ed25519.SeedSize:
		return pairOf(ed25519.NewKeyFromSeed(raw)), nil
	case ok && len(raw) == ed25519.PrivateKeySize:
		return wholeEd25519(raw)
	}
	return keyPair{}, fmt.Errorf("after whsk_ there must be base64 of a private Ed25519 key, %d bytes or its seed of %d",
		ed25519.PrivateKeySize, ed25519.SeedSize)
}

// wholeEd25519 reads a private key of which the second half is the public one, as
// RFC 8032's authors and Standard Webhooks write it.
func wholeEd25519(raw []byte) (keyPair, error) {
	private := ed25519.NewKeyFromSeed(raw[:ed25519.SeedSize])
	if !bytes.Equal(private, raw) {
		return keyPair{}, errors.New("the second half of the private Ed25519 key is not the public key of the first")
	}
	return pairOf(private), nil
}

// seedEd25519 makes the key of a shared secret, as QQ Bot does.
func seedEd25519(secret []byte) (keyPair, error) {
	repeats := (ed25519.SeedSize + len(secret) - 1) / len(secret)
	return pairOf(ed25519.NewKeyFromSeed(bytes.Repeat(secret, repeats)[:ed25519.SeedSize])), nil
}
