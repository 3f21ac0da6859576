package wasm

import (
	"bytes"
	"errors"
	"fmt"
)

// SectionID says what a section holds.
type SectionID byte

// The sections.
const (
	SectionCustom SectionID = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount
)

// Rank returns the place of a section in the order that the format demands,
// which is not that of the numbers.
func (id SectionID) Rank() int {
	switch id {
	case SectionDataCount:
		return int(SectionCode)
	case SectionCode, SectionData:
		return int(id) + 1
	}
	return int(id)
}

// Header is what a module begins with: the magic number and version 1.
const Header = "\x00asm\x01\x00\x00\x00"

// ErrNotModule says that something does not begin with [Header].
var ErrNotModule = errors.New("not a WebAssembly module of version 1")

// notModule says what somebody has who took it for a module.
func notModule(code []byte) error {
	rest, wasm := bytes.CutPrefix(code, []byte(Header[:4]))
	switch {
	case len(code) == 0:
		return fmt.Errorf("%w: it is empty", ErrNotModule)
	case wasm && bytes.HasPrefix(rest, []byte("\x0d\x00\x01\x00")):
		return fmt.Errorf("%w: it is a component; build a core module, in Rust for wasm32-unknown-unknown or wasm32-wasip1", ErrNotModule)
	case wasm && len(rest) < 4:
		return fmt.Errorf("%w: its header is cut off", ErrNotModule)
	case wasm:
		return fmt.Errorf("%w: it is of version %#x", ErrNotModule, rest[:4])
	case bytes.HasPrefix(code, []byte("\x1f\x8b")):
		return fmt.Errorf("%w: it is compressed by gzip", ErrNotModule)
	}
	return fmt.Errorf("%w: it does not begin with \\0asm", ErrNotModule)
}

// Section is one section of a module.
type Section struct {
	ID      SectionID
	Content []byte
	// Offset is where the content begins in the module.
	Offset int
}

// Reader returns a reader of the content.
func (s Section) Reader() *Reader { return NewReader(s.Content, s.Offset) }

// Sections splits a module. It returns [ErrNotModule], wrapped,
// or an error that names the
// section which is cut off, unknown, out of order or there twice.
func Sections(module []byte) ([]Section, error) {
	rest, ok := bytes.CutPrefix(module, []byte(Header))
	if !ok {
		return nil, notModule(module)
	}
	var sections []Section
	rank := 0
	r := NewReader(rest, len(Header))
	for r.Len() > 0 {
		at := r.Offset()
		id := SectionID(r.Byte())
		content := r.Sub(r.U32())
		switch {
		case r.Err() != nil || id > SectionDataCount:
			return nil, fmt.Errorf("section %d at byte %d is cut off or unknown", id, at)
		case id != SectionCustom && id.Rank() <= rank:
			return nil, fmt.Errorf("section %d at byte %d is out of order", id, at)
		case id != SectionCustom:
			rank = id.Rank()
		}
		sections = append(sections, Section{id, content.Rest(), content.Offset()})
	}
	return sections, nil
}

// Kind says what an import or export is.
type Kind byte

// The kinds.
const (
	KindFunction Kind = iota
	KindTable
	KindMemory
	KindGlobal
)

// Import is one entry of the import section.
type Import struct {
	Module, Name string
	Kind         Kind
	// Type is the index of a function's type.
	Type uint32
}

// Import reads one entry of the import section.
func (r *Reader) Import() Import {
	i := Import{Module: r.Name(), Name: r.Name(), Kind: Kind(r.Byte())}
	switch i.Kind {
	case KindFunction:
		i.Type = r.U32()
	case KindTable:
		r.ValueType()
		r.Limits()
	case KindMemory:
		r.Limits()
	case KindGlobal:
		r.GlobalType()
	default:
		r.Fail(fmt.Errorf("the import %.64q.%.64q is of the unknown kind %d", i.Module, i.Name, i.Kind))
	}
	return i
}

// GlobalType reads the type of a global.
func (r *Reader) GlobalType() (t ValueType, mutable bool) {
	return r.ValueType(), r.Byte() != 0
}

// Limits reads the limits of a table or memory and returns the lower one.
func (r *Reader) Limits() uint32 {
	bounded := r.Byte()&1 == 1
	least := r.U32()
	if bounded {
		r.U32()
	}
	return least
}

// FunctionType reads an entry of the type section: parameters and results, a
// byte for each.
func (r *Reader) FunctionType() (params, results []byte) {
	if form := r.Byte(); form != 0x60 && r.err == nil {
		r.Fail(fmt.Errorf("a type of the form %#x is not supported", form))
	}
	return r.ValueTypes(), r.ValueTypes()
}
