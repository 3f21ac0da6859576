package engine_test

import (
	"fmt"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// manySources are sources of one provider, each with a secret of its own.
func manySources(tb testing.TB, n int) map[string]engine.Source {
	tb.Helper()
	sources := map[string]engine.Source{}
	for i := range n {
		secret, err := engine.NewSecret("s", fmt.Appendf(nil, "secret-%d", i))
		if err != nil {
			tb.Fatal(err)
		}
		sources[fmt.Sprintf("shop-%d", i)] = engine.Source{Provider: "stripe", Secrets: webhook.Secrets{secret}}
	}
	return sources
}

// A thousand sources of one provider share one compiled scheme: to open one more
// of them takes a small part of what its pack takes.
func TestSourcesShareTheirPack(t *testing.T) {
	const n = 1000
	onePack := testing.AllocsPerRun(1, func() {
		if _, err := catalog.Builtin().Open(t.Context(), "stripe", catalog.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	sources := manySources(t, n)
	oneSource := testing.AllocsPerRun(1, func() {
		eng, err := engine.Open(engine.Config{Sources: sources})
		if err != nil {
			t.Fatal(err)
		}
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	}) / n
	t.Logf("a pack takes %.0f allocations, a source %.1f", onePack, oneSource)
	if oneSource > onePack/4 {
		t.Errorf("each of %d sources takes %.0f allocations and a pack %.0f: they do not share it", n, oneSource, onePack)
	}
}

func BenchmarkOpenThousandSources(b *testing.B) {
	sources := manySources(b, 1000)
	for b.Loop() {
		eng, err := engine.Open(engine.Config{Sources: sources})
		if err != nil {
			b.Fatal(err)
		}
		if err := eng.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
