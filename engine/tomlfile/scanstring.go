package tomlfile

import (
	"strconv"
	"strings"
)

// name reads one name of a key: bare, "basic" or 'literal'.
func (s *scanner) name() (string, bool) {
	switch s.peek() {
	case '"':
		start := s.pos + 1
		if !s.skipBasic() {
			return "", false
		}
		return unescape(s.text[start : s.pos-1]), true
	case '\'':
		start := s.pos + 1
		if !s.skipLiteral() {
			return "", false
		}
		return s.text[start : s.pos-1], true
	}
	start := s.pos
	for s.pos < len(s.text) && isBare(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos], s.pos > start
}

// skipString skips a string of any of the four kinds.
func (s *scanner) skipString() {
	switch {
	case s.take(`"""`):
		s.skipMultiline('"')
	case s.take(`'''`):
		s.skipMultiline('\'')
	case s.peek() == '"':
		s.skipBasic()
	default:
		s.skipLiteral()
	}
}

// skipBasic skips "…", and stops at the end of the text if it does not close.
func (s *scanner) skipBasic() bool {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case '"':
			s.pos++
			return true
		}
	}
	s.stop()
	return false
}

// skipLiteral skips '…', and stops at the end of the text if it does not close.
func (s *scanner) skipLiteral() bool {
	end := strings.IndexByte(s.text[s.pos+1:], '\'')
	if end < 0 {
		s.stop()
		return false
	}
	s.pos += end + 2
	return true
}

// skipMultiline skips to the end of a multi-line string that was opened. The
// last three of a run of quotes close it, those before them are content.
func (s *scanner) skipMultiline(quote byte) {
	run := 0
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == quote:
			run++
			continue
		case run >= 3:
			return
		case c == '\\' && quote == '"':
			s.pos++
		}
		run = 0
	}
	s.stop()
}

// unescape resolves the escapes of a basic string's inside.
func unescape(text string) string {
	var plain strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		plain.WriteString(before)
		if !found || after == "" {
			return plain.String()
		}
		r, size := escaped(after)
		plain.WriteRune(r)
		text = after[size:]
	}
}

// escaped returns the character that an escape stands for, and the length of
// the escape after its backslash. An unknown escape stands for its first byte.
func escaped(text string) (rune, int) {
	digits := 0
	switch text[0] {
	case 'b':
		return '\b', 1
	case 't':
		return '\t', 1
	case 'n':
		return '\n', 1
	case 'f':
		return '\f', 1
	case 'r':
		return '\r', 1
	case 'e':
		return 0x1b, 1
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits > 0 && len(text) > digits {
		if code, err := strconv.ParseUint(text[1:1+digits], 16, 32); err == nil {
			return rune(code), 1 + digits
		}
	}
	return rune(text[0]), 1
}
