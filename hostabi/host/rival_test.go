package host_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkClaimAgainstScheme compares rules in C and Rust with the same providers'
// schemes as data, 1 KB body, in laps one after the other: what a request claims
// alone, and with the check of its signature.
func BenchmarkClaimAgainstScheme(b *testing.B) {
	for _, tt := range []struct {
		name, pack string
		code       webhook.GuestCode
	}{
		{"chaindoc-c", "chaindoc", shipped(b, "chaindoc-rule")},
		{"standard-c", "standard-webhooks", committed(b, "c", "standard-webhooks")},
		{"standard-rust", "standard-webhooks", committed(b, "rust", "standard-webhooks")},
	} {
		b.Run(tt.name, func(b *testing.B) { claimAgainstScheme(b, tt.pack, tt.code) })
	}
}

func claimAgainstScheme(b *testing.B, name string, code webhook.GuestCode) {
	pack, err := catalog.Builtin().Open(b.Context(), name, catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pack.Close(context.Background()) })
	secret, err := webhook.NewSecret("test", []byte("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
	if err != nil {
		b.Fatal(err)
	}
	secrets := []webhook.Secret{secret}
	req := request(kilobyte(), http.Header{})
	if err := scheme.Sign(pack.Scheme, req, scheme.Message{ID: "msg_1", Type: "document.signed", Time: received}, secrets); err != nil {
		b.Fatal(err)
	}
	g := load(b, code)
	claim := func() *webhook.Claim {
		c, err := g.Claim(b.Context(), req, nil)
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	accepted := func(v webhook.Verdict) {
		if !v.Accepted() {
			b.Fatalf("verdict = %+v", v)
		}
	}
	b.Run("claim", func(b *testing.B) {
		rivals(b, map[string]func(){"rule": func() { claim() }, "scheme": func() {
			if c, v := pack.Scheme.Claim(req); c == nil {
				b.Fatal(v)
			}
		}})
	})
	b.Run("verify", func(b *testing.B) {
		rivals(b, map[string]func(){
			"rule": func() {
				accepted(scheme.Check(claim(), req, secrets, []webhook.Algorithm{webhook.HMACSHA256}, received))
			},
			"scheme": func() { accepted(scheme.Verify(pack.Scheme, req, secrets, received)) },
		})
	})
}

// rivals runs laps of each function in turn, and reports the median of each and the
// median of how the first, by name, stands to the last.
func rivals(b *testing.B, all map[string]func()) {
	const turns = 50
	names := slices.Sorted(maps.Keys(all))
	laps := map[string][]float64{}
	var ratios []float64
	for b.Loop() {
		var lap []float64
		for _, name := range names {
			start := time.Now()
			for range turns {
				all[name]()
			}
			lap = append(lap, float64(time.Since(start))/turns)
			laps[name] = append(laps[name], lap[len(lap)-1])
		}
		ratios = append(ratios, lap[0]/lap[len(lap)-1])
	}
	for _, name := range names {
		slices.Sort(laps[name])
		b.ReportMetric(laps[name][len(laps[name])/2], name+"-ns")
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(ratios[len(ratios)/10], "ratio-p10")
	b.ReportMetric(ratios[len(ratios)*9/10], "ratio-p90")
}
