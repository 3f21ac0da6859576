package metering

import (
	"fmt"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// body is the code of a function that the module defines.
type body struct {
	signature
	// groups is how many groups of locals there are, and locals the bytes of them.
	groups uint32
	locals []byte
	// slots counts the parameters and locals, wide those that are vectors.
	slots, wide uint32
	// code is the instructions, before the survey the locals too. It begins at the
	// offset base of the module.
	code []byte
	base int
	// instructions counts them, vectors those that work on vectors.
	instructions, vectors uint32
	// small says that the function has no loop, no call and nothing whose work
	// depends on an operand, and is short: its callers are charged for it.
	small bool
	// bulk says that the function needs locals to charge for instructions whose
	// work depends on an operand.
	bulk bool
}

// smallest is how many instructions a function may have to be charged by its
// callers.
const smallest = 24

// survey reads every function once, so that all is known of every callee when the
// second pass writes the calls. It refuses every index that is out of range.
func (rw *rewriter) survey() error {
	for i := range rw.bodies {
		b := &rw.bodies[i]
		b.signature = rw.types[rw.functions[i]]
		r := wasm.NewReader(b.code, b.base)
		b.readLocals(r)
		b.code, b.base = r.Rest(), r.Offset()
		rw.surveyCode(b, r)
		if r.Err() != nil {
			return fmt.Errorf("function %d: %w", uint64(rw.imported)+uint64(i), r.Err())
		}
	}
	return nil
}

func (b *body) readLocals(r *wasm.Reader) {
	total := uint64(len(b.params))
	for _, t := range b.params {
		if wasm.ValueType(t) == wasm.V128 {
			b.wide++
		}
	}
	b.groups = r.Count()
	before := r.Rest()
	for n := b.groups; n > 0 && r.Err() == nil; n-- {
		count, t := r.U32(), r.ValueType()
		total += uint64(count)
		if t == wasm.V128 {
			b.wide += count
		}
		if total > MaxLocals {
			r.Fail(fmt.Errorf("%w: more than %d", ErrLocals, MaxLocals))
		}
	}
	if r.Err() == nil {
		b.slots = uint32(total)
		b.locals = before[:len(before)-r.Len()]
	}
}

// surveyCode reads the instructions of a function.
func (rw *rewriter) surveyCode(b *body, r *wasm.Reader) {
	b.small = true
	depth := uint32(1)
	for depth > 0 && r.Err() == nil {
		i := r.Instruction()
		b.instructions++
		switch i.Op {
		case wasm.OpBlock, wasm.OpIf, wasm.OpLoop:
			depth++
			if i.Block >= 0 {
				rw.typeIndex(r, uint32(min(i.Block, 1<<32-1)))
			}
		case wasm.OpEnd:
			depth--
		case wasm.OpVector:
			b.vectors++
		default:
			rw.surveyInstruction(b, r, i, depth)
		}
		if i.Op == wasm.OpLoop || i.Op == wasm.OpCall || i.Op == wasm.OpCallIndirect {
			b.small = false
		}
	}
	r.End()
	b.small = b.small && !b.bulk && b.instructions <= smallest
}

// surveyInstruction refuses indexes that are out of range.
func (rw *rewriter) surveyInstruction(b *body, r *wasm.Reader, i wasm.Instruction, depth uint32) {
	switch i.Op {
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
		if i.Index >= depth {
			r.Fail(fmt.Errorf("there is no label %d", i.Index))
		}
	case wasm.OpCall, wasm.OpRefFunc:
		rw.moved(r, i.Index)
	case wasm.OpCallIndirect:
		rw.typeIndex(r, i.Index)
	case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
		if i.Index >= b.slots {
			r.Fail(fmt.Errorf("there is no local %d", i.Index))
		}
	case wasm.OpGlobalGet, wasm.OpGlobalSet:
		rw.global(r, i.Index)
	}
	b.bulk = b.bulk || charge(i) != chargeNothing
}
