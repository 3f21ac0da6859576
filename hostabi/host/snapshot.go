package host

import (
	"bytes"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// snapshot is the whole state of a restorable module: its memory and its
// mutable globals.
type snapshot struct {
	// pages are the memory in pieces of comparedSize; those without content are one
	// and the same.
	pages   [][]byte
	globals []uint64
}

// comparedSize is how much memory is compared before it is put back. A call leaves
// most of a large memory as it was, and to read it costs half of what writing it
// does. It divides [pageSize].
const comparedSize = 4 << 10

func (in *instance) snapshot() (*snapshot, error) {
	s := &snapshot{}
	empty := make([]byte, comparedSize)
	for memory := in.memory.bytes; len(memory) > 0; memory = memory[comparedSize:] {
		page := empty
		if content := memory[:comparedSize]; !bytes.Equal(content, empty) {
			page = bytes.Clone(content)
		}
		s.pages = append(s.pages, page)
	}
	for i, g := range in.globals {
		if _, ok := g.(api.MutableGlobal); !ok {
			return nil, fmt.Errorf("global %d of the module cannot be set", i)
		}
		s.globals = append(s.globals, g.Get())
	}
	return s, nil
}

// restore puts the instance into the state s. It reports false if it cannot:
// memory that grew does not shrink.
func (in *instance) restore(s *snapshot) bool {
	if len(in.memory.bytes) != len(s.pages)*comparedSize {
		return false
	}
	in.memory.denied = 0
	in.put(s)
	return true
}

// put writes the memory of s over as much of that of the instance, and sets its
// globals.
func (in *instance) put(s *snapshot) {
	memory := in.memory.bytes
	for _, page := range s.pages {
		if now := memory[:comparedSize]; !bytes.Equal(now, page) {
			copy(now, page)
		}
		memory = memory[comparedSize:]
	}
	for i, g := range in.globals {
		g.(api.MutableGlobal).Set(s.globals[i])
	}
}
