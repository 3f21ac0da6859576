package engine_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
)

func TestBackoff(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name    string
		backoff engine.Backoff
		want    []time.Duration
		fault   string
	}{
		{"by attempts", engine.Backoff{First: 5 * s, Attempts: 5}, []time.Duration{5 * s, 10 * s, 20 * s, 40 * s}, ""},
		{"capped", engine.Backoff{First: 5 * s, Factor: 3, Cap: 20 * s, Attempts: 5}, []time.Duration{5 * s, 15 * s, 20 * s, 20 * s}, ""},
		{"by time", engine.Backoff{First: 5 * s, For: 35 * s}, []time.Duration{5 * s, 10 * s, 20 * s}, ""},
		{"whichever is first", engine.Backoff{First: 5 * s, For: time.Hour, Attempts: 3}, []time.Duration{5 * s, 10 * s}, ""},
		{"even", engine.Backoff{First: s, Factor: 1, Attempts: 3}, []time.Duration{s, s}, ""},
		{"one attempt", engine.Backoff{First: s, Attempts: 1}, []time.Duration{}, ""},
		{"no time for a second", engine.Backoff{First: time.Minute, For: s}, []time.Duration{}, ""},
		{"longer than a day", engine.Backoff{First: 48 * time.Hour, Attempts: 3}, []time.Duration{48 * time.Hour, 48 * time.Hour}, ""},
		{"no first", engine.Backoff{Attempts: 3}, nil, "first is missing"},
		{"no end", engine.Backoff{First: s}, nil, "never ends"},
		{"shrinks", engine.Backoff{First: s, Factor: 0.5, Attempts: 3}, nil, "factor = 0.5 must be from 1 to 1000"},
		{"no number", engine.Backoff{First: s, Factor: math.NaN(), Attempts: 3}, nil, "factor = NaN"},
		{"boundless", engine.Backoff{First: s, Factor: math.Inf(1), Attempts: 3}, nil, "factor = +Inf"},
		{"cap below first", engine.Backoff{First: time.Minute, Cap: s, Attempts: 3}, nil, "cap = 1s is less than first = 1m0s"},
		{"too many", engine.Backoff{First: s, Factor: 1, For: 72 * time.Hour}, nil, "more than 1000 attempts"},
		{"too many attempts", engine.Backoff{First: s, Attempts: 1 << 40}, nil, "more than 1000 attempts"},
		{"negative", engine.Backoff{First: s, Attempts: -1}, nil, "must not be negative"},
	}
	for _, test := range tests {
		got, err := test.backoff.Waits()
		if test.fault != "" {
			if err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%s: Waits = %v, %v, want an error with %q", test.name, got, err, test.fault)
			}
			continue
		}
		if err != nil || !slices.Equal(got, test.want) || got == nil {
			t.Errorf("%s: Waits = %v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

// TestBackoffGrows has no wait overflow, however often it is multiplied.
func TestBackoffGrows(t *testing.T) {
	waits, err := engine.Backoff{First: time.Second, Factor: 1000, Cap: math.MaxInt64, Attempts: 100}.Waits()
	if err != nil || len(waits) != 99 {
		t.Fatalf("Waits = %d, %v, want 99", len(waits), err)
	}
	if !slices.IsSorted(waits) || waits[0] != time.Second {
		t.Errorf("Waits = %v, want them to grow from 1s", waits)
	}
}
