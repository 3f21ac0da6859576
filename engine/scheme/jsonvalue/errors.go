package jsonvalue

import (
	"errors"
	"fmt"
)

// MaxDepth is how many arrays and objects may be open at once. Node.js sets no
// such bound of its own for JSON.parse; its stack sets one for JSON.stringify.
const MaxDepth = 1000

var (
	// ErrSyntax is what every [SyntaxError] wraps.
	ErrSyntax = errors.New("not a JSON text")
	// ErrDepth: arrays and objects are nested deeper than [MaxDepth].
	ErrDepth = fmt.Errorf("JSON nested deeper than %d", MaxDepth)
	// ErrDuplicate: an object gives a member that was asked for twice.
	ErrDuplicate = errors.New("duplicate member name")
)

// SyntaxError says where a text stops being JSON. It wraps [ErrSyntax].
type SyntaxError struct {
	// Offset counts bytes from the beginning of the text; it is the text's
	// length when the text ends too early.
	Offset int
}

// Error gives the offset, and nothing of the text.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%v: unexpected at byte %d", ErrSyntax, e.Offset)
}

// Unwrap returns [ErrSyntax].
func (e *SyntaxError) Unwrap() error { return ErrSyntax }
