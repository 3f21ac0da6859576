package keccak_test

import (
	"encoding/hex"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/keccak"
)

// The digest of nothing is the codeHash of an account without code (Ethereum
// yellow paper, section 4.1); that of "abc" is from the known answers of the
// Keccak team's submission.
func TestPublishedDigests(t *testing.T) {
	for message, want := range map[string]string{
		"":    "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
		"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
	} {
		h := keccak.New()
		h.Write([]byte(message))
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("Keccak-256 of %q = %s, want %s", message, got, want)
		}
		if h.Size() != keccak.Size {
			t.Errorf("Size = %d, want %d", h.Size(), keccak.Size)
		}
	}
}
