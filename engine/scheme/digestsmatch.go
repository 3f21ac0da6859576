package scheme

import (
	"crypto/sha256"
	"crypto/subtle"
)

// digestsMatch returns 1 if what was sent is the secret, and 0 if it is not. It
// compares their digests, whatever their lengths: a shorter way for some of them
// would tell how long the secret is.
func digestsMatch(sent, secret []byte) int {
	a, b := sha256.Sum256(sent), sha256.Sum256(secret)
	return subtle.ConstantTimeCompare(a[:], b[:])
}
