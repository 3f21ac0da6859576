package jsonvalue

import (
	"strconv"
	"strings"
)

// Field is a scalar that [Lookup] found.
type Field struct {
	// Kind is that of the value at the path, an Array or Object too.
	Kind Kind
	// Text is a String decoded, as WTF-8 (see the package comment), a Number as
	// it was written, or "true", "false" or "null".
	Text string
	// Found says that a scalar is at the path, a null too.
	Found bool
}

// Lookup returns the scalar at a path such as "a.b.0.c", a text being read as
// [Parse] reads it, without building a tree.
//
// Names are separated by dots, so that a name with a dot cannot be asked for. In
// an array the name is an index, written without leading zeros. Where the path
// leads to nothing, or to an array or object, nothing is found, and that is no
// error.
//
// It returns [ErrDuplicate] when an object on the path has the path's next name
// twice; a name that occurs twice elsewhere is for [Ambiguity]. It reads the
// whole text, and returns a [SyntaxError] or [ErrDepth] wherever the fault is.
func Lookup(src []byte, path string) (Field, error) {
	l := lookup{in: scanner{src: src}}
	t, err := l.in.next()
	if err != nil {
		return Field{}, err
	}
	if err := l.value(t, path, true); err != nil {
		return Field{}, err
	}
	if _, err := l.in.next(); err != nil {
		return Field{}, err
	}
	if l.duplicate {
		return Field{}, ErrDuplicate
	}
	return l.field, nil
}

type lookup struct {
	in        scanner
	field     Field
	duplicate bool
}

// value reads the value that t begins, and looks in it for the rest of the path
// if there is more of it.
func (l *lookup) value(t token, path string, more bool) error {
	if !more {
		l.take(t)
		return l.in.skip(t)
	}
	name, rest, more := strings.Cut(path, ".")
	switch t.what {
	case tokenBeginObject:
		return l.object(name, rest, more)
	case tokenBeginArray:
		return l.array(name, rest, more)
	}
	return nil
}

func (l *lookup) object(name, rest string, more bool) error {
	seen := false
	for {
		member, err := l.in.next()
		if err != nil || member.what == tokenEndObject {
			return err
		}
		t, err := l.in.next()
		if err != nil {
			return err
		}
		found := l.named(member, name)
		l.duplicate = l.duplicate || found && seen
		if !found || seen {
			err = l.in.skip(t)
		} else {
			seen = true
			err = l.value(t, rest, more)
		}
		if err != nil {
			return err
		}
	}
}

func (l *lookup) array(name, rest string, more bool) error {
	index, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(index) != name {
		index = -1
	}
	for i := 0; ; i++ {
		t, err := l.in.next()
		if err != nil || t.what == tokenEndArray {
			return err
		}
		if i == index {
			err = l.value(t, rest, more)
		} else {
			err = l.in.skip(t)
		}
		if err != nil {
			return err
		}
	}
}

// named reports whether a member's name means the same as name.
func (l *lookup) named(member token, name string) bool {
	quoted := l.in.src[member.start:member.end]
	if !member.escaped && member.ascii {
		return string(quoted[1:len(quoted)-1]) == name
	}
	var buffer [64]byte
	return string(appendText(buffer[:0], quoted)) == name
}

// take keeps the value that t begins.
func (l *lookup) take(t token) {
	raw := l.in.src[t.start:t.end]
	switch {
	case t.what == tokenBeginObject:
		l.field.Kind = Object
	case t.what == tokenBeginArray:
		l.field.Kind = Array
	case t.kind == String:
		l.field = Field{Kind: String, Text: decoded(raw), Found: true}
	default:
		l.field = Field{Kind: t.kind, Text: string(raw), Found: true}
	}
}
