package host

// effects is what the instructions of a module may do beside computing and
// writing to memory and globals.
type effects struct {
	// state says that they may change state that the host cannot put back: the
	// content of a table, or which segments are still there.
	state      bool
	growsTable bool
}

// The instructions that are told apart, numbered as in
// https://www.w3.org/TR/wasm-core-2/#binary-instr.
const (
	opBlock        = 0x02
	opIf           = 0x04
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opCall         = 0x10
	opCallIndirect = 0x11
	opSelectTyped  = 0x1c
	opLocalGet     = 0x20
	opTableSet     = 0x26
	opLoadFirst    = 0x28
	opStoreLast    = 0x3e
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opPlainFirst   = 0x45
	opPlainLast    = 0xc4
	opRefNull      = 0xd0
	opRefIsNull    = 0xd1
	opRefFunc      = 0xd2
	opMisc         = 0xfc
	opVector       = 0xfd
)

// function reads one function of the code section: its locals, then its
// instructions.
func (r *reader) function(e *effects) {
	body := &reader{src: r.take(r.u32())}
	body.each(func() {
		body.u32()
		body.byte()
	})
	for len(body.src) > 0 {
		body.instruction(e)
	}
	if body.err != nil {
		r.fail()
	}
}

// constant reads a constant expression, which ends with an end.
func (r *reader) constant() {
	for r.err == nil {
		if r.instruction(&effects{}) == opEnd {
			return
		}
	}
}

// instruction reads one instruction with its immediates and returns its opcode.
// One that the second version of the specification does not have is a fault: the
// host could not tell what it changes.
func (r *reader) instruction(e *effects) byte {
	op := r.byte()
	switch {
	case op == 0x00, op == 0x01, op == 0x05, op == opEnd, op == 0x0f, op == 0x1a, op == 0x1b, op == opRefIsNull,
		opPlainFirst <= op && op <= opPlainLast:
	case opBlock <= op && op <= opIf, op == opI32Const, op == opI64Const:
		r.integer()
	case op == opBr, op == opBrIf, op == opCall, op == opRefFunc, op == opMemorySize, op == opMemoryGrow,
		op == opRefNull, opLocalGet <= op && op < opTableSet:
		r.u32()
	case op == opTableSet:
		r.u32()
		e.state = true
	case op == opBrTable:
		r.each(func() { r.u32() })
		r.u32()
	case op == opCallIndirect, opLoadFirst <= op && op <= opStoreLast:
		r.u32()
		r.u32()
	case op == opSelectTyped:
		r.each(func() { r.byte() })
	case op == opF32Const:
		r.take(4)
	case op == opF64Const:
		r.take(8)
	case op == opMisc:
		r.misc(e)
	case op == opVector:
		r.vector()
	default:
		r.fail()
	}
	return op
}

// misc reads the instructions behind the prefix 0xfc: saturating conversions,
// bulk memory and tables.
func (r *reader) misc(e *effects) {
	switch op := r.u32(); op {
	case 0, 1, 2, 3, 4, 5, 6, 7:
	case 8, 10: // memory.init, memory.copy
		r.u32()
		r.u32()
	case 11: // memory.fill
		r.u32()
	case 9, 13, 17: // data.drop, elem.drop, table.fill
		r.u32()
		e.state = true
	case 12, 14: // table.init, table.copy
		r.u32()
		r.u32()
		e.state = true
	case 15: // table.grow
		r.u32()
		e.state, e.growsTable = true, true
	case 16: // table.size
		r.u32()
	default:
		r.fail()
	}
}

// vector reads the instructions behind the prefix 0xfd.
func (r *reader) vector() {
	switch op := r.u32(); {
	case op <= 11, op == 92, op == 93: // loads and stores
		r.u32()
		r.u32()
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		r.take(16)
	case 21 <= op && op <= 34: // lanes
		r.byte()
	case 84 <= op && op <= 91: // loads and stores of a lane
		r.u32()
		r.u32()
		r.byte()
	case op > 255:
		r.fail()
	}
}
