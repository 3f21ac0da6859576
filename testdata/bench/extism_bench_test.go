package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkExtism sets the redact of the SDK for C in hookseal's host against the
// same code in Extism's, with a timeout and without, and against the plug-in for
// Extism in hookseal's.
func BenchmarkExtism(b *testing.B) {
	settings := map[string]string{"members": "email,phone", "hookseal.type": "people.listed"}
	module, plugin := kept(b, "sdk/c-redact.wasm"), kept(b, "extism-redact.wasm")
	module.Limits = webhook.GuestLimits{Time: 10 * time.Second}
	plugin.Limits = module.Limits
	theirs := map[string]func(b *testing.B) redactor{
		"timeout":     func(b *testing.B) redactor { return inExtism(b, plugin, "transform", settings, 10*time.Second) },
		"no-timeout":  func(b *testing.B) redactor { return inExtism(b, plugin, "transform", settings, 0) },
		"in-hookseal": func(b *testing.B) redactor { return inHookseal(b, plugin, settings) },
	}
	for name, load := range theirs {
		for _, size := range []int{1 << 10, 16 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("%s/%dB", name, size), func(b *testing.B) {
				body := people(size)
				race(b, inHookseal(b, module, settings), load(b), body)
			})
		}
	}
}

// race times the two sides in turn.
func race(b *testing.B, mine, theirs redactor, body []byte) {
	lap := func(side redactor) float64 {
		const calls = 20
		start := time.Now()
		for range calls {
			if out, err := side(body); err != nil || len(out) == 0 {
				b.Fatal(err)
			}
		}
		return float64(time.Since(start).Nanoseconds()) / calls
	}
	var ratios, ourTimes, theirTimes []float64
	for b.Loop() {
		theirTime, ourTime := lap(theirs), lap(mine)
		ratios = append(ratios, theirTime/ourTime)
		ourTimes, theirTimes = append(ourTimes, ourTime), append(theirTimes, theirTime)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(percentile(ourTimes, 50), "ours-ns")
	b.ReportMetric(percentile(theirTimes, 50), "theirs-ns")
	b.ReportMetric(percentile(ratios, 50), "times-faster")
	b.ReportMetric(percentile(ratios, 10), "times-p10")
	b.ReportMetric(percentile(ratios, 90), "times-p90")
}
