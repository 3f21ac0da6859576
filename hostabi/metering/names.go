package metering

import "github.com/hookseal/hookseal/hostabi/internal/wasm"

// nameSection moves the functions that the name section names. The names of
// labels are left out, because functions have labels more than before. A section
// that is not whole is left out as well: names are no part of what runs.
func (rw *rewriter) nameSection(r *wasm.Reader) []byte {
	const whole, functions, locals, labels = 0, 1, 2, 3
	out := appendSized(nil, []byte("name"))
	for r.Len() > 0 {
		id := r.Byte()
		sub := r.Sub(r.U32())
		var content []byte
		switch id {
		case whole:
			content = appendName(sub, nil)
		case functions:
			content = rw.nameMap(sub, func(out []byte) []byte { return appendName(sub, out) })
		case locals:
			content = rw.nameMap(sub, func(out []byte) []byte { return appendNames(sub, out) })
		case labels:
			continue
		default:
			content = sub.Take(uint32(sub.Len()))
		}
		sub.End()
		if sub.Err() != nil {
			return nil
		}
		out = append(out, id)
		out = appendSized(out, content)
	}
	return out
}

// nameMap copies a map by the index of a function; value copies what is behind
// the index.
func (rw *rewriter) nameMap(r *wasm.Reader, value func(out []byte) []byte) []byte {
	n := r.Count()
	out := appendUnsigned(nil, uint64(n))
	for ; n > 0 && r.Err() == nil; n-- {
		index := r.U32()
		out = value(appendUnsigned(out, uint64(rw.function(index))))
	}
	return out
}

func appendName(r *wasm.Reader, out []byte) []byte { return appendSized(out, r.Take(r.U32())) }

// appendNames copies a map from indexes to names.
func appendNames(r *wasm.Reader, out []byte) []byte {
	n := r.Count()
	out = appendUnsigned(out, uint64(n))
	for ; n > 0 && r.Err() == nil; n-- {
		out = appendUnsigned(out, uint64(r.U32()))
		out = appendName(r, out)
	}
	return out
}
