package wasm

import "fmt"

// ValueType is the type of a value.
type ValueType byte

// The types.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	V128      ValueType = 0x7b
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
)

// EmptyBlock is the type of a block that takes and gives nothing.
const EmptyBlock = 0x40

// ValueType reads a type. One that the second version of the specification does
// not have is a fault: with those of later proposals even the length of what
// follows is another.
func (r *Reader) ValueType() ValueType {
	t := ValueType(r.Byte())
	if r.err == nil {
		if err := t.check(); err != nil {
			r.Fail(err)
		}
	}
	return t
}

// ValueTypes reads a vector of types, a byte for each.
func (r *Reader) ValueTypes() []byte {
	n := r.Count()
	all := r.Rest()
	for i := uint32(0); i < n && r.err == nil; i++ {
		r.ValueType()
	}
	if r.err != nil {
		return nil
	}
	return all[:n:n]
}

func (t ValueType) check() error {
	switch t {
	case I32, I64, F32, F64, V128, FuncRef, ExternRef:
		return nil
	case 0x63, 0x64:
		return fmt.Errorf("typed function references are not supported (type %#x)", byte(t))
	case 0x69, 0x74:
		return fmt.Errorf("exceptions are not supported (type %#x)", byte(t))
	}
	return fmt.Errorf("values of the type %#x are not supported", byte(t))
}

// blockType reads the type of a block: the index of a function's type, or one
// below zero.
func (r *Reader) blockType() int64 {
	const low = 0x7f
	t := r.S33()
	if t < 0 && r.err == nil && t != EmptyBlock-low-1 {
		if err := ValueType(t & low).check(); err != nil || t < -low {
			r.Fail(fmt.Errorf("a block of the type %d: %w", t, err))
		}
	}
	return t
}
