package tomlfile_test

import (
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

func TestDuration(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    time.Duration
		written string
	}{
		{"5m", 5 * time.Minute, "5m"},
		{"1h30m", 90 * time.Minute, "1h30m"},
		{"60m", time.Hour, "1h"},
		{"90s", 90 * time.Second, "1m30s"},
		{"1.5s", 1500 * time.Millisecond, "1.5s"},
		{"250ms", 250 * time.Millisecond, "250ms"},
		{"0s", 0, "0s"},
		{"30d", 720 * time.Hour, "720h"},
		{"1d12h", 36 * time.Hour, "36h"},
	} {
		var got tomlfile.Duration
		if err := got.UnmarshalText([]byte(test.text)); err != nil || time.Duration(got) != test.want {
			t.Errorf("UnmarshalText(%s) = %v, %v, want %v", test.text, time.Duration(got), err, test.want)
		}
		if written, err := got.MarshalText(); err != nil || string(written) != test.written {
			t.Errorf("MarshalText of %s = %s, %v, want %s", test.text, written, err, test.written)
		}
	}
}

func TestDurationRefuses(t *testing.T) {
	const unreadable = ` cannot be read; write numbers with the units ms, s, m, h, d, such as "1h30m"`
	for text, want := range map[string]string{
		"":           `duration ""` + unreadable,
		"off":        `duration "off"` + unreadable,
		"5 m":        `duration "5 m"` + unreadable,
		"5M":         `duration "5M"` + unreadable,
		"+5m":        `duration "+5m"` + unreadable,
		"d":          `duration "d"` + unreadable,
		"1.5d":       `duration "1.5d"` + unreadable,
		"2h1d":       `duration "2h1d"` + unreadable,
		"1d-2h":      `duration "1d-2h"` + unreadable,
		"1d5":        `duration "1d5"` + unreadable,
		"inf":        `duration "inf"` + unreadable,
		"0":          `duration "0" has no unit; write "0s", or another of ms, s, m, h, d`,
		"1.5":        `duration "1.5" has no unit; write "1.5s", or another of ms, s, m, h, d`,
		"-5m":        `duration "-5m" is negative`,
		"106752d":    `duration "106752d" is too long`,
		"106751d24h": `duration "106751d24h" is too long`,
	} {
		got := tomlfile.Duration(7)
		if err := got.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("UnmarshalText(%s) = %v, want %s", text, err, want)
		}
		if got != 7 {
			t.Errorf("UnmarshalText(%s) sets %v, want it left alone", text, got)
		}
	}
}

func TestSize(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    tomlfile.Size
		written string
	}{
		{"1MiB", 1 << 20, "1MiB"},
		{"64KiB", 64 << 10, "64KiB"},
		{"10MB", 10_000_000, "10MB"},
		{"5kB", 5000, "5kB"},
		{"5KB", 5000, "5kB"},
		{"1500B", 1500, "1500B"},
		{"1024MiB", 1 << 30, "1GiB"},
		{"2TiB", 2 << 40, "2TiB"},
		{"3TB", 3e12, "3TB"},
		{"0B", 0, "0B"},
		{"9223372036854775807B", 1<<63 - 1, "9223372036854775807B"},
	} {
		var got tomlfile.Size
		if err := got.UnmarshalText([]byte(test.text)); err != nil || got != test.want {
			t.Errorf("UnmarshalText(%s) = %d, %v, want %d", test.text, got, err, test.want)
		}
		if written, err := got.MarshalText(); err != nil || string(written) != test.written {
			t.Errorf("MarshalText of %s = %s, %v, want %s", test.text, written, err, test.written)
		}
	}
}

func TestSizeRefuses(t *testing.T) {
	const (
		unreadable = ` cannot be read; write a whole number with its unit, such as "64KiB"`
		units      = "; units are B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"
	)
	for text, want := range map[string]string{
		"":                     `size ""` + unreadable,
		"MiB":                  `size "MiB"` + unreadable,
		"1.5MiB":               `size "1.5MiB"` + unreadable,
		"0":                    `size "0" has no unit; write "0B", or another of kB, KiB, MB, MiB, GB, GiB`,
		"1024":                 `size "1024" has no unit; write "1024B", or another of kB, KiB, MB, MiB, GB, GiB`,
		"-1MiB":                `size "-1MiB" is negative`,
		"1mib":                 `size "1mib": unknown unit "mib"` + units + `; did you mean "MiB"?`,
		"64K":                  `size "64K": unknown unit "K"` + units,
		"1 MiB":                `size "1 MiB": unknown unit " MiB"` + units + `; did you mean "MiB"?`,
		"9223372036854775808B": `size "9223372036854775808B" is too large`,
		"8388608TiB":           `size "8388608TiB" is too large`,
	} {
		got := tomlfile.Size(7)
		if err := got.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("UnmarshalText(%s) = %v, want %s", text, err, want)
		}
		if got != 7 {
			t.Errorf("UnmarshalText(%s) sets %v, want it left alone", text, got)
		}
	}
}
