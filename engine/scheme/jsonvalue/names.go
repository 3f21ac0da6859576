package jsonvalue

import (
	"bytes"
	"hash/maphash"
)

// span is a piece of a text.
type span struct{ start, end int }

// nameSet finds equal names among the members of one object: by comparing them
// where there are few, by a hash table with a random seed where there are many.
// Its memory is used again for the next object.
type nameSet struct {
	text  []byte
	names []span
	seed  maphash.Seed
	slots []uint32 // 1 + the number of a name, 0 when free
}

// fewNames is how many names are compared with each other.
const fewNames = 8

// begin makes the set one for names, which are pieces of text.
func (s *nameSet) begin(text []byte, names []span) {
	s.text, s.names = text, names
	if len(names) <= fewNames {
		return
	}
	size := 4 * fewNames
	for size < 2*len(names) {
		size *= 2
	}
	if cap(s.slots) < size {
		s.slots = make([]uint32, size)
	}
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	s.slots = s.slots[:size]
	clear(s.slots)
}

// first returns the number of the first name that equals name i. It must be
// called for each i in order.
func (s *nameSet) first(i int) int {
	name := s.name(i)
	if len(s.names) <= fewNames {
		for j := range i {
			if bytes.Equal(s.name(j), name) {
				return j
			}
		}
		return i
	}
	mask := len(s.slots) - 1
	slot := int(maphash.Bytes(s.seed, name)) & mask
	for ; s.slots[slot] != 0; slot = (slot + 1) & mask {
		if j := int(s.slots[slot] - 1); bytes.Equal(s.name(j), name) {
			return j
		}
	}
	s.slots[slot] = uint32(i + 1)
	return i
}

func (s *nameSet) name(i int) []byte { return s.text[s.names[i].start:s.names[i].end] }

// repeated reports whether a name occurs twice among names.
func (s *nameSet) repeated(text []byte, names []span) bool {
	if len(names) < 2 {
		return false
	}
	s.begin(text, names)
	for i := range names {
		if s.first(i) != i {
			return true
		}
	}
	return false
}
