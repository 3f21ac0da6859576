package jsonvalue

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// What [Ambiguity] finds.
const (
	DuplicateName = "duplicate member name"
	InvalidUTF8   = "invalid UTF-8"
	ByteOrderMark = "byte order mark"
	LoneSurrogate = "lone surrogate"
)

// Ambiguity says in which way two readers could understand src differently, ""
// when they cannot: [ByteOrderMark] at the beginning, [InvalidUTF8] anywhere, a
// [DuplicateName] in any object, a [LoneSurrogate] in any string or name; the
// first of these where there are several.
//
// It does not judge whether src is JSON: [Lookup], [Parse] and [AppendStringify]
// do, and of a text that they refuse it says what it can tell. How many digits of
// a number a reader keeps is no ambiguity in this sense.
func Ambiguity(src []byte) string {
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return ByteOrderMark
	}
	if !utf8.Valid(src) {
		return InvalidUTF8
	}
	var (
		text  [512]byte
		names [32]span
		opens [16]int
		slots [64]uint32
	)
	r := reviewer{text: text[:0], names: names[:0], opens: opens[:0]}
	r.set.slots = slots[:0]
	r.in.src = src
	return r.run()
}

// reviewer reads a text and keeps the names of the open objects.
type reviewer struct {
	in    scanner
	text  []byte // the names, decoded
	names []span // pieces of text
	opens []int  // for each open object the number of its first name
	set   nameSet
	lone  bool // there was a lone surrogate
}

func (r *reviewer) run() string {
	for {
		t, err := r.in.next()
		if err != nil || t.what == tokenEnd {
			break
		}
		switch t.what {
		case tokenScalar, tokenName:
			r.lone = r.lone || t.escaped && hasLoneSurrogate(r.in.src[t.start+1:t.end-1])
			if t.what == tokenName {
				start := len(r.text)
				r.text = appendText(r.text, r.in.src[t.start:t.end])
				r.names = append(r.names, span{start, len(r.text)})
			}
		case tokenBeginObject:
			r.opens = append(r.opens, len(r.names))
		case tokenEndObject:
			if r.repeats() {
				return DuplicateName
			}
		}
	}
	if r.lone {
		return LoneSurrogate
	}
	return ""
}

// repeats ends the innermost object, forgets its names and reports whether one
// of them occurs twice.
func (r *reviewer) repeats() bool {
	open := r.opens[len(r.opens)-1]
	text, names := r.text, r.names[open:]
	r.opens = r.opens[:len(r.opens)-1]
	r.names = r.names[:open]
	if len(names) > 0 {
		r.text = text[:names[0].start]
	}
	return r.set.repeated(text, names)
}

// hasLoneSurrogate looks for an escaped surrogate without its partner in the
// inside of a string that is valid UTF-8.
func hasLoneSurrogate(b []byte) bool {
	for len(b) > 0 {
		escape := bytes.IndexByte(b, '\\')
		if escape < 0 {
			return false
		}
		b = b[escape:]
		r, size := codePoint(b)
		if utf16.IsSurrogate(r) {
			return true
		}
		b = b[size:]
	}
	return false
}
