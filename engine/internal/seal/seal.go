// Package seal encrypts the secrets that a store keeps, by AES-256-GCM under a key
// that is kept elsewhere.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/store"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// Ring is the keys that seal and open: the first seals. It is safe for concurrent
// use.
type Ring struct{ keys []key }

type key struct {
	id   string
	aead cipher.AEAD
}

// errKey names no part of what was given as a key.
var errKey = errors.New("is no key of 32 bytes in hexadecimal or base64; make one by: openssl rand -hex 32")

// NewRing reads keys, each of 32 bytes written in hexadecimal digits or in
// base64. No error holds a part of them.
func NewRing(texts ...[]byte) (*Ring, error) {
	r := &Ring{}
	for _, text := range texts {
		k, err := newKey(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(r.keys, func(known key) bool { return known.id == k.id }) {
			return nil, errors.New("is given twice")
		}
		r.keys = append(r.keys, k)
	}
	if len(r.keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return r, nil
}

func newKey(text []byte) (key, error) {
	material, err := hex.DecodeString(string(text))
	if err != nil || len(material) != KeySize {
		material, err = base64.StdEncoding.Strict().DecodeString(string(text))
	}
	if err != nil || len(material) != KeySize {
		return key{}, errKey
	}
	block, err := aes.NewCipher(material)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, err
	}
	sum := sha256.Sum256(append([]byte("hookseal master key\x00"), material...))
	return key{hex.EncodeToString(sum[:8]), aead}, nil
}

// bound is what a sealed secret is bound to, so that one cannot stand for
// another.
func bound(name string) []byte { return []byte("hookseal sealed 1\x00" + name) }

// Seal encrypts a secret under the first key, bound to its name.
func (r *Ring) Seal(name string, secret []byte) store.Sealed {
	k := r.keys[0]
	nonce := make([]byte, k.aead.NonceSize(), k.aead.NonceSize()+len(secret)+k.aead.Overhead())
	// Read does not fail.
	_, _ = rand.Read(nonce)
	return store.Sealed{Name: name, Key: k.id, Data: k.aead.Seal(nonce, nonce, secret, bound(name))}
}

// Open decrypts a secret. Its error says which key is missing, or that the secret
// is not what was sealed under its name.
func (r *Ring) Open(s store.Sealed) ([]byte, error) {
	for _, k := range r.keys {
		if k.id != s.Key {
			continue
		}
		if len(s.Data) < k.aead.NonceSize() {
			return nil, fmt.Errorf("secret %q in the store is damaged: it has %d bytes", s.Name, len(s.Data))
		}
		nonce, sealed := s.Data[:k.aead.NonceSize()], s.Data[k.aead.NonceSize():]
		secret, err := k.aead.Open(nil, nonce, sealed, bound(s.Name))
		if err != nil {
			return nil, fmt.Errorf("secret %q in the store is damaged, or stands under another name than it was sealed for", s.Name)
		}
		return secret, nil
	}
	return nil, fmt.Errorf("secret %q in the store is sealed with the key %s, and given is %s", s.Name, s.Key, strings.Join(r.ids(), ", "))
}

// Current reports whether a secret is sealed with the first key.
func (r *Ring) Current(s store.Sealed) bool { return s.Key == r.keys[0].id }

func (r *Ring) ids() (ids []string) {
	for _, k := range r.keys {
		ids = append(ids, k.id)
	}
	return ids
}
