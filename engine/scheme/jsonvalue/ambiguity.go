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
	return ambiguousText(src)
}

// ambiguousText is Ambiguity of what a text says, its bytes being UTF-8.
func ambiguousText(src []byte) string {
	var (
		decoded [512]byte
		names   [32]span
		first   [16]int
		slots   [64]uint32
	)
	in := scanner{src: src}
	open := openObjects{names[:0], first[:0]}
	set := nameSet{slots: slots[:0]}
	text := decoded[:0] // the names of the open objects
	lone := false
	for {
		t, err := in.next()
		if err != nil || t.what == tokenEnd {
			break
		}
		lone = lone || t.escaped && hasLoneSurrogate(src[t.start+1:t.end-1])
		switch t.what {
		case tokenName:
			start := len(text)
			text = appendText(text, src[t.start:t.end])
			open = open.add(span{start, len(text)})
		case tokenBeginObject:
			open = open.begin()
		case tokenEndObject:
			var members []span
			open, members = open.end()
			if set.repeated(text, members) {
				return DuplicateName
			}
			if len(members) > 0 {
				text = text[:members[0].start]
			}
		}
	}
	if lone {
		return LoneSurrogate
	}
	return ""
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
