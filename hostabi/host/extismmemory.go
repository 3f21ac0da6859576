package host

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/hookseal/hookseal/hostabi"
)

// The shape of the shared memory. Offset 0 is no block, so blocks begin behind it.
const (
	extismFirst = 16
	// extismBlockCost is what the host keeps of every block or variable beside its
	// content, in bytes.
	extismBlockCost = 64
)

// extismMemory is the memory that an Extism plug-in and the host share for one
// call, in blocks. It counts towards the memory of the guest.
type extismMemory struct {
	bytes []byte
	// blocks are in the order of their offsets.
	blocks []extismBlock
	// free are the indexes of freed blocks by their room.
	free map[uint64][]int
}

// extismBlock is a piece of the shared memory. Its room is a power of two, or of
// whole pages, so that freed blocks fit others and eight bytes may be read at its
// end.
type extismBlock struct {
	offset, length, room uint64
	freed                bool
}

// alloc returns the offset of a new block of a length, 0 for one that is empty.
// It ends the call if the guest is not granted as much.
func (c *call) alloc(length uint64) uint64 {
	m := &c.shared().extismMemory
	if length == 0 {
		return 0
	}
	if length > c.memory.limit {
		c.denied(length)
	}
	room := roomFor(length)
	if reusable := m.free[room]; len(reusable) > 0 {
		block := &m.blocks[reusable[len(reusable)-1]]
		m.free[room] = reusable[:len(reusable)-1]
		block.length, block.freed = length, false
		return block.offset
	}
	if !c.memory.reserve(room + extismBlockCost) {
		c.denied(length)
	}
	c.meter.charge(int64(room / bytesPerUnit))
	block := extismBlock{offset: uint64(len(m.bytes)), length: length, room: room}
	m.blocks = append(m.blocks, block)
	m.bytes = append(m.bytes, make([]byte, room)...)
	return block.offset
}

// roomFor returns the room of a block.
func roomFor(length uint64) uint64 {
	if length > pageSize {
		return (length + pageSize - 1) / pageSize * pageSize
	}
	return max(extismFirst, uint64(1)<<bits.Len64(length-1))
}

// find returns the block that begins at an offset, nil if none does.
func (m *extismMemory) find(offset uint64) (*extismBlock, int) {
	i, ok := slices.BinarySearchFunc(m.blocks, offset, func(b extismBlock, offset uint64) int {
		return cmp.Compare(b.offset, offset)
	})
	if !ok || m.blocks[i].freed {
		return nil, 0
	}
	return &m.blocks[i], i
}

// sharedSpan returns length bytes at an offset. Memory that is not there ends the call.
func (a args) sharedSpan(offset, length uint64) []byte {
	bytes := a.call.shared().bytes
	if offset < extismFirst || offset > uint64(len(bytes)) || uint64(len(bytes))-offset < length {
		a.call.misuse("%s: %d bytes at %d are outside of the shared memory of %d bytes", a.name, length, offset, len(bytes))
	}
	return bytes[offset : offset+length : offset+length]
}

// block returns the content of the block whose offset is the i-th argument; 0 is
// an empty one. It is the guest's: whoever keeps it makes a copy.
func (a args) block(i int) []byte {
	offset := a.stack[i]
	if offset == 0 {
		return nil
	}
	block, _ := a.call.shared().find(offset)
	if block == nil {
		a.call.misuse("%s: no block begins at %d", a.name, offset)
	}
	a.call.meter.charge(int64(block.length / bytesPerUnit))
	return a.sharedSpan(block.offset, block.length)
}

// give returns the offset of a new block with a text.
func (a args) give(text string) uint64 {
	a.call.meter.charge(int64(len(text) / bytesPerUnit))
	offset := a.call.alloc(uint64(len(text)))
	if offset != 0 {
		copy(a.sharedSpan(offset, uint64(len(text))), text)
	}
	return offset
}

func extismAlloc(a args) uint64 { return a.call.alloc(a.stack[0]) }

// free(offset) takes a block back. What is no block, or has been freed, is left
// as it is, as Extism does.
func extismFree(a args) hostabi.Result {
	m := &a.call.shared().extismMemory
	if block, i := m.find(a.stack[0]); block != nil {
		block.freed = true
		m.free[block.room] = append(m.free[block.room], i)
	}
	return 0
}

// length(offset) returns the length of a block, 0 for what is none.
func extismLength(a args) uint64 {
	block, _ := a.call.shared().find(a.stack[0])
	if block == nil {
		return 0
	}
	return block.length
}
