package wasm

import "fmt"

// Constant reads a constant expression, which ends with an end.
func (r *Reader) Constant() {
	for r.err == nil && r.Instruction().Op != OpEnd {
	}
}

// ElementFlags say what an element segment is: active unless bit 0 is set; with
// its table (active) or declarative (else) if bit 1 is set; with expressions in
// place of indexes if bit 2 is set.
type ElementFlags uint32

// ElementFlags reads the flags of an element segment.
func (r *Reader) ElementFlags() ElementFlags {
	flags := ElementFlags(r.U32())
	if flags > 7 {
		r.Fail(fmt.Errorf("an element segment has the unknown flags %d", flags))
	}
	return flags
}

// Active reports whether the segment has an offset.
func (f ElementFlags) Active() bool { return f&1 == 0 }

// Table reports whether the segment names its table.
func (f ElementFlags) Table() bool { return f&3 == 2 }

// Typed reports whether the segment names the kind or the type of its items.
func (f ElementFlags) Typed() bool { return f&3 != 0 }

// Expressions reports whether the items are expressions.
func (f ElementFlags) Expressions() bool { return f&4 != 0 }

// ElementSegment reads one segment of the element section.
func (r *Reader) ElementSegment() {
	flags := r.ElementFlags()
	if flags.Table() {
		r.U32()
	}
	if flags.Active() {
		r.Constant()
	}
	if flags.Typed() {
		r.Byte()
	}
	if flags.Expressions() {
		r.Each(r.Constant)
		return
	}
	r.Each(func() { r.U32() })
}

// DataSegment reads one segment of the data section.
func (r *Reader) DataSegment() {
	const active, passive, activeElsewhere = 0, 1, 2
	switch flags := r.U32(); flags {
	case active:
		r.Constant()
	case passive:
	case activeElsewhere:
		r.U32()
		r.Constant()
	default:
		r.Fail(fmt.Errorf("a data segment has the unknown flags %d", flags))
	}
	r.Take(r.U32())
}
