package tomlfile

import "strings"

// scanner finds where the keys and elements of a document stand. It tells
// structure apart and leaves judging to the parser; text that is no TOML ends it
// early, with the places found so far.
type scanner struct {
	text string
	pos  int
	// tooDeep is where the nesting exceeds maxDepth, zero if it does not.
	tooDeep int
}

// maxDepth bounds the keys and indexes that lead to a value. The parser takes
// time and stack out of all proportion for nesting that no file needs.
const maxDepth = 100

// scan returns the places of a document. Its tooDeep is the offset at which a
// document is nested deeper than maxDepth, and zero in any other.
func scan(text string) (root *place, tooDeep int) {
	s := scanner{text: text}
	root = &place{}
	table := root
	for s.skipBlank(); s.pos < len(s.text); s.skipBlank() {
		if s.peek() == '[' {
			table = s.header(root)
		} else {
			s.assignment(table)
		}
	}
	return root, s.tooDeep
}

// header reads [key] or [[key]] and returns the table that it opens.
func (s *scanner) header(root *place) *place {
	s.take("[")
	array := s.take("[")
	parts := s.dottedKey()
	if len(parts) == 0 || !s.take("]") || array && !s.take("]") {
		s.stop()
		return root
	}
	parent := root
	for _, part := range parts[:len(parts)-1] {
		parent = parent.child(part.name, part.offset).enter()
	}
	last := parts[len(parts)-1]
	named := parent.child(last.name, last.offset)
	s.bound(named)
	if !array {
		// A header outranks an earlier mention by [key.deeper].
		named.offset = last.offset
		return named
	}
	named.headed = true
	return named.element(last.offset)
}

// assignment reads key = value into the table.
func (s *scanner) assignment(table *place) {
	parts := s.dottedKey()
	if len(parts) == 0 || !s.take("=") {
		s.stop()
		return
	}
	for _, part := range parts {
		table = table.child(part.name, part.offset)
		s.bound(table)
	}
	s.value(table)
}

// keyPart is one name of a dotted key.
type keyPart struct {
	name   string
	offset int
}

// dottedKey reads names up to what ends the key, and the blanks around them.
func (s *scanner) dottedKey() []keyPart {
	var parts []keyPart
	for {
		s.skipSpaces()
		offset := s.pos
		name, ok := s.name()
		if !ok {
			return nil
		}
		parts = append(parts, keyPart{name, offset})
		s.skipSpaces()
		if !s.take(".") {
			return parts
		}
	}
}

// value reads a value, and the places inside it into p.
func (s *scanner) value(p *place) {
	s.skipSpaces()
	switch s.peek() {
	case '[':
		s.array(p)
	case '{':
		s.inlineTable(p)
	case '"', '\'':
		s.skipString()
	default:
		s.skipUntil(",]}#\n")
	}
}

func (s *scanner) array(p *place) {
	s.take("[")
	for s.skipBlank(); !s.take("]"); s.skipBlank() {
		element := p.element(s.pos)
		s.bound(element)
		s.value(element)
		s.skipBlank()
		if !s.take(",") && s.peek() != ']' {
			s.stop()
			return
		}
	}
}

func (s *scanner) inlineTable(p *place) {
	s.take("{")
	for s.skipBlank(); !s.take("}"); s.skipBlank() {
		s.assignment(p)
		s.skipBlank()
		if !s.take(",") && s.peek() != '}' {
			s.stop()
			return
		}
	}
}

// bound ends the scan at a place that is nested too deep.
func (s *scanner) bound(p *place) {
	if p.depth > maxDepth && s.tooDeep == 0 {
		s.tooDeep = p.offset
		s.stop()
	}
}

// stop ends the scan: everything after it sees the end of the text.
func (s *scanner) stop() { s.pos = len(s.text) }

// peek returns the next byte, or zero at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// take consumes token if it comes next.
func (s *scanner) take(token string) bool {
	if !strings.HasPrefix(s.text[s.pos:], token) {
		return false
	}
	s.pos += len(token)
	return true
}

func (s *scanner) skipUntil(stops string) {
	if n := strings.IndexAny(s.text[s.pos:], stops); n >= 0 {
		s.pos += n
		return
	}
	s.stop()
}

func (s *scanner) skipSpaces() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.pos++
	}
}

// skipBlank skips spaces, line ends and comments.
func (s *scanner) skipBlank() {
	for {
		switch s.peek() {
		case ' ', '\t', '\r', '\n':
			s.pos++
		case '#':
			s.skipUntil("\n")
		default:
			return
		}
	}
}
