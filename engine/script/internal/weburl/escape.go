package weburl

import (
	"strings"
	"unicode/utf8"
)

// The percent-encode sets of the standard, beyond control characters and
// everything that is not ASCII.
const (
	inFragment = " \"<>`"
	inQuery    = " \"#<>"
	inSpecial  = inQuery + "'"
	inPath     = inQuery + "?^`{}"
	inUserinfo = inPath + "/:;=@[\\]|"
)

// escape percent-encodes the characters of a set.
func escape(text, set string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for _, c := range []byte(strings.ToValidUTF8(text, string(utf8.RuneError))) {
		if c < ' ' || c > '~' || strings.IndexByte(set, c) >= 0 {
			out.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// unescape percent-decodes; a sign that two digits do not follow stays.
func unescape(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			high, ok1 := digit(text[i+1])
			low, ok2 := digit(text[i+2])
			if ok1 && ok2 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

func digit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
