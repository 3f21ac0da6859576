package host

import (
	"bytes"
	"errors"
	"fmt"
)

var errNotModule = errors.New("not a WebAssembly module of version 1")

// The sections by number.
const (
	sectionCustom byte = iota
	sectionType
	sectionImport
	sectionFunction
	sectionTable
	sectionMemory
	sectionGlobal
	sectionExport
	sectionStart
	sectionElement
	sectionCode
	sectionData
	sectionDataCount
)

// inspect reads a module from end to end. It takes any bytes, and allocates no
// more than in proportion to them: the compiler believes every count that it is
// told before it has seen the items, so what has not gone through here must not
// reach it. Whether the module is valid is left to the compiler.
func inspect(code []byte) (*module, error) {
	rest, ok := bytes.CutPrefix(code, []byte("\x00asm\x01\x00\x00\x00"))
	if !ok {
		return nil, errNotModule
	}
	m := &module{}
	r := &reader{src: rest}
	for len(r.src) > 0 {
		at := len(code) - len(r.src)
		id := r.byte()
		content := &reader{src: r.take(r.u32())}
		whole := content.src
		if r.err == nil && (id != sectionCustom || named(whole)) {
			m.sections = append(m.sections, section{id, whole})
			m.read(id, content)
		}
		if r.err != nil || content.err != nil || id > sectionDataCount {
			return nil, fmt.Errorf("section %d at byte %d is cut off or unknown", id, at)
		}
	}
	return m, nil
}

func (m *module) read(id byte, r *reader) {
	switch id {
	case sectionType:
		r.each(r.functionType)
	case sectionImport:
		r.each(func() { m.imports = append(m.imports, r.imported()) })
	case sectionFunction:
		r.each(func() { r.u32() })
	case sectionTable:
		r.each(func() {
			r.byte()
			m.entries += r.limits()
		})
	case sectionMemory:
		r.each(func() { m.memory += r.limits() })
	case sectionGlobal:
		index := uint32(0)
		r.each(func() {
			m.global(index, r.byte(), r.byte())
			index++
			r.constant()
		})
	case sectionExport:
		r.each(func() {
			m.exports = append(m.exports, exported{r.name(), r.byte()})
			r.u32()
		})
	case sectionElement:
		r.each(r.elementSegment)
	case sectionCode:
		r.each(func() { r.function(&m.effects) })
	case sectionData:
		r.each(r.dataSegment)
	}
}

// global notes a global. Its index is right because a module that imports
// globals is refused.
func (m *module) global(index uint32, valueType, mutable byte) {
	const f64, i32 = 0x7c, 0x7f
	switch {
	case mutable == 0:
	case f64 <= valueType && valueType <= i32:
		m.mutable = append(m.mutable, index)
	default:
		m.opaque = true
	}
}
