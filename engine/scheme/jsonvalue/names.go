package jsonvalue

import (
	"bytes"
	"hash/maphash"
)

// span is a piece of a text.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end] }

// openObjects holds the names of the members of all objects that are open. Its
// methods take and return it by value, so that the arrays that a caller begins
// it with can stay on the stack.
type openObjects struct {
	names []span
	first []int // for each object the number of its first name
}

func (o openObjects) begin() openObjects {
	o.first = append(o.first, len(o.names))
	return o
}

func (o openObjects) add(name span) openObjects {
	o.names = append(o.names, name)
	return o
}

// end takes the innermost object off, and returns its names; they are valid
// until the next begin or add.
func (o openObjects) end() (openObjects, []span) {
	first := o.first[len(o.first)-1]
	names := o.names[first:]
	o.names, o.first = o.names[:first], o.first[:len(o.first)-1]
	return o, names
}

// nameSet finds equal names among the members of one object: by comparing them
// where there are few, by a hash table with a random seed where there are many.
// Its memory is used again for the next object.
type nameSet struct {
	seed  maphash.Seed
	slots []uint32 // 1 + the number of a name, 0 when free
}

// fewNames is how many names are compared with each other.
const fewNames = 8

// begin empties the set and prepares it for n names.
func (s *nameSet) begin(n int) {
	if n <= fewNames {
		return
	}
	size := 4 * fewNames
	for size < 2*n {
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

// first returns the number of the first of names, pieces of text, that equals
// name i. After begin it must be called for each i in order.
func (s *nameSet) first(text []byte, names []span, i int) int {
	name := names[i].of(text)
	if len(names) <= fewNames {
		for j := range i {
			if bytes.Equal(names[j].of(text), name) {
				return j
			}
		}
		return i
	}
	mask := len(s.slots) - 1
	slot := int(maphash.Bytes(s.seed, name)) & mask
	for ; s.slots[slot] != 0; slot = (slot + 1) & mask {
		if j := int(s.slots[slot] - 1); bytes.Equal(names[j].of(text), name) {
			return j
		}
	}
	s.slots[slot] = uint32(i + 1)
	return i
}

// repeated reports whether a name occurs twice among names.
func (s *nameSet) repeated(text []byte, names []span) bool {
	if len(names) < 2 {
		return false
	}
	s.begin(len(names))
	for i := range names {
		if s.first(text, names, i) != i {
			return true
		}
	}
	return false
}
