package scheme

import (
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
	hash func() hash.Hash
	// mac is set for an HMAC, clear for a plain digest.
	mac bool
	// size is the length of the outcome in bytes; zero for a token, whose
	// outcome is the secret itself.
	size int
}

// methodOf returns the method of an algorithm. MD5 and SHA-1 stand for the
// providers that have nothing else.
func methodOf(a webhook.Algorithm) (method, bool) {
	switch a {
	case webhook.HMACMD5:
		return method{md5.New, true, md5.Size}, true
	case webhook.HMACSHA1:
		return method{sha1.New, true, sha1.Size}, true
	case webhook.HMACSHA256:
		return method{sha256.New, true, sha256.Size}, true
	case webhook.HMACSHA384:
		return method{sha512.New384, true, sha512.Size384}, true
	case webhook.HMACSHA512:
		return method{sha512.New, true, sha512.Size}, true
	case webhook.MD5:
		return method{md5.New, false, md5.Size}, true
	case webhook.SHA1:
		return method{sha1.New, false, sha1.Size}, true
	case webhook.SHA256:
		return method{sha256.New, false, sha256.Size}, true
	case webhook.SHA384:
		return method{sha512.New384, false, sha512.Size384}, true
	case webhook.SHA512:
		return method{sha512.New, false, sha512.Size}, true
	case webhook.Token:
		return method{}, true
	}
	return method{}, false
}

// Algorithms lists what the package computes.
func Algorithms() []webhook.Algorithm {
	return []webhook.Algorithm{
		webhook.HMACMD5, webhook.HMACSHA1, webhook.HMACSHA256, webhook.HMACSHA384, webhook.HMACSHA512,
		webhook.MD5, webhook.SHA1, webhook.SHA256, webhook.SHA384, webhook.SHA512,
		webhook.Token,
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
	if m.mac {
		return hmac.New(m.hash, key)
	}
	return m.hash()
}
