package tomlfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written with its units: "500ms", "5m", "1h30m",
// "30d". The units are those of [time.ParseDuration] and d, a day of 24 hours,
// which comes first. It is never negative. Words such as "off" are the caller's.
type Duration time.Duration

const day = 24 * time.Hour

// UnmarshalText sets d from text. A bare number is refused, zero too.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := parseDuration(string(text))
	if err != nil {
		return err
	}
	*d = Duration(parsed)
	return nil
}

func parseDuration(text string) (time.Duration, error) {
	if text != "" && strings.Trim(text, "0123456789.") == "" {
		return 0, fmt.Errorf(`duration %q has no unit; write %q, or another of ms, s, m, h, d`, text, text+"s")
	}
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	} else if rest == "" {
		rest = "0s"
	}
	n, err := strconv.ParseUint(days, 10, 32)
	clock, clockErr := time.ParseDuration(rest)
	switch {
	case strings.HasPrefix(text, "-"):
		return 0, fmt.Errorf("duration %q is negative", text)
	case err != nil || clockErr != nil || strings.ContainsAny(rest[:1], "+-"):
		return 0, fmt.Errorf(`duration %q cannot be read; write numbers with the units ms, s, m, h, d, such as "1h30m"`, text)
	case n > uint64((math.MaxInt64-clock)/day):
		return 0, fmt.Errorf("duration %q is too long", text)
	}
	return time.Duration(n)*day + clock, nil
}

// String returns the duration as [Duration.UnmarshalText] reads it, without
// units that are zero: "1h30m", not "1h30m0s".
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText returns the text of String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// DescribeTOML implements [Describer].
func (Duration) DescribeTOML() string {
	return `a duration with its unit in quotes, such as "5m" or "1h30m"`
}
