package host

import (
	"fmt"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// inspect reads a module from end to end. It takes any bytes, and allocates no
// more than in proportion to them: the compiler believes every count that it is
// told before it has seen the items, so what has not gone through here must not
// reach it. Whether the module is valid is left to the compiler.
//
// Custom sections but the one that holds names are left out of what is compiled,
// since the compiler would read some of them; the names are checked when the
// module gets its meter.
func inspect(code []byte) (*module, error) {
	sections, err := wasm.Sections(code)
	if err != nil {
		return nil, err
	}
	m := &module{}
	for _, s := range sections {
		r := s.Reader()
		if s.ID == wasm.SectionCustom && r.Name() != "name" {
			continue
		}
		m.read(s.ID, r)
		if r.Err() != nil {
			return nil, fmt.Errorf("section %d: %w", s.ID, r.Err())
		}
		m.sections = append(m.sections, s)
	}
	return m, nil
}

func (m *module) read(id wasm.SectionID, r *wasm.Reader) {
	switch id {
	case wasm.SectionType:
		r.Each(func() { r.FunctionType() })
	case wasm.SectionImport:
		r.Each(func() { m.imports = append(m.imports, imported{r.Import()}) })
	case wasm.SectionFunction:
		r.Each(func() { r.U32() })
	case wasm.SectionTable:
		r.Each(func() {
			r.ValueType()
			m.entries += uint64(r.Limits())
		})
	case wasm.SectionMemory:
		r.Each(func() { m.memory += uint64(r.Limits()) })
	case wasm.SectionGlobal:
		r.Each(func() {
			m.global(r.GlobalType())
			r.Constant()
		})
	case wasm.SectionExport:
		r.Each(func() {
			m.exports = append(m.exports, exported{r.Name(), wasm.Kind(r.Byte())})
			r.U32()
		})
	case wasm.SectionElement:
		r.Each(r.ElementSegment)
	case wasm.SectionCode:
		r.Each(func() { m.effects.function(r) })
	case wasm.SectionData:
		r.Each(r.DataSegment)
	}
}

// global notes the next global. Its index is right because a module that imports
// globals is refused.
func (m *module) global(t wasm.ValueType, mutable bool) {
	index := m.globals
	m.globals++
	switch t {
	case wasm.I32, wasm.I64, wasm.F32, wasm.F64:
		if mutable {
			m.mutable = append(m.mutable, index)
		}
	default:
		m.opaque = m.opaque || mutable
	}
}

// effects is what the instructions of a module may do beside computing and
// writing to memory and globals.
type effects struct {
	// state says that they may change state that the host cannot put back: the
	// content of a table, or which segments are still there.
	state      bool
	growsTable bool
}

// function reads one function of the code section.
func (e *effects) function(r *wasm.Reader) {
	body := r.Sub(r.U32())
	body.Each(func() {
		body.U32()
		body.ValueType()
	})
	for body.Len() > 0 {
		e.note(body.Instruction())
	}
	if body.Err() != nil {
		r.Fail(body.Err())
	}
}

func (e *effects) note(i wasm.Instruction) {
	switch {
	case i.Op == wasm.OpTableSet:
		e.state = true
	case i.Op != wasm.OpMisc:
	case i.Sub == wasm.MiscTableGrow:
		e.state, e.growsTable = true, true
	case i.Sub == wasm.MiscDataDrop, i.Sub == wasm.MiscElemDrop, i.Sub == wasm.MiscTableFill,
		i.Sub == wasm.MiscTableInit, i.Sub == wasm.MiscTableCopy:
		e.state = true
	}
}
