package metering

import "github.com/hookseal/hookseal/hostabi/internal/wasm"

// operandCharge says how an instruction is charged beside the one unit that every
// instruction costs. The operand that counts is the last in each case.
type operandCharge int

const (
	chargeNothing operandCharge = iota
	// chargeBytes is before the instruction, for a number of bytes.
	chargeBytes
	// chargeEntries is before the instruction, for a number of entries.
	chargeEntries
	// chargePages is behind the instruction, if it grew the memory: a program may
	// ask for more than it gets, and go on with less.
	chargePages
)

// The prices: a unit is about the time of an instruction.
const (
	bytesShift = 3  // 8 bytes a unit
	pagesShift = 12 // 16 bytes a unit, a page has 64 KiB
)

func charge(i wasm.Instruction) operandCharge {
	switch {
	case i.Op == wasm.OpMemoryGrow:
		return chargePages
	case i.Op != wasm.OpMisc:
		return chargeNothing
	}
	switch i.Sub {
	case wasm.MiscMemoryInit, wasm.MiscMemoryCopy, wasm.MiscMemoryFill:
		return chargeBytes
	case wasm.MiscTableInit, wasm.MiscTableCopy, wasm.MiscTableFill, wasm.MiscTableGrow:
		return chargeEntries
	}
	return chargeNothing
}

// bulk writes an instruction with its charge. The operand and the result go
// through two locals, which stand behind those of the function.
func (f *function) bulk(i wasm.Instruction, how operandCharge) {
	operand, result := f.body.slots, f.body.slots+1
	switch how {
	case chargeBytes, chargeEntries:
		f.op(wasm.OpLocalTee, operand)
		f.take(operand, how)
		f.out = append(f.out, i.Bytes...)
	case chargePages:
		f.op(wasm.OpLocalTee, operand)
		f.out = append(f.out, i.Bytes...)
		f.op(wasm.OpLocalTee, result)
		f.out = append(f.out, byte(wasm.OpI32Const), 0x7f) // -1: refused
		f.out = append(f.out, byte(wasm.OpI32Ne), byte(wasm.OpIf), wasm.EmptyBlock)
		f.take(operand, how)
		f.out = append(f.out, byte(wasm.OpEnd))
		f.op(wasm.OpLocalGet, result)
	}
}

// take takes the price of the operand off the fuel.
func (f *function) take(operand uint32, how operandCharge) {
	f.op(wasm.OpGlobalGet, f.rw.fuel())
	f.op(wasm.OpLocalGet, operand)
	f.out = append(f.out, byte(wasm.OpI64ExtendU))
	switch how {
	case chargeBytes:
		f.out = append(f.out, byte(wasm.OpI64Const), bytesShift, byte(wasm.OpI64ShrU))
	case chargePages:
		f.out = append(f.out, byte(wasm.OpI64Const), pagesShift, byte(wasm.OpI64Shl))
	}
	f.out = append(f.out, byte(wasm.OpI64Sub))
	f.op(wasm.OpGlobalSet, f.rw.fuel())
	f.out = f.rw.appendCheck(f.out)
}
