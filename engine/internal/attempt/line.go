package attempt

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine bounds the text of an error, parts of which a peer may have chosen.
const maxLine = 300

// OneLine returns an error as one line of printable text. A URL that was put
// before it is left out, since user, password and query may be secrets.
func OneLine(err error) string {
	if errors.Is(err, context.Canceled) {
		return "canceled"
	}
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	line := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, err.Error())
	return shorten(line, maxLine)
}

// shorten cuts text to at most size bytes, between two characters.
func shorten(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}
