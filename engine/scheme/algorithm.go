package scheme

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// method is how an algorithm turns a key and a message into bytes.
type method struct {
	kind methodKind
	hash func() hash.Hash
	// size is the length of a signature in bytes; zero for a token, whose
	// signature is the secret itself.
	size int
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
		return method{macMethod, md5.New, md5.Size}, true
	case webhook.HMACSHA1:
		return method{macMethod, sha1.New, sha1.Size}, true
	case webhook.HMACSHA256:
		return method{macMethod, sha256.New, sha256.Size}, true
	case webhook.HMACSHA384:
		return method{macMethod, sha512.New384, sha512.Size384}, true
	case webhook.HMACSHA512:
		return method{macMethod, sha512.New, sha512.Size}, true
	case webhook.MD5:
		return method{digestMethod, md5.New, md5.Size}, true
	case webhook.SHA1:
		return method{digestMethod, sha1.New, sha1.Size}, true
	case webhook.SHA256:
		return method{digestMethod, sha256.New, sha256.Size}, true
	case webhook.SHA384:
		return method{digestMethod, sha512.New384, sha512.Size384}, true
	case webhook.SHA512:
		return method{digestMethod, sha512.New, sha512.Size}, true
	case webhook.Ed25519:
		return method{kind: publicKeyMethod, size: ed25519.SignatureSize}, true
	case webhook.Token:
		return method{kind: tokenMethod}, true
	}
	return method{}, false
}

// plainDigest returns the method of an algorithm that takes no key.
func plainDigest(a webhook.Algorithm) (method, bool) {
	m, ok := methodOf(a)
	return m, ok && m.kind == digestMethod
}

// Algorithms lists what the package computes.
func Algorithms() []webhook.Algorithm {
	return []webhook.Algorithm{
		webhook.HMACMD5, webhook.HMACSHA1, webhook.HMACSHA256, webhook.HMACSHA384, webhook.HMACSHA512,
		webhook.MD5, webhook.SHA1, webhook.SHA256, webhook.SHA384, webhook.SHA512,
		webhook.Ed25519, webhook.Token,
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
