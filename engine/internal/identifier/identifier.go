// Package identifier makes the identifiers of events and deliveries, which grow
// with time so that an index over them is appended to. It is the one home of
// google/uuid.
package identifier

import (
	"encoding/hex"

	"github.com/google/uuid"
)

// NewEvent returns an identifier for an event: "evt_" and 32 hex digits of a
// version 7 UUID (RFC 9562).
func NewEvent() string { return next("evt_") }

// NewDelivery returns an identifier for a delivery: "dlv_" and 32 hex digits.
func NewDelivery() string { return next("dlv_") }

func next(prefix string) string {
	// NewV7 reads crypto/rand, which does not fail.
	id := uuid.Must(uuid.NewV7())
	text := make([]byte, len(prefix)+2*len(id))
	copy(text, prefix)
	hex.Encode(text[len(prefix):], id[:])
	return string(text)
}
