package metering_test

import (
	"errors"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
	"github.com/hookseal/hookseal/hostabi/metering"
)

// modest returns a module without its custom sections, and whether it announces no
// more than it has and needs little: the compiler believes every count, and makes
// room for it before it looks further.
func modest(module []byte) ([]byte, bool) {
	sections, err := wasm.Sections(module)
	if err != nil {
		return nil, false
	}
	var kept []string
	for _, s := range sections {
		r := s.Reader()
		walk(s.ID, r)
		if r.Err() != nil {
			return nil, false
		}
		if s.ID != wasm.SectionCustom {
			kept = append(kept, section(s.ID, string(s.Content)))
		}
	}
	return assemble(kept...), true
}

var errImmodest = errors.New("too much")

// walk reads a section to where the compiler believes no more counts.
func walk(id wasm.SectionID, r *wasm.Reader) {
	switch id {
	case wasm.SectionType:
		r.Each(func() { r.FunctionType() })
	case wasm.SectionImport:
		r.Each(func() { r.Import() })
	case wasm.SectionFunction:
		r.Count()
	case wasm.SectionTable:
		r.Each(func() { r.ValueType(); few(r) })
	case wasm.SectionMemory:
		r.Each(func() { few(r) })
	case wasm.SectionGlobal:
		r.Each(func() { r.GlobalType(); r.Constant() })
	case wasm.SectionExport:
		r.Each(func() { r.Name(); r.Byte(); r.U32() })
	case wasm.SectionElement:
		r.Each(r.ElementSegment)
	case wasm.SectionCode:
		r.Each(func() { function(r) })
	case wasm.SectionData:
		r.Each(r.DataSegment)
	}
}

func few(r *wasm.Reader) {
	if r.Limits() > 1000 {
		r.Fail(errImmodest)
	}
}

func function(r *wasm.Reader) {
	b := r.Sub(r.U32())
	locals := uint64(0)
	b.Each(func() { locals += uint64(b.U32()); b.ValueType() })
	for b.Len() > 0 {
		b.Instruction()
	}
	if b.Err() != nil || locals > metering.MaxLocals {
		r.Fail(errImmodest)
	}
}
