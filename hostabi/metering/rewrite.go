package metering

import (
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// Rewrite returns the module with its meter. The module is not changed.
//
// A module that is valid stays valid, and does what it did before, until its fuel
// or stack is used up. One that is not may be refused or give a module that is
// not valid either; Rewrite does not validate, but it refuses every index that is
// out of range, so that no module reaches the meter itself.
//
// The error is [ErrSize], [ErrLocals], [ErrItems], [ErrReserved], or says at which byte the
// module is not what the second version of the specification allows; for tail
// calls, exceptions, threads and the like it names them.
func Rewrite(module []byte, opts Options) ([]byte, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	sections, err := wasm.Sections(module)
	if err != nil {
		return nil, err
	}
	rw := &rewriter{opts: opts, wrappers: map[string]uint32{}}
	for _, s := range sections {
		if err := rw.learn(s); err != nil {
			return nil, err
		}
	}
	if len(rw.functions) != len(rw.bodies) {
		return nil, fmt.Errorf("%d functions are declared and %d have code", len(rw.functions), len(rw.bodies))
	}
	if err := rw.survey(); err != nil {
		return nil, err
	}
	code, err := rw.code()
	if err != nil {
		return nil, err
	}
	return rw.assemble(sections, code, len(module))
}

// rewriter is the work on one module.
type rewriter struct {
	opts  Options
	types []signature
	// wrappers are the types of blocks that give the results of a function, by
	// the results; they are added behind the module's own, as the type of tick is.
	wrappers map[string]uint32
	added    []signature
	// imported counts the imported functions, globals all globals.
	imported, globals uint32
	// functions are the types of the functions that the module defines.
	functions []uint32
	bodies    []body
}

// signature is the type of a function.
type signature struct{ params, results []byte }

// tick is the index of the import that is added.
func (rw *rewriter) tick() uint32 { return rw.imported }

// tickType is the index of its type.
func (rw *rewriter) tickType() uint32 { return uint32(len(rw.types)) }

// fuel and stack are the indexes of the globals that are added.
func (rw *rewriter) fuel() uint32  { return rw.globals }
func (rw *rewriter) stack() uint32 { return rw.globals + 1 }

// function moves the index of a function.
func (rw *rewriter) function(index uint32) uint32 {
	if index < rw.imported {
		return index
	}
	return index + 1
}

// isFunction reports whether the module has a function of the index.
func (rw *rewriter) isFunction(index uint32) bool {
	return uint64(index) < uint64(rw.imported)+uint64(len(rw.functions))
}

// wrapper returns the type of a block that gives the results.
func (rw *rewriter) wrapper(results []byte) []byte {
	switch len(results) {
	case 0:
		return []byte{wasm.EmptyBlock}
	case 1:
		return results
	}
	index, ok := rw.wrappers[string(results)]
	if !ok {
		rw.added = append(rw.added, signature{results: results})
		index = rw.tickType() + uint32(len(rw.added))
		rw.wrappers[string(results)] = index
	}
	return appendSigned(nil, int64(index))
}

// assemble puts the sections together again. Those that the meter needs and the
// module has not are added in their places.
func (rw *rewriter) assemble(sections []wasm.Section, code []byte, size int) ([]byte, error) {
	out := append(make([]byte, 0, size+len(code)), wasm.Header...)
	for _, s := range complete(sections) {
		content, err := rw.section(s, code)
		if err != nil {
			return nil, err
		}
		if content == nil {
			continue
		}
		out = append(out, byte(s.ID))
		out = appendSized(out, content)
		if len(out) > rw.opts.limit() {
			return nil, fmt.Errorf("%w: more than %d bytes", ErrSize, rw.opts.limit())
		}
	}
	return out, nil
}

// complete returns the sections with empty ones where the meter needs one that is
// not there.
func complete(sections []wasm.Section) []wasm.Section {
	needed := []wasm.SectionID{wasm.SectionType, wasm.SectionImport, wasm.SectionGlobal, wasm.SectionExport}
	var out []wasm.Section
	for _, s := range sections {
		for s.ID != wasm.SectionCustom && len(needed) > 0 && needed[0].Rank() <= s.ID.Rank() {
			if needed[0] != s.ID {
				out = append(out, wasm.Section{ID: needed[0], Content: []byte{0}})
			}
			needed = needed[1:]
		}
		out = append(out, s)
	}
	for _, id := range needed {
		out = append(out, wasm.Section{ID: id, Content: []byte{0}})
	}
	return out
}

// section returns the new content of a section, nil to leave it out.
func (rw *rewriter) section(s wasm.Section, code []byte) ([]byte, error) {
	r := s.Reader()
	var out []byte
	switch s.ID {
	case wasm.SectionCustom:
		return rw.custom(r)
	case wasm.SectionType:
		out = rw.typeSection(r)
	case wasm.SectionImport:
		out = rw.importSection(r)
	case wasm.SectionGlobal:
		out = rw.globalSection(r)
	case wasm.SectionExport:
		out = rw.exportSection(r)
	case wasm.SectionStart:
		out = rw.startSection(r)
	case wasm.SectionElement:
		out = rw.elementSection(r)
	case wasm.SectionCode:
		return code, nil
	default:
		return s.Content, nil
	}
	r.End()
	if r.Err() != nil {
		return nil, fmt.Errorf("section %d: %w", s.ID, r.Err())
	}
	return out, nil
}

// custom returns a custom section as it is to be, nil to leave it out.
func (rw *rewriter) custom(r *wasm.Reader) ([]byte, error) {
	whole := r.Rest()
	name := r.Name()
	switch {
	case r.Err() != nil:
		return nil, fmt.Errorf("a custom section: %w", r.Err())
	case name == "name":
		return rw.nameSection(r), nil
	case name == "linking", name == "sourceMappingURL", strings.HasPrefix(name, ".debug_"),
		strings.HasPrefix(name, "reloc."), strings.HasPrefix(name, "metadata.code."):
		return nil, nil
	}
	return whole, nil
}
