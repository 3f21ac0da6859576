package postgres

import "math/rand/v2"

// The counts are kept in slots, so that transactions that commit at the same
// time change other rows.
const (
	countSlots = 64
	ownSlots   = 8
)

// newSlots returns the slots that one store changes.
func newSlots() chan int16 {
	slots := make(chan int16, ownSlots)
	for _, slot := range rand.Perm(countSlots)[:ownSlots] {
		slots <- int16(slot)
	}
	return slots
}

// takeSlot returns a slot that no other transaction of this store uses, where
// there is one.
func (s *Store) takeSlot() int16 {
	select {
	case slot := <-s.slots:
		return slot
	default:
		return int16(rand.IntN(countSlots))
	}
}

// giveSlot puts a slot back; one too many is dropped.
func (s *Store) giveSlot(slot int16) {
	select {
	case s.slots <- slot:
	default:
	}
}
