// Package keccak is the home of Keccak-256, the digest that Ethereum took over
// before NIST changed its padding and standardised it as SHA3-256 (FIPS 202).
// Moralis signs with it.
package keccak

import (
	"hash"

	"golang.org/x/crypto/sha3"
)

// Size is the length of a digest in bytes.
const Size = 32

// New returns a running Keccak-256 digest.
func New() hash.Hash { return sha3.NewLegacyKeccak256() }
