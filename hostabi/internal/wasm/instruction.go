package wasm

import (
	"errors"
	"fmt"
)

// Opcode is the first byte of an instruction.
type Opcode byte

// The instructions that are told apart, numbered as in
// https://www.w3.org/TR/wasm-core-2/#binary-instr.
const (
	OpUnreachable  Opcode = 0x00
	OpNop          Opcode = 0x01
	OpBlock        Opcode = 0x02
	OpLoop         Opcode = 0x03
	OpIf           Opcode = 0x04
	OpElse         Opcode = 0x05
	OpEnd          Opcode = 0x0b
	OpBr           Opcode = 0x0c
	OpBrIf         Opcode = 0x0d
	OpBrTable      Opcode = 0x0e
	OpReturn       Opcode = 0x0f
	OpCall         Opcode = 0x10
	OpCallIndirect Opcode = 0x11
	OpDrop         Opcode = 0x1a
	OpSelect       Opcode = 0x1b
	OpSelectTyped  Opcode = 0x1c
	OpLocalGet     Opcode = 0x20
	OpLocalSet     Opcode = 0x21
	OpLocalTee     Opcode = 0x22
	OpGlobalGet    Opcode = 0x23
	OpGlobalSet    Opcode = 0x24
	OpTableGet     Opcode = 0x25
	OpTableSet     Opcode = 0x26
	OpI32Load      Opcode = 0x28
	OpI64Store32   Opcode = 0x3e
	OpMemorySize   Opcode = 0x3f
	OpMemoryGrow   Opcode = 0x40
	OpI32Const     Opcode = 0x41
	OpI64Const     Opcode = 0x42
	OpF32Const     Opcode = 0x43
	OpF64Const     Opcode = 0x44
	OpI32Eqz       Opcode = 0x45
	OpI32Ne        Opcode = 0x47
	OpI32LtS       Opcode = 0x48
	OpI64LtS       Opcode = 0x53
	OpI32Add       Opcode = 0x6a
	OpI32Sub       Opcode = 0x6b
	OpI64Sub       Opcode = 0x7d
	OpI64Shl       Opcode = 0x86
	OpI64ShrU      Opcode = 0x88
	OpI64ExtendU   Opcode = 0xad
	OpI64Extend32S Opcode = 0xc4
	OpRefNull      Opcode = 0xd0
	OpRefIsNull    Opcode = 0xd1
	OpRefFunc      Opcode = 0xd2
	OpMisc         Opcode = 0xfc
	OpVector       Opcode = 0xfd
)

// The instructions behind [OpMisc] that are told apart; those below are the
// saturating conversions.
const (
	MiscMemoryInit = 8 + iota
	MiscDataDrop
	MiscMemoryCopy
	MiscMemoryFill
	MiscTableInit
	MiscElemDrop
	MiscTableCopy
	MiscTableGrow
	MiscTableSize
	MiscTableFill
)

// Instruction is one instruction with those of its immediates that matter here.
type Instruction struct {
	Op Opcode
	// Sub is the number behind [OpMisc] and [OpVector].
	Sub uint32
	// Index is the first index that the instruction names (of a local, a global, a
	// function, a label, a type, a table or a segment), for [OpBrTable] the
	// greatest label.
	Index uint32
	// Block is the type of a block, a loop or an if: the index of a type, or
	// negative.
	Block int64
	// Bytes is the whole instruction.
	Bytes []byte
}

var errUnknown = errors.New("there is no such instruction")

// Instruction reads one instruction. One that the second version of the
// specification does not have is a fault that names its proposal.
func (r *Reader) Instruction() Instruction {
	start := r.at
	i := Instruction{Op: Opcode(r.Byte())}
	switch op := i.Op; {
	case op <= OpNop, op == OpElse, op == OpEnd, op == OpReturn, op == OpDrop, op == OpSelect, op == OpRefIsNull,
		OpI32Eqz <= op && op <= OpI64Extend32S:
	case op <= OpIf:
		i.Block = r.blockType()
	case op == OpBr, op == OpBrIf, op == OpCall, op == OpRefFunc, op == OpMemorySize, op == OpMemoryGrow,
		OpLocalGet <= op && op <= OpTableSet:
		i.Index = r.U32()
	case op == OpBrTable:
		r.Each(func() { i.Index = max(i.Index, r.U32()) })
		i.Index = max(i.Index, r.U32())
	case op == OpCallIndirect, OpI32Load <= op && op <= OpI64Store32:
		i.Index = r.U32()
		r.U32()
	case op == OpSelectTyped:
		r.ValueTypes()
	case op == OpRefNull:
		r.ValueType()
	case op == OpI32Const:
		r.skipInteger(5)
	case op == OpI64Const:
		r.skipInteger(10)
	case op == OpF32Const:
		r.Take(4)
	case op == OpF64Const:
		r.Take(8)
	case op == OpMisc:
		i.Sub = r.U32()
		r.misc(&i)
	case op == OpVector:
		i.Sub = r.U32()
		r.vector(i.Sub)
	default:
		r.Fail(refusal(op))
	}
	i.Bytes = r.src[start:r.at]
	return i
}

// refusal says why an opcode is not read.
func refusal(op Opcode) error {
	switch op {
	case 0x12, 0x13:
		return fmt.Errorf("tail calls are not supported (opcode %#x)", byte(op))
	case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f:
		return fmt.Errorf("exceptions are not supported (opcode %#x)", byte(op))
	case 0x14, 0x15, 0xd4, 0xd5, 0xd6:
		return fmt.Errorf("typed function references are not supported (opcode %#x)", byte(op))
	case 0xfb:
		return fmt.Errorf("garbage-collected types are not supported (opcode %#x)", byte(op))
	case 0xfe:
		return fmt.Errorf("threads are not supported (opcode %#x)", byte(op))
	}
	return fmt.Errorf("%w (opcode %#x)", errUnknown, byte(op))
}

// misc reads the immediates of the instructions behind [OpMisc].
func (r *Reader) misc(i *Instruction) {
	switch i.Sub {
	case 0, 1, 2, 3, 4, 5, 6, 7:
	case MiscMemoryInit, MiscMemoryCopy, MiscTableInit, MiscTableCopy:
		i.Index = r.U32()
		r.U32()
	case MiscDataDrop, MiscMemoryFill, MiscElemDrop, MiscTableGrow, MiscTableSize, MiscTableFill:
		i.Index = r.U32()
	default:
		r.Fail(fmt.Errorf("%w (opcode 0xfc %d)", errUnknown, i.Sub))
	}
}

// vector reads the immediates of the instructions behind [OpVector].
func (r *Reader) vector(sub uint32) {
	switch {
	case sub <= 11, sub == 92, sub == 93: // loads and stores
		r.U32()
		r.U32()
	case sub == 12, sub == 13: // v128.const, i8x16.shuffle
		r.Take(16)
	case 21 <= sub && sub <= 34: // lanes
		r.Byte()
	case 84 <= sub && sub <= 91: // loads and stores of a lane
		r.U32()
		r.U32()
		r.Byte()
	case sub > 255:
		r.Fail(fmt.Errorf("relaxed vector instructions are not supported (opcode 0xfd %d)", sub))
	}
}
