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
		first [16]int
		slots [64]uint32
	)
	in := scanner{src: src}
	open := openObjects{names[:0], first[:0]}
	set := nameSet{slots: slots[:0]}
	var order ordering
	out := dst
	for {
		t, err := in.next()
		if err != nil {
			return dst, err
		}
		if t.comma {
			out = append(out, ',')
		}
		switch t.what {
		case tokenEnd:
			return order.apply(out, len(dst)), nil
		case tokenScalar:
			out = appendScalar(out, src, t)
		case tokenName:
			start := len(out)
			out = appendString(out, src, t)
			open = open.add(span{start, len(out)})
			out = append(out, ':')
		case tokenBeginObject:
			open = open.begin()
			out = append(out, '{')
		case tokenEndObject:
			out = append(out, '}')
			var members []span
			open, members = open.end()
			order.judge(&set, out, members)
		case tokenBeginArray:
			out = append(out, '[')
		case tokenEndArray:
			out = append(out, ']')
		}
	}
}

func appendScalar(dst, src []byte, t token) []byte {
	switch t.kind {
	case String:
		return appendString(dst, src, t)
	case Number:
		return appendStringifiedNumber(dst, src[t.start:t.end])
	}
	return append(dst, src[t.start:t.end]...)
}

// appendString writes a name or a string.
func appendString(dst, src []byte, t token) []byte {
	raw := src[t.start:t.end]
	if !t.escaped && (t.ascii || utf8.Valid(raw)) {
		return append(dst, raw...)
	}
	dst = append(dst, '"')
	for b := raw[1 : len(raw)-1]; len(b) > 0; {
		if n := ordinary(b); n > 0 {
			dst = append(dst, b[:n]...)
			b = b[n:]
			continue
		}
		r, size := codePoint(b)
		dst = appendQuoted(dst, r)
		b = b[size:]
	}
	return append(dst, '"')
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

// AppendQuote appends a text as JSON.stringify writes it. A byte that is not
// UTF-8 becomes U+FFFD.
func AppendQuote(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for _, r := range text {
		dst = appendQuoted(dst, r)
	}
	return append(dst, '"')
}
