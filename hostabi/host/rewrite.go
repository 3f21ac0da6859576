package host

import (
	"encoding/binary"
	"strconv"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// globalName is the export under which the host finds the i-th mutable global.
func globalName(i int) string { return "hookseal.global." + strconv.Itoa(i) }

// withGlobalsExported returns the module with an export for every mutable
// global, so that they can be put back. Nothing else changes: the export section
// gets longer.
func (m *module) withGlobalsExported() []byte {
	out := []byte(wasm.Header)
	for _, s := range m.sections {
		content := s.Content
		if s.ID == wasm.SectionExport {
			content = m.exportSection(s.Reader())
		}
		out = append(out, byte(s.ID))
		out = binary.AppendUvarint(out, uint64(len(content)))
		out = append(out, content...)
	}
	return out
}

func (m *module) exportSection(r *wasm.Reader) []byte {
	out := binary.AppendUvarint(nil, uint64(r.Count())+uint64(len(m.mutable)))
	out = append(out, r.Rest()...)
	for i, global := range m.mutable {
		name := globalName(i)
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
		out = append(out, byte(wasm.KindGlobal))
		out = binary.AppendUvarint(out, uint64(global))
	}
	return out
}
