package host

import "github.com/tetratelabs/wazero/experimental"

// linearMemory is the memory of one instance. It refuses to grow beyond the
// limit and remembers that it did, so that what follows can be told from other
// traps.
type linearMemory struct {
	limit  uint64
	bytes  []byte
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
	if size > m.limit {
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

// Free lets the memory go.
func (m *linearMemory) Free() { m.bytes = nil }
