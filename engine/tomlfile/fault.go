package tomlfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Fault is one thing that is wrong with a file.
type Fault struct {
	// File is the name under which the file was parsed. It is empty in what
	// [DecodeValue] reports, whose caller does not know it.
	File string
	// Line counts from 1. It is zero where the fault has no line: something is
	// missing from the file as a whole.
	Line int
	// Column counts characters from 1. It is set for a fault of syntax, where
	// the key may not say enough, and zero otherwise.
	Column int
	// Key is the dotted key, with array indexes from 0, as [Key] writes it:
	// source.contracts.secrets[1].ref. It is empty where there is none.
	Key string
	// Message says what is wrong and what would have been right, on one line.
	Message string
}

// Error returns the fault on one line, such as
//
//	hookseal.toml:12: source.contracts.provder: unknown key; known keys are provider, secrets
func (f Fault) Error() string {
	var text strings.Builder
	text.WriteString(f.File)
	switch {
	case f.Line > 0 && f.File == "":
		fmt.Fprintf(&text, "line %d", f.Line)
	case f.Line > 0:
		fmt.Fprintf(&text, ":%d", f.Line)
	}
	if f.Line > 0 && f.Column > 0 {
		fmt.Fprintf(&text, ":%d", f.Column)
	}
	for _, part := range []string{f.Key, f.Message} {
		if part == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteString(": ")
		}
		text.WriteString(part)
	}
	return text.String()
}

// Faults are all faults that were found, in the order of the file.
type Faults []Fault

// Error returns the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults, each of them a [Fault].
func (f Faults) Unwrap() []error {
	errs := make([]error, len(f))
	for i, fault := range f {
		errs[i] = fault
	}
	return errs
}

// Join gathers what Decode returned and what the caller found afterwards. Every
// [Fault] among errs, also inside [Faults] and [errors.Join], goes into one
// Faults, sorted by file and line; faults of one line keep their order. Any
// other error is joined behind them. Join returns nil if there is nothing.
func Join(errs ...error) error {
	var (
		faults Faults
		others []error
	)
	for _, err := range flatten(errs...) {
		if fault, ok := err.(Fault); ok {
			faults = append(faults, fault)
		} else {
			others = append(others, err)
		}
	}
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	switch {
	case len(others) == 0 && len(faults) == 0:
		return nil
	case len(others) == 0:
		return faults
	case len(faults) == 0:
		return errors.Join(others...)
	}
	return errors.Join(append([]error{faults}, others...)...)
}

// flatten takes joined errors apart. An error that wraps a single other one is
// kept whole, since its own text says more than what it wraps.
func flatten(errs ...error) []error {
	var flat []error
	for _, err := range errs {
		if err == nil {
			continue
		}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			flat = append(flat, flatten(joined.Unwrap()...)...)
		} else {
			flat = append(flat, err)
		}
	}
	return flat
}

// oneLine escapes what would break a line or a terminal.
func oneLine(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var line strings.Builder
	for _, r := range text {
		switch {
		case !unprintable(r):
			line.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&line, `\U%08x`, r)
		default:
			fmt.Fprintf(&line, `\u%04x`, r)
		}
	}
	return line.String()
}

func unprintable(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
