package webhook_test

import (
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestSecretCounts(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	end := begin.Add(time.Hour)
	for _, test := range []struct {
		name      string
		from, to  time.Time
		at        time.Time
		wantCount bool
	}{
		{"without bounds", time.Time{}, time.Time{}, begin, true},
		{"before", begin, end, begin.Add(-1), false},
		{"first moment", begin, end, begin, true},
		{"last moment", begin, end, end, true},
		{"after", begin, end, end.Add(1), false},
		{"no end", begin, time.Time{}, end, true},
		{"no beginning", time.Time{}, end, begin, true},
		{"in another zone", begin, end, begin.In(time.FixedZone("", 3600)), true},
	} {
		s := webhook.Secret{NotBefore: test.from, NotAfter: test.to}
		if got := s.Counts(test.at); got != test.wantCount {
			t.Errorf("%s: Counts = %v, want %v", test.name, got, test.wantCount)
		}
	}
}
