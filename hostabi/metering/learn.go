package metering

import (
	"fmt"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// learn notes what the code must know of a section: the types, how many
// functions and globals there are, and where the code of each function is.
func (rw *rewriter) learn(s wasm.Section) error {
	r := s.Reader()
	switch s.ID {
	case wasm.SectionType:
		r.Each(func() {
			params, results := r.FunctionType()
			rw.types = append(rw.types, signature{params, results})
			few(r, len(rw.types))
		})
	case wasm.SectionImport:
		r.Each(func() { rw.learnImport(r, r.Import()) })
	case wasm.SectionFunction:
		r.Each(func() {
			rw.functions = append(rw.functions, rw.typeIndex(r, r.U32()))
			few(r, len(rw.functions))
		})
	case wasm.SectionGlobal:
		rw.globals += r.Count()
	case wasm.SectionCode:
		r.Each(func() {
			src := r.Sub(r.U32())
			rw.bodies = append(rw.bodies, body{code: src.Rest(), base: src.Offset()})
			few(r, len(rw.bodies))
		})
	}
	if r.Err() != nil {
		return fmt.Errorf("section %d: %w", s.ID, r.Err())
	}
	return nil
}

func (rw *rewriter) learnImport(r *wasm.Reader, i wasm.Import) {
	switch {
	case i.Kind == wasm.KindGlobal:
		rw.globals++
	case i.Kind != wasm.KindFunction:
	case i.Module == rw.opts.TickModule && i.Name == rw.opts.TickName:
		r.Fail(fmt.Errorf("%w: the module imports %q.%q", ErrReserved, i.Module, i.Name))
	default:
		rw.typeIndex(r, i.Type)
		rw.imported++
	}
}

func (rw *rewriter) typeIndex(r *wasm.Reader, index uint32) uint32 {
	if uint64(index) >= uint64(len(rw.types)) {
		r.Fail(fmt.Errorf("there is no type %d", index))
		return 0
	}
	return index
}

// few makes a fault of more than [MaxItems].
func few(r *wasm.Reader, n int) {
	if n > MaxItems {
		r.Fail(fmt.Errorf("%w: more than %d", ErrItems, MaxItems))
	}
}
