package host

import "github.com/tetratelabs/wazero/experimental"

// linearMemory is the memory of one instance. It refuses to grow beyond the
// limit and remembers that it did, so that what follows can be told from other
// traps.
type linearMemory struct {
	limit uint64
	bytes []byte
	// beside is what the host holds for the guest beside this memory, which
	// counts towards the same limit.
	beside uint64
	denied uint64
}

var (
	_ experimental.MemoryAllocator = (*linearMemory)(nil)
	_ experimental.LinearMemory    = (*linearMemory)(nil)
)

// Allocate returns m itself: a module has one memory.
func (m *linearMemory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate returns the memory with the new size, nil if that is refused.
func (m *linearMemory) Reallocate(size uint64) []byte {
	if size+m.beside > m.limit {
		m.denied = size
		return nil
	}
	if size > uint64(cap(m.bytes)) {
		grown := make([]byte, len(m.bytes), min(m.limit, size+size/4))
		copy(grown, m.bytes)
		m.bytes = grown
	}
	m.bytes = m.bytes[:size]
	return m.bytes
}

// reserve counts size more bytes beside the memory. It reports false if that is
// more than the guest is granted.
func (m *linearMemory) reserve(size uint64) bool {
	if held := uint64(len(m.bytes)) + m.beside; size > m.limit || held > m.limit-size {
		return false
	}
	m.beside += size
	return true
}

// Free lets the memory go.
func (m *linearMemory) Free() { m.bytes = nil }
