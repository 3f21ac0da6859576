package metering

import (
	"fmt"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// longer begins a section with so many items more than r announces, and copies
// those that are there.
func longer(r *wasm.Reader, more int) []byte {
	n := uint64(r.Count()) + uint64(more)
	out := appendUnsigned(nil, n)
	return append(out, r.Take(uint32(r.Len()))...)
}

func (rw *rewriter) typeSection(r *wasm.Reader) []byte {
	out := longer(r, 1+len(rw.added))
	for _, s := range append([]signature{{[]byte{byte(wasm.I64)}, []byte{byte(wasm.I64)}}}, rw.added...) {
		out = append(out, 0x60)
		out = appendSized(out, s.params)
		out = appendSized(out, s.results)
	}
	return out
}

func (rw *rewriter) importSection(r *wasm.Reader) []byte {
	out := longer(r, 1)
	out = appendSized(out, []byte(rw.opts.TickModule))
	out = appendSized(out, []byte(rw.opts.TickName))
	out = append(out, byte(wasm.KindFunction))
	return appendUnsigned(out, uint64(rw.tickType()))
}

func (rw *rewriter) globalSection(r *wasm.Reader) []byte {
	n := r.Count()
	out := appendUnsigned(nil, uint64(n)+2)
	for ; n > 0 && r.Err() == nil; n-- {
		typed := r.Rest()
		r.GlobalType()
		out = append(out, typed[:len(typed)-r.Len()]...)
		out = rw.constant(r, out)
	}
	const mutable = 1
	out = append(out, byte(wasm.I64), mutable, byte(wasm.OpI64Const), 0, byte(wasm.OpEnd))
	out = append(out, byte(wasm.I32), mutable, byte(wasm.OpI32Const))
	out = appendSigned(out, int64(rw.opts.StackBytes))
	return append(out, byte(wasm.OpEnd))
}

func (rw *rewriter) exportSection(r *wasm.Reader) []byte {
	n := r.Count()
	out := appendUnsigned(nil, uint64(n)+2)
	for ; n > 0 && r.Err() == nil; n-- {
		name, kind, index := r.Name(), wasm.Kind(r.Byte()), r.U32()
		switch {
		case name == rw.opts.Fuel || name == rw.opts.Stack:
			r.Fail(fmt.Errorf("%w: the module exports %q", ErrReserved, name))
		case kind == wasm.KindFunction:
			index = rw.moved(r, index)
		case kind == wasm.KindGlobal:
			rw.global(r, index)
		}
		out = appendExport(out, name, kind, index)
	}
	out = appendExport(out, rw.opts.Fuel, wasm.KindGlobal, rw.fuel())
	return appendExport(out, rw.opts.Stack, wasm.KindGlobal, rw.stack())
}

func appendExport(out []byte, name string, kind wasm.Kind, index uint32) []byte {
	out = appendSized(out, []byte(name))
	out = append(out, byte(kind))
	return appendUnsigned(out, uint64(index))
}

func (rw *rewriter) startSection(r *wasm.Reader) []byte {
	return appendUnsigned(nil, uint64(rw.moved(r, r.U32())))
}

// elementSection moves the functions that segments name.
func (rw *rewriter) elementSection(r *wasm.Reader) []byte {
	n := r.Count()
	out := appendUnsigned(nil, uint64(n))
	for ; n > 0 && r.Err() == nil; n-- {
		flags := r.ElementFlags()
		out = appendUnsigned(out, uint64(flags))
		if flags.Table() {
			out = appendUnsigned(out, uint64(r.U32()))
		}
		if flags.Active() {
			out = rw.constant(r, out)
		}
		switch {
		case !flags.Typed():
		case flags.Expressions():
			out = append(out, byte(r.ValueType()))
		default:
			out = append(out, r.Byte())
		}
		items := r.Count()
		out = appendUnsigned(out, uint64(items))
		for ; items > 0 && r.Err() == nil; items-- {
			if flags.Expressions() {
				out = rw.constant(r, out)
			} else {
				out = appendUnsigned(out, uint64(rw.moved(r, r.U32())))
			}
		}
	}
	return out
}

// constant copies a constant expression.
func (rw *rewriter) constant(r *wasm.Reader, out []byte) []byte {
	for r.Err() == nil {
		i := r.Instruction()
		switch i.Op {
		case wasm.OpRefFunc:
			out = append(out, byte(i.Op))
			out = appendUnsigned(out, uint64(rw.moved(r, i.Index)))
			continue
		case wasm.OpGlobalGet:
			rw.global(r, i.Index)
		}
		out = append(out, i.Bytes...)
		if i.Op == wasm.OpEnd {
			break
		}
	}
	return out
}

// moved moves the index of a function that r has just read.
func (rw *rewriter) moved(r *wasm.Reader, index uint32) uint32 {
	if !rw.isFunction(index) {
		r.Fail(fmt.Errorf("there is no function %d", index))
	}
	return rw.function(index)
}

// global makes a fault of a global that the module has not.
func (rw *rewriter) global(r *wasm.Reader, index uint32) {
	if index >= rw.globals {
		r.Fail(fmt.Errorf("there is no global %d", index))
	}
}
