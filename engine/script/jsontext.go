package script

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

// memberNames returns the source text of the names of an object's members,
// quotes included.
func memberNames(object *jsonvalue.Value) [][]byte {
	names := make([][]byte, len(object.Members))
	rest := object.Raw[1:]
	for i := range object.Members {
		rest = skipSpace(rest)
		if rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
		end := quotedEnd(rest)
		names[i] = rest[:end]
		rest = skipSpace(rest[end:])
		rest = skipSpace(rest[1:])
		rest = rest[len(object.Members[i].Value.Raw):]
	}
	return names
}

func skipSpace(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

// quotedEnd returns the length of the quoted text that begins here.
func quotedEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
}

// appendQuoted appends a string as JSON.stringify quotes it: ECMA-262,
// QuoteJSONString. Surrogates without their partner are escaped.
func appendQuoted(dst []byte, s goja.String) []byte {
	text := s.String()
	if !strings.ContainsRune(text, utf8.RuneError) {
		return appendQuotedText(dst, text)
	}
	units := make([]uint16, s.Length())
	for i := range units {
		units[i] = s.CharAt(i)
	}
	dst = append(dst, '"')
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if !utf16.IsSurrogate(r) {
			dst = appendRune(dst, r)
			continue
		}
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != utf8.RuneError {
				dst = utf8.AppendRune(dst, pair)
				i++
				continue
			}
		}
		dst = appendEscape(dst, r)
	}
	return append(dst, '"')
}

func appendQuotedText(dst []byte, text string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			dst = appendRune(append(dst, text[from:i]...), rune(c))
			from = i + 1
		}
	}
	return append(append(dst, text[from:]...), '"')
}

func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if r < ' ' {
		return appendEscape(dst, r)
	}
	return utf8.AppendRune(dst, r)
}

func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&0xf], hex[r>>8&0xf], hex[r>>4&0xf], hex[r&0xf])
}
