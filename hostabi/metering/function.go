package metering

import (
	"fmt"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// code writes the code section.
func (rw *rewriter) code() ([]byte, error) {
	out := appendUnsigned(nil, uint64(len(rw.bodies)))
	var f function
	for i := range rw.bodies {
		b := &rw.bodies[i]
		f.begin(rw, b)
		r := wasm.NewReader(b.code, b.base)
		for r.Len() > 0 {
			f.write(r.Instruction())
		}
		out = f.finish(out)
		if len(out) > rw.opts.limit() {
			return nil, fmt.Errorf("%w: more than %d bytes of code", ErrSize, rw.opts.limit())
		}
	}
	return out, nil
}

// function writes the code of one function. What is charged is put in at the end,
// when it is known.
type function struct {
	rw   *rewriter
	body *body
	out  []byte
	ledger
	// open are the blocks that are open, true for a loop.
	open []bool
	// dead says that what follows is not reached, until a block ends.
	dead bool
	// deep says that the function may be part of a recursion.
	deep bool
	// scratch holds the function while it is put together.
	scratch []byte
}

func (f *function) begin(rw *rewriter, b *body) {
	*f = function{
		rw: rw, body: b, out: f.out[:0], scratch: f.scratch[:0], open: append(f.open[:0], false),
		ledger: ledger{sites: f.sites[:0], heads: f.heads[:0]},
	}
	f.ledger.begin(0)
}

// write writes one instruction.
func (f *function) write(i wasm.Instruction) {
	if !f.dead {
		f.run += f.cost(i)
	}
	switch i.Op {
	case wasm.OpBlock, wasm.OpIf, wasm.OpLoop:
		f.writeBlock(i)
	case wasm.OpElse:
		f.copy(i)
		f.cut(len(f.out))
		f.dead = false
	case wasm.OpEnd:
		f.writeEnd(i)
	case wasm.OpBr, wasm.OpBrTable, wasm.OpUnreachable:
		f.copy(i)
		f.dead = true
	case wasm.OpReturn:
		// The label of the function, which is that of the block around its code.
		f.op(wasm.OpBr, uint32(len(f.open)-1))
		f.dead = true
	case wasm.OpBrIf:
		f.copy(i)
		f.cut(len(f.out))
	case wasm.OpCall, wasm.OpRefFunc:
		f.op(i.Op, f.rw.function(i.Index))
	default:
		if how := charge(i); how != chargeNothing && !f.dead {
			f.bulk(i, how)
		} else {
			f.copy(i)
		}
	}
	if f.run >= longestBlock {
		f.cut(len(f.out))
	}
}

func (f *function) copy(i wasm.Instruction) { f.out = append(f.out, i.Bytes...) }

func (f *function) op(op wasm.Opcode, index uint32) {
	f.out = append(f.out, byte(op))
	f.out = appendUnsigned(f.out, uint64(index))
}

func (f *function) writeBlock(i wasm.Instruction) {
	loop := i.Op == wasm.OpLoop
	f.open = append(f.open, loop)
	if loop {
		f.cut(len(f.out))
	}
	f.copy(i)
	switch {
	case loop:
		f.ledger.begin(len(f.out))
	case i.Op == wasm.OpIf:
		f.cut(len(f.out))
	}
}

func (f *function) writeEnd(i wasm.Instruction) {
	f.copy(i)
	f.cut(len(f.out))
	last := len(f.open) - 1
	if f.open[last] {
		f.end()
	}
	f.open = f.open[:last]
	f.dead = false
}

// cost returns what an instruction costs, beside what its operands do.
func (f *function) cost(i wasm.Instruction) uint32 {
	switch i.Op {
	case wasm.OpCallIndirect:
		f.deep = true
		return 1 + smallest
	case wasm.OpCall:
		if i.Index < f.rw.imported {
			return 1
		}
		callee := &f.rw.bodies[i.Index-f.rw.imported]
		if callee.small {
			return 1 + callee.instructions
		}
		f.deep = true
	}
	return 1
}

// finish appends the function to the code section.
func (f *function) finish(out []byte) []byte {
	b := f.body
	s := f.scratch
	if b.bulk {
		s = appendUnsigned(s, uint64(b.groups)+1)
		s = append(s, b.locals...)
		s = append(s, 2, byte(wasm.I32))
	} else {
		s = appendUnsigned(s, uint64(b.groups))
		s = append(s, b.locals...)
	}
	frame := f.frame()
	if f.deep {
		s = f.rw.appendEnter(s, frame)
		s = append(s, byte(wasm.OpBlock))
		s = append(s, f.rw.wrapper(b.results)...)
	}
	at := 0
	for _, site := range f.sites {
		s = append(s, f.out[at:site.at]...)
		at = site.at
		if !b.small {
			s = f.rw.appendCharge(s, site)
		}
	}
	s = append(s, f.out[at:]...)
	if f.deep {
		s = f.rw.appendLeave(s, frame)
		s = append(s, byte(wasm.OpEnd))
	}
	f.scratch = s
	return appendSized(out, s)
}

// frame estimates the size of the function's frame in bytes. A compiler keeps a
// place for every local and for what lives across a call; of the latter it makes
// the more, the longer the function is, and the larger where it is a vector.
func (f *function) frame() uint32 {
	const fixed, word, vector, most = 96, 8, 16, 1 << 24
	b := f.body
	return fixed + word*(b.slots-b.wide) + vector*b.wide + min(b.instructions, most) + 3*min(b.vectors, most)
}
