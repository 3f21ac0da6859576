package host

import (
	"encoding/binary"
	"strconv"
)

// globalName is the export under which the host finds the i-th mutable global.
func globalName(i int) string { return "hookseal.global." + strconv.Itoa(i) }

// withGlobalsExported returns the module with an export for every mutable
// global, so that they can be put back. Nothing else changes: the export section
// gets longer.
func (m *module) withGlobalsExported() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range m.sections {
		content := s.content
		if s.id == sectionExport {
			content = m.exportSection(content)
		}
		out = append(out, s.id)
		out = binary.AppendUvarint(out, uint64(len(content)))
		out = append(out, content...)
	}
	return out
}

func (m *module) exportSection(content []byte) []byte {
	r := &reader{src: content}
	count := r.u32()
	out := binary.AppendUvarint(nil, uint64(count)+uint64(len(m.mutable)))
	out = append(out, r.src...)
	for i, global := range m.mutable {
		name := globalName(i)
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
		out = append(out, kindGlobal)
		out = binary.AppendUvarint(out, uint64(global))
	}
	return out
}
