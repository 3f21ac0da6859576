package jsonvalue

import "encoding/binary"

// literal reads one of the three words.
func (s *scanner) literal(word string) error {
	for i := range len(word) {
		if s.pos == len(s.src) || s.src[s.pos] != word[i] {
			return s.fault()
		}
		s.pos++
	}
	return nil
}

// number reads a number: -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?
func (s *scanner) number() error {
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		return s.fault()
	}
	if s.accept('.') && !s.digits() {
		return s.fault()
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if !s.digits() {
			return s.fault()
		}
	}
	return nil
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// digits reads decimal digits and reports whether there was one.
func (s *scanner) digits() bool {
	from := s.pos
	for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
		s.pos++
	}
	return s.pos > from
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// text reads a string with its quotes and notes in t what it holds.
func (s *scanner) text(t *token) error {
	t.ascii = true
	s.pos++
	for {
		s.pos += ordinary(s.src[s.pos:])
		if s.pos == len(s.src) {
			return s.fault()
		}
		switch c := s.src[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c == '\\':
			t.escaped = true
			if err := s.escape(); err != nil {
				return err
			}
		case c < ' ':
			return s.fault()
		default:
			t.ascii = false
			for s.pos < len(s.src) && s.src[s.pos] >= 0x80 {
				s.pos++
			}
		}
	}
}

// escape reads one escape sequence.
func (s *scanner) escape() error {
	s.pos++
	if s.pos == len(s.src) {
		return s.fault()
	}
	switch s.src[s.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
	default:
		return s.fault()
	}
	for range 4 {
		if s.pos == len(s.src) || hexDigit(s.src[s.pos]) < 0 {
			return s.fault()
		}
		s.pos++
	}
	return nil
}

// hexDigit returns the value of a hexadecimal digit, -1 for another byte.
func hexDigit(c byte) rune {
	switch {
	case isDigit(c):
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// ordinary returns how many bytes from the beginning of b stand for themselves
// in a string: ASCII but for quotes, backslashes and control characters.
func ordinary(b []byte) int {
	const (
		each = 0x0101010101010101
		high = 0x80 * each
	)
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote, backslash := x^'"'*each, x^'\\'*each
		// Each term sets the high bit of the bytes it looks for. A borrow can
		// set it in a byte after such a one as well, so this finds the word and
		// the loop below the byte.
		if (x|(quote-each)&^quote|(backslash-each)&^backslash|(x-' '*each)&^x)&high != 0 {
			break
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < 0x80 && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}
