package jsonvalue

import (
	"unicode/utf16"
	"unicode/utf8"
)

// AppendUTF16 appends the code units of a text as this package gives it: WTF-8,
// as the package comment describes it. A byte that is neither UTF-8 nor part of
// a surrogate becomes U+FFFD; this package gives none.
func AppendUTF16(dst []uint16, text string) []uint16 {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			if s, ok := surrogateAt(text[i:]); ok {
				dst = append(dst, s)
				i += 3
				continue
			}
		}
		dst = utf16.AppendRune(dst, r)
		i += size
	}
	return dst
}

// surrogateAt reads the three bytes in which WTF-8 writes a lone surrogate.
func surrogateAt(text string) (unit uint16, ok bool) {
	if len(text) < 3 || text[0] != 0xed || text[1]&0xe0 != 0xa0 || text[2]&0xc0 != 0x80 {
		return 0, false
	}
	return 0xd000 | uint16(text[1]&0x3f)<<6 | uint16(text[2]&0x3f), true
}

// appendText appends what a quoted name or string means, in WTF-8.
func appendText(dst, quoted []byte) []byte {
	b := quoted[1 : len(quoted)-1]
	for len(b) > 0 {
		n := ordinary(b)
		dst = append(dst, b[:n]...)
		if b = b[n:]; len(b) == 0 {
			break
		}
		r, size := codePoint(b)
		dst = appendWTF8(dst, r)
		b = b[size:]
	}
	return dst
}

func appendWTF8(dst []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f))
	}
	return utf8.AppendRune(dst, r)
}

// codePoint decodes what stands at the beginning of b, inside a string that the
// scanner took: an escape, two that make one surrogate pair, or a character. It
// returns a surrogate only for an escape without partner.
func codePoint(b []byte) (r rune, size int) {
	if b[0] != '\\' {
		return character(b)
	}
	switch b[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return rune(b[1]), 2
	}
	r = codeUnit(b)
	if utf16.IsSurrogate(r) && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if pair := utf16.DecodeRune(r, codeUnit(b[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

// codeUnit reads the four digits of an escape such as \u00e9.
func codeUnit(b []byte) rune {
	return hexDigit(b[2])<<12 | hexDigit(b[3])<<8 | hexDigit(b[4])<<4 | hexDigit(b[5])
}

// character decodes one character, or U+FFFD for a maximal subpart: the longest
// beginning of a character that is not one, at least a byte (WHATWG Encoding,
// UTF-8 decoder; package unicode/utf8 would take each byte by itself).
func character(b []byte) (r rune, size int) {
	r, size = utf8.DecodeRune(b)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	low, high, more := byte(0x80), byte(0xbf), 0
	switch lead := b[0]; {
	case lead >= 0xc2 && lead <= 0xdf:
		more = 1
	case lead >= 0xe0 && lead <= 0xef:
		more = 2
		if lead == 0xe0 {
			low = 0xa0
		} else if lead == 0xed {
			high = 0x9f
		}
	case lead >= 0xf0 && lead <= 0xf4:
		more = 3
		if lead == 0xf0 {
			low = 0x90
		} else if lead == 0xf4 {
			high = 0x8f
		}
	}
	for size < more && size < len(b) && b[size] >= low && b[size] <= high {
		low, high = 0x80, 0xbf
		size++
	}
	return utf8.RuneError, size
}
