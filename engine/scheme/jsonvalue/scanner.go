package jsonvalue

// scanner cuts a text into tokens and holds it to the grammar: what it gives up
// to the tokenEnd is one JSON text, or next returned an error. Every reader of
// this package is a loop over its tokens.
type scanner struct {
	src    []byte
	pos    int
	expect expectation
	depth  int
	// inObject has one bit for each open array (0) or object (1).
	inObject [(MaxDepth + 64) / 64]uint64
}

// expectation is what the grammar allows at the scanner's position.
type expectation uint8

const (
	expectValue expectation = iota
	expectItemOrEnd
	expectName
	expectNameOrEnd
	expectCommaOrEnd
)

// token is one piece of a text; src[start:end] is its source.
type token struct {
	what       tokenKind
	kind       Kind // of a tokenScalar
	comma      bool // a comma stands before it
	escaped    bool // a name or string with a backslash
	ascii      bool // a name or string without bytes above 0x7f
	start, end int
}

type tokenKind uint8

const (
	tokenScalar tokenKind = iota
	tokenName
	tokenBeginObject
	tokenEndObject
	tokenBeginArray
	tokenEndArray
	tokenEnd
)

// next returns the next token, tokenEnd after the last.
func (s *scanner) next() (token, error) {
	c := s.peek()
	t := token{start: s.pos}
	if s.expect == expectCommaOrEnd {
		switch {
		case s.depth == 0 && s.pos == len(s.src):
			t.what, t.end = tokenEnd, s.pos
			return t, nil
		case s.depth == 0:
			return t, s.fault()
		case c != ',':
			return s.closing(t, c)
		}
		s.pos++
		t.comma = true
		s.expect = expectValue
		if s.insideObject() {
			s.expect = expectName
		}
		c = s.peek()
		t.start = s.pos
	}
	switch s.expect {
	case expectName:
		return s.name(t, c)
	case expectNameOrEnd:
		if c != '"' {
			return s.closing(t, c)
		}
		return s.name(t, c)
	case expectItemOrEnd:
		if c == ']' {
			return s.closing(t, c)
		}
	}
	return s.value(t, c)
}

// peek skips white space and returns the byte at the position, 0 at the end of
// the text: no token begins with a zero byte.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.src); s.pos++ {
		switch c := s.src[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) fault() error { return &SyntaxError{Offset: s.pos} }

func (s *scanner) insideObject() bool {
	level := uint(s.depth - 1)
	return s.inObject[level/64]>>(level%64)&1 == 1
}

// open enters an array or object.
func (s *scanner) open(object uint64) error {
	if s.depth == MaxDepth {
		return ErrDepth
	}
	word, bit := s.depth/64, uint(s.depth)%64
	s.inObject[word] = s.inObject[word]&^(1<<bit) | object<<bit
	s.depth++
	return nil
}

// closing reads the bracket that ends the innermost array or object.
func (s *scanner) closing(t token, c byte) (token, error) {
	switch {
	case s.insideObject() && c == '}':
		t.what = tokenEndObject
	case !s.insideObject() && c == ']':
		t.what = tokenEndArray
	default:
		return t, s.fault()
	}
	s.pos++
	s.depth--
	s.expect = expectCommaOrEnd
	t.end = s.pos
	return t, nil
}

// name reads a member's name and the colon after it.
func (s *scanner) name(t token, c byte) (token, error) {
	if c != '"' {
		return t, s.fault()
	}
	t.what = tokenName
	if err := s.text(&t); err != nil {
		return t, err
	}
	t.end = s.pos
	if s.peek() != ':' {
		return t, s.fault()
	}
	s.pos++
	s.expect = expectValue
	return t, nil
}

// value reads a scalar or the opening bracket of an array or object.
func (s *scanner) value(t token, c byte) (token, error) {
	s.expect = expectCommaOrEnd
	var err error
	switch c {
	case '{':
		t.what, s.expect = tokenBeginObject, expectNameOrEnd
		err = s.open(1)
		s.pos++
	case '[':
		t.what, s.expect = tokenBeginArray, expectItemOrEnd
		err = s.open(0)
		s.pos++
	case '"':
		t.kind = String
		err = s.text(&t)
	case 't':
		t.kind = Bool
		err = s.literal("true")
	case 'f':
		t.kind = Bool
		err = s.literal("false")
	case 'n':
		err = s.literal("null")
	default:
		t.kind = Number
		err = s.number()
	}
	t.end = s.pos
	return t, err
}

// skip reads on to the end of the value that t begins.
func (s *scanner) skip(t token) error {
	if t.what == tokenScalar {
		return nil
	}
	for outside := s.depth - 1; s.depth > outside; {
		if _, err := s.next(); err != nil {
			return err
		}
	}
	return nil
}
