package tomlfile

import (
	"fmt"
	"slices"
	"strings"
)

// place is where a key or an element stands in the text, and what stands below
// it. It mirrors the decoded value: a table has keys, an array elements.
type place struct {
	offset   int
	depth    int
	keys     map[string]*place
	elements []*place
	// headed says that the elements are tables under [[key]].
	headed bool
}

// child returns the place of the key below p, and makes it at the offset of its
// first mention.
func (p *place) child(name string, offset int) *place {
	if found := p.keys[name]; found != nil {
		return found
	}
	if p.keys == nil {
		p.keys = make(map[string]*place)
	}
	made := p.below(offset)
	p.keys[name] = made
	return made
}

// element appends the place of an array's next element.
func (p *place) element(offset int) *place {
	made := p.below(offset)
	p.elements = append(p.elements, made)
	return made
}

func (p *place) below(offset int) *place {
	return &place{offset: offset, depth: p.depth + 1}
}

// enter returns the table that a key leads into: the last element, if it names
// an array.
func (p *place) enter() *place {
	if n := len(p.elements); n > 0 {
		return p.elements[n-1]
	}
	return p
}

// lines finds the line of an offset. It holds the offset of each line's start.
type lines []int

func linesOf(text string) lines {
	starts := lines{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (l lines) at(offset int) int {
	n, found := slices.BinarySearch(l, offset)
	if found {
		return n + 1
	}
	return n
}

// column counts the characters of offset's line before it, from 1.
func column(text string, offset int) int {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	return len([]rune(text[start:offset])) + 1
}

// spot is where the decoder stands: a key, and its place in the text. Below what
// the text does not mention, the line remains that of the closest table or array
// that it does.
type spot struct {
	lines lines
	place *place
	key   string
	line  int
}

// rootOf returns the spot of a whole document.
func rootOf(text string, places *place) spot {
	return spot{lines: linesOf(text), place: places}
}

// fault returns a fault of the key below s.
func (s spot) fault(file, key, format string, args ...any) Fault {
	at := s.find(key)
	return Fault{File: file, Line: at.line, Key: at.key, Message: oneLine(fmt.Sprintf(format, args...))}
}

// to returns the spot one step further.
func (s spot) to(next step) spot {
	var under *place
	switch {
	case next.isIndex:
		s.key = fmt.Sprintf("%s[%d]", s.key, next.index)
		if s.place != nil && next.index < len(s.place.elements) {
			under = s.place.elements[next.index]
		}
	default:
		s.key = underKey(s.key, quoteName(next.name))
		if s.place != nil {
			under = s.place.keys[next.name]
		}
	}
	if under != nil {
		s.line = s.lines.at(under.offset)
	}
	s.place = under
	return s
}

func (s spot) child(name string) spot { return s.to(step{name: name}) }
func (s spot) element(index int) spot { return s.to(step{index: index, isIndex: true}) }

// offsetOf returns where the key below s stands.
func (s spot) offsetOf(name string) int {
	if s.place == nil || s.place.keys[name] == nil {
		return 0
	}
	return s.place.keys[name].offset
}

// find returns the spot of a key below s.
func (s spot) find(key string) spot {
	outer := s.key
	steps, ok := splitKey(key)
	for _, next := range steps {
		s = s.to(next)
	}
	if !ok {
		s.key = underKey(outer, oneLine(key))
	}
	return s
}
