package jsonvalue

import (
	"unicode/utf16"
	"unicode/utf8"
)

// AppendStringify appends to dst what JSON.stringify(JSON.parse(text)) gives in
// ECMAScript, in UTF-8, where text is src decoded as the package comment says.
//
// It returns dst as it was with a [SyntaxError] where JSON.parse throws, for a
// byte order mark too, which Buffer.toString of Node.js keeps; and [ErrDepth].
// dst and src must not overlap. A text that is already in this form costs one
// pass, and no memory but for dst unless its objects have more than 32 members.
// The result is at most six times as long as src.
func AppendStringify(dst, src []byte) ([]byte, error) {
	var (
		names [32]span
		opens [16]int
		slots [64]uint32
	)
	w := writer{base: len(dst), out: dst, names: names[:0], opens: opens[:0]}
	w.set.slots = slots[:0]
	w.in.src = src
	if err := w.run(); err != nil {
		return dst, err
	}
	if len(w.disordered) > 0 {
		return w.reordered(), nil
	}
	return w.out, nil
}

// writer writes the tokens of a text in their order, and notes the objects whose
// members ECMAScript has in another one.
type writer struct {
	in   scanner
	out  []byte
	base int // where the text begins in out
	// names are those of the members of all open objects, as pieces of out with
	// their quotes; two names are equal when these are.
	names []span
	// opens has for each open object the number of its first name.
	opens      []int
	set        nameSet
	disordered []disorder
	members    []span // of the disordered objects, in ECMAScript's order
}

func (w *writer) run() error {
	for {
		t, err := w.in.next()
		if err != nil {
			return err
		}
		if t.comma {
			w.out = append(w.out, ',')
		}
		switch t.what {
		case tokenEnd:
			return nil
		case tokenScalar:
			w.scalar(t)
		case tokenName:
			start := len(w.out)
			w.quoted(t)
			w.names = append(w.names, span{start, len(w.out)})
			w.out = append(w.out, ':')
		case tokenBeginObject:
			w.opens = append(w.opens, len(w.names))
			w.out = append(w.out, '{')
		case tokenEndObject:
			w.out = append(w.out, '}')
			w.closeObject()
		case tokenBeginArray:
			w.out = append(w.out, '[')
		case tokenEndArray:
			w.out = append(w.out, ']')
		}
	}
}

func (w *writer) scalar(t token) {
	switch t.kind {
	case String:
		w.quoted(t)
	case Number:
		w.out = appendStringifiedNumber(w.out, w.in.src[t.start:t.end])
	default:
		w.out = append(w.out, w.in.src[t.start:t.end]...)
	}
}

// quoted writes a name or a string.
func (w *writer) quoted(t token) {
	raw := w.in.src[t.start:t.end]
	if !t.escaped && (t.ascii || utf8.Valid(raw)) {
		w.out = append(w.out, raw...)
		return
	}
	w.out = append(w.out, '"')
	for b := raw[1 : len(raw)-1]; len(b) > 0; {
		if n := ordinary(b); n > 0 {
			w.out = append(w.out, b[:n]...)
			b = b[n:]
			continue
		}
		r, size := codePoint(b)
		w.out = appendQuoted(w.out, r)
		b = b[size:]
	}
	w.out = append(w.out, '"')
}

// appendQuoted appends one code point as QuoteJSONString of ECMA-262 does.
func appendQuoted(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\t':
		return append(dst, `\t`...)
	case '\n':
		return append(dst, `\n`...)
	case '\f':
		return append(dst, `\f`...)
	case '\r':
		return append(dst, `\r`...)
	}
	if r >= ' ' && !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r)
	}
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
