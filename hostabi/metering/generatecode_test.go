package metering_test

import "github.com/hookseal/hookseal/hostabi/internal/wasm"

// deepest is how far expressions are nested.
const deepest = 5

// pick returns the first for an i32 and the second for an i64.
func pick[T any](t byte, first, second T) T {
	if t == i32[0] {
		return first
	}
	return second
}

func (g *generator) op(op wasm.Opcode, immediates ...byte) {
	g.raw(append([]byte{byte(op)}, immediates...)...)
}

// value writes what leaves one value of a type.
func (g *generator) value(t byte) {
	n := g.choose(15)
	if g.depth >= deepest {
		n %= 4
	}
	g.depth++
	switch n {
	case 0:
		g.op(pick(t, wasm.OpI32Const, wasm.OpI64Const), byte(g.choose(64)))
	case 1, 2:
		g.op(wasm.OpLocalGet, g.local(t))
	case 3:
		g.op(wasm.OpGlobalGet, pick[byte](t, 0, 1))
	case 4, 5:
		g.values(string([]byte{t, t}))
		g.raw(pick[byte](t, 0x6a, 0x7c) + byte(g.choose(15))) // add to rotr, divisions among them
	case 6:
		g.values(i32)
		g.raw(pick[byte](t, 0x28, 0x29), 0, 0) // load
	case 7:
		g.value(pick(t, i64[0], i32[0]))
		g.raw(pick[byte](t, 0xa7, 0xac)) // wrap, extend
	case 8:
		g.values(i32)
		g.block(wasm.OpIf, t, string(t), func() {
			g.statement()
			g.value(t)
			g.op(wasm.OpElse)
			g.value(t)
		})
	case 9:
		g.block(wasm.OpBlock, t, string(t), func() {
			g.values(string(t) + i32)
			g.op(wasm.OpBrIf, 0)
			g.statement()
		})
	case 10:
		g.block(wasm.OpLoop, t, "", func() {
			g.statement()
			g.values(i32)
			g.op(wasm.OpBrIf, 0)
			g.value(t)
		})
	case 11:
		g.drop(g.call())
		g.value(t)
	case 12:
		g.values(string([]byte{t, t}) + i32)
		g.op(wasm.OpSelect)
	case 13:
		g.values(i32)
		g.op(wasm.OpMemoryGrow, 0)
		if t != i32[0] {
			g.raw(0xac)
		}
	case 14:
		g.value(t)
		g.op(wasm.OpLocalTee, g.local(t))
	}
	g.depth--
}

// drop keeps results in locals.
func (g *generator) drop(results string) {
	for i := len(results) - 1; i >= 0; i-- {
		g.op(wasm.OpLocalSet, g.local(results[i]))
	}
}

// statement writes what leaves nothing.
func (g *generator) statement() {
	n := g.choose(16)
	if g.depth >= deepest {
		n %= 4
	}
	t := pick(byte(0x7f-g.choose(2)), i32[0], i64[0])
	g.depth++
	switch n {
	case 0:
		g.op(wasm.OpNop)
	case 1:
		g.value(t)
		g.op(wasm.OpLocalSet, g.local(t))
	case 2:
		g.value(t)
		g.op(wasm.OpGlobalSet, pick[byte](t, 0, 1))
	case 3:
		g.values(i32 + i64)
		g.raw(0x37, 0, 0) // i64.store
	case 4:
		g.values(i32)
		g.block(wasm.OpIf, wasm.EmptyBlock, "", func() {
			g.statement()
			g.op(wasm.OpElse)
			g.statement()
		})
	case 5:
		g.block(wasm.OpBlock, wasm.EmptyBlock, "", func() { g.statement(); g.statement() })
	case 6, 7:
		g.block(wasm.OpLoop, wasm.EmptyBlock, "", func() { g.statement(); g.statement() })
	case 8:
		g.drop(g.call())
	case 9, 10:
		g.branch()
	case 11:
		g.values(signaturesMade[g.function][1])
		g.op(wasm.OpReturn)
		if g.choose(2) == 0 {
			g.raw(0x45, byte(wasm.OpDrop)) // i32.eqz and drop of nothing: what is not reached may do so
		}
	case 12:
		g.op(wasm.OpUnreachable)
	case 13:
		g.values(i32 + i32 + i32)
		switch op := byte(wasm.MiscMemoryInit + g.choose(8)); op {
		case wasm.MiscMemoryInit, wasm.MiscMemoryCopy, wasm.MiscTableCopy:
			g.op(wasm.OpMisc, op, 0, 0)
		case wasm.MiscMemoryFill:
			g.op(wasm.OpMisc, op, 0)
		default:
			g.raw(byte(wasm.OpDrop), byte(wasm.OpDrop), byte(wasm.OpDrop))
		}
	case 14:
		g.op(wasm.OpRefNull, byte(wasm.FuncRef))
		g.values(i32)
		g.op(wasm.OpMisc, wasm.MiscTableGrow, 0, byte(wasm.OpDrop))
	case 15:
		g.values(i32)
		g.op(wasm.OpRefNull, byte(wasm.FuncRef))
		g.values(i32)
		g.op(wasm.OpMisc, wasm.MiscTableFill, 0)
	}
	g.depth--
}

// branch writes a branch to a label that takes nothing.
func (g *generator) branch() {
	label, ok := g.target()
	switch n := g.choose(3); {
	case !ok:
		g.op(wasm.OpNop)
	case n == 0:
		g.values(i32)
		g.op(wasm.OpBrIf, label)
	case n == 1:
		g.op(wasm.OpBr, label)
	case n == 2:
		second, ok := g.target()
		if !ok {
			second = label
		}
		g.values(i32)
		g.op(wasm.OpBrTable, 1, label, second)
	}
}
