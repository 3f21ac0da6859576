package scheme

import (
	"errors"
	"fmt"
	"strings"
)

// LimitDef bounds a value that a challenge brings: its characters and its
// length in bytes. The zero value is the alphabet token, 1 to 256.
type LimitDef struct {
	// Alphabet is one of
	//
	//	token    letters, digits and -._~
	//	hex      digits and the letters a to f in lower case (Braintree)
	//	base64   token with + / = besides
	//	words    printable ASCII without < > & " ' ` and \ (Microsoft Graph)
	Alphabet string `toml:"alphabet"`
	// Min and Max bound the length; a zero Max is 256, and it is 1024 at most.
	Min int `toml:"min"`
	Max int `toml:"max"`
}

const (
	tokenAlphabet  = "token"
	hexAlphabet    = "hex"
	base64Alphabet = "base64"
	wordsAlphabet  = "words"
)

// limit is a compiled [LimitDef].
type limit struct {
	alphabet string
	holds    func(c byte) bool
	min, max int
}

func compileLimit(d LimitDef) (limit, error) {
	l := limit{alphabet: d.Alphabet, min: max(d.Min, 1), max: d.Max}
	if l.max == 0 {
		l.max = 256
	}
	switch d.Alphabet {
	case tokenAlphabet, "":
		l.alphabet, l.holds = tokenAlphabet, inToken
	case hexAlphabet:
		l.holds = func(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
	case base64Alphabet:
		l.holds = func(c byte) bool { return inToken(c) || c == '+' || c == '/' || c == '=' }
	case wordsAlphabet:
		l.holds = func(c byte) bool { return ' ' <= c && c <= '~' && !strings.ContainsRune("<>&\"'`\\", rune(c)) }
	default:
		return l, fmt.Errorf("limit.alphabet = %q is none of token, hex, base64, words", d.Alphabet)
	}
	if l.min > l.max || l.max > 1024 {
		return l, errors.New("limit.min and limit.max bound a length of 1 to 1024 bytes")
	}
	return l, nil
}

func inToken(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '.' || c == '_' || c == '~'
}

// allows reports whether text may be given back or answered.
func (l *limit) allows(text string) bool {
	return l.min <= len(text) && len(text) <= l.max && l.only(text)
}

// only reports whether the text is of the alphabet alone.
func (l *limit) only(text string) bool {
	for i := range len(text) {
		if !l.holds(text[i]) {
			return false
		}
	}
	return true
}
