package catalog

import (
	"context"
	"testing"
	"time"
)

// openAll opens every pack that ships, in a catalog that has opened none.
func openAll(tb testing.TB) int {
	tb.Helper()
	c := Builtin()
	names := c.Names()
	for _, name := range names {
		p, err := c.Open(context.Background(), name, Options{Loaders: loaders})
		if err != nil {
			tb.Fatal(err)
		}
		if err := p.Close(context.Background()); err != nil {
			tb.Fatal(err)
		}
	}
	return len(names)
}

func BenchmarkOpenAll(b *testing.B) {
	packs := 0
	for b.Loop() {
		packs = openAll(b)
	}
	b.ReportMetric(float64(packs), "packs")
}

func BenchmarkOpenOne(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin().Open(context.Background(), "stripe", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The catalogue loads in a few hundredths of a second. The bound leaves room for
// a busy machine, and none for what grows with the square of the packs.
func TestOpenAllIsFast(t *testing.T) {
	const most = slower * 500 * time.Millisecond
	best := time.Hour
	for range 3 {
		start := time.Now()
		openAll(t)
		best = min(best, time.Since(start))
	}
	if best > most {
		t.Errorf("opening every pack took %v, want at most %v", best, most)
	}
}
