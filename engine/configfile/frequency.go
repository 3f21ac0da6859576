package configfile

import (
	"fmt"
	"strconv"
	"strings"
)

// frequency is how often something may happen, such as "100/s" or "10/m", in
// times a second.
type frequency float64

// UnmarshalText reads a number and a unit: s, m or h.
func (f *frequency) UnmarshalText(text []byte) error {
	number, unit, found := strings.Cut(string(text), "/")
	n, err := strconv.ParseUint(number, 10, 32)
	if !found || err != nil || n == 0 {
		return fmt.Errorf("rate %q cannot be read; write %s", text, f.DescribeTOML())
	}
	seconds, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if !known {
		return fmt.Errorf("rate %q has an unknown unit; write %s", text, f.DescribeTOML())
	}
	*f = frequency(float64(n) / seconds)
	return nil
}

// DescribeTOML implements [tomlfile.Describer].
func (frequency) DescribeTOML() string {
	return `a rate such as "100/s", "600/m" or "1000/h"`
}
