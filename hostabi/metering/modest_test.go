package metering_test

import (
	"errors"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
	"github.com/hookseal/hookseal/hostabi/metering"
)

// modest reports whether a module announces no more than it has and needs little:
// the compiler believes every count, and makes room for it before it looks further.
func modest(module []byte) bool {
	sections, err := wasm.Sections(module)
	if err != nil {
		return false
	}
	for _, s := range sections {
		r := s.Reader()
		if walk(s.ID, r); r.Err() != nil {
			return false
		}
	}
	return true
}

var errImmodest = errors.New("too much")

// walk reads a section to where the compiler believes no more counts.
func walk(id wasm.SectionID, r *wasm.Reader) {
	switch id {
	case wasm.SectionCustom:
		if r.Name() == "name" {
			names(r)
		}
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

func names(r *wasm.Reader) {
	for r.Len() > 0 {
		id := r.Byte()
		sub := r.Sub(r.U32())
		name := func() { sub.U32(); sub.Name() }
		switch id {
		case 0:
			sub.Name()
		case 1:
			sub.Each(name)
		case 2:
			sub.Each(func() { sub.U32(); sub.Each(name) })
		}
		if sub.Err() != nil {
			r.Fail(errImmodest)
		}
	}
}
