package attempt_test

import (
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	const most = 30 * 24 * time.Hour
	tests := []struct {
		field string
		want  time.Duration
	}{
		{"", 0},
		{"0", 0},
		{"1", time.Second},
		{"120", 2 * time.Minute},
		{"000120", 2 * time.Minute},
		{"2592000", most},
		{"2592001", most},
		{"9223372036854775807", most},
		{"99999999999999999999999999", most},
		{"-1", 0},
		{"+1", 0},
		{"1.5", 0},
		{"1e3", 0},
		{" 120", 0},
		{"120s", 0},
		{"soon", 0},
		{"١٢", 0},
		{"Sat, 14 Mar 2026 15:10:26 GMT", time.Minute},
		{"Saturday, 14-Mar-26 15:10:26 GMT", time.Minute},
		{"Sat Mar 14 15:10:26 2026", time.Minute},
		{"Sat, 14 Mar 2026 15:09:26 GMT", 0},
		{"Sat, 14 Mar 2020 15:09:26 GMT", 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", most},
		{"2026-03-14T15:10:26Z", 0},
	}
	for _, test := range tests {
		if got := attempt.RetryAfter(test.field, now); got != test.want {
			t.Errorf("RetryAfter(%q) = %v, want %v", test.field, got, test.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "120", "-5", "99999999999999999999", "Sat, 14 Mar 2026 15:10:26 GMT", "Sat Mar 14 15:10:26 2026"} {
		f.Add(seed, int64(1773500966))
	}
	f.Fuzz(func(t *testing.T, field string, unix int64) {
		now := time.Unix(unix, 0)
		if got := attempt.RetryAfter(field, now); got < 0 || got > 30*24*time.Hour {
			t.Errorf("RetryAfter(%q, %v) = %v, want 0 to 30 days", field, now, got)
		}
	})
}
