package tomlfile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as a whole number with its unit: "1MiB",
// "64KiB", "10MB". KiB, MiB, GiB and TiB are powers of 1024, kB (or KB), MB, GB
// and TB powers of 1000, and B is one byte. It is never negative.
type Size int64

type sizeUnit struct {
	name  string
	bytes int64
}

// sizeUnits returns the units, those that String prefers first.
func sizeUnits() []sizeUnit {
	return []sizeUnit{
		{"TiB", 1 << 40},
		{"TB", 1e12},
		{"GiB", 1 << 30},
		{"GB", 1e9},
		{"MiB", 1 << 20},
		{"MB", 1e6},
		{"KiB", 1 << 10},
		{"kB", 1e3},
		{"KB", 1e3},
		{"B", 1},
	}
}

// UnmarshalText sets s from text. A bare number is refused, zero too.
func (s *Size) UnmarshalText(text []byte) error {
	parsed, err := parseSize(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

func parseSize(text string) (Size, error) {
	unitAt := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	switch {
	case strings.HasPrefix(text, "-"):
		return 0, fmt.Errorf("size %q is negative", text)
	case unitAt < 0 && text != "":
		return 0, fmt.Errorf("size %q has no unit; write %q, or another of kB, KiB, MB, MiB, GB, GiB", text, text+"B")
	case unitAt <= 0 || text[unitAt] == '.':
		return 0, fmt.Errorf(`size %q cannot be read; write a whole number with its unit, such as "64KiB"`, text)
	}
	unit, err := findUnit(text[unitAt:])
	if err != nil {
		return 0, fmt.Errorf("size %q: %w", text, err)
	}
	n, err := strconv.ParseInt(text[:unitAt], 10, 64)
	if err != nil || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("size %q is too large", text)
	}
	return Size(n * unit), nil
}

func findUnit(name string) (int64, error) {
	var names []string
	for _, unit := range sizeUnits() {
		if unit.name == name {
			return unit.bytes, nil
		}
		names = append(names, unit.name)
	}
	message := fmt.Sprintf("unknown unit %q; units are B, kB, KiB, MB, MiB, GB, GiB, TB, TiB", name)
	if meant, ok := Closest(name, names); ok {
		message += fmt.Sprintf("; did you mean %q?", meant)
	}
	return 0, errors.New(message)
}

// String returns the size in the largest unit that divides it: "1MiB", "1500B".
func (s Size) String() string {
	for _, unit := range sizeUnits() {
		if s != 0 && int64(s)%unit.bytes == 0 {
			return strconv.FormatInt(int64(s)/unit.bytes, 10) + unit.name
		}
	}
	return "0B"
}

// MarshalText returns the text of String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// DescribeTOML implements [Describer].
func (Size) DescribeTOML() string {
	return `a size with its unit in quotes, such as "64KiB" or "10MB"`
}
