package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// eventOfSize is an event of about so many bytes, of the shape that the scripts
// that ship take.
func eventOfSize(size int) *webhook.Event {
	var items []string
	for n := 150; n < size; n += 105 {
		items = append(items, fmt.Sprintf(`{"email":"signer%04d@example.com","signedAt":"2024-12-04T10:30:00.000Z","order":%04d,"weight":1.50,"ok":true}`, n, n+1000))
	}
	return event(`{"event":"document.signed","documentId":"86840ee4-8bf2-4a91-a289-e99d8307ec25","signers":[` +
		strings.Join(items, ",") + `],"amount":12.50,"timestamp":"2024-12-04T10:32:00.000Z"}`)
}

// pairs times two calls by turns, and reports the medians and that of the ratios,
// with the tenth and the ninetieth percentile.
func pairs(b *testing.B, there, here func()) {
	var a, c, ratios []float64
	timed := func(f func()) float64 {
		began := time.Now()
		f()
		return float64(time.Since(began).Nanoseconds()) / 1000
	}
	for b.Loop() {
		t, h := timed(there), timed(here)
		a, c, ratios = append(a, t), append(c, h), append(ratios, t/h)
	}
	for _, list := range [][]float64{a, c, ratios} {
		slices.Sort(list)
	}
	n := len(ratios)
	b.ReportMetric(a[n/2], "worker-µs")
	b.ReportMetric(c[n/2], "here-µs")
	b.ReportMetric(ratios[n/2], "ratio")
	b.ReportMetric(ratios[n/10], "p10")
	b.ReportMetric(ratios[n*9/10], "p90")
}

// What a call through a worker costs beside one within the process.
func BenchmarkOverInProcess(b *testing.B) {
	codes := map[string]string{"identity": `export default (event) => event`}
	for _, name := range []string{"contracts-to-crm", "flatten", "redact", "cloudevents"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "scripts", name+".js"))
		if err != nil {
			b.Fatal(err)
		}
		codes[name] = string(text)
	}
	roomy := webhook.GuestLimits{Time: 5 * time.Second, Memory: 1 << 30}
	for _, size := range []int{1 << 10, 16 << 10, 64 << 10, 1 << 20} {
		for _, name := range []string{"identity", "contracts-to-crm", "flatten", "redact", "cloudevents"} {
			b.Run(fmt.Sprintf("%dK/%s", size>>10, name), func(b *testing.B) {
				there, here := load(b, newLoader(1), name+".js", codes[name], roomy), load(b, script.Loader{}, name+".js", codes[name], roomy)
				ev := eventOfSize(size)
				call := func(g webhook.Guest) func() {
					return func() {
						if _, err := g.Transform(b.Context(), ev, webhook.TransformContext{}); err != nil {
							b.Fatal(err)
						}
					}
				}
				pairs(b, call(there), call(here))
			})
		}
	}
}

// The same for a rule: that of TrueLayer, with a token and keys by reference.
func BenchmarkClaimOverInProcess(b *testing.B) {
	rule := filepath.Join("..", "..", "..", "plugins", "truelayer", "rule.js")
	text, err := os.ReadFile(rule)
	if err != nil {
		b.Fatal(err)
	}
	there, here := load(b, newLoader(1), rule, string(text), roomy), load(b, script.Loader{}, rule, string(text), roomy)
	v := vectorsOf(b, "truelayer")[0]
	req := v.HTTP()
	call := func(g webhook.Guest) func() {
		return func() {
			if _, err := g.Claim(b.Context(), req, v.Settings); err != nil {
				b.Fatal(err)
			}
		}
	}
	pairs(b, call(there), call(here))
}

// How many events two processors take in a second, with as many callers as the
// dispatcher has for one endpoint.
func BenchmarkThroughput(b *testing.B) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "scripts", "contracts-to-crm.js"))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 64 << 10} {
		ev := eventOfSize(size)
		for name, l := range map[string]webhook.GuestLoader{"worker": newLoader(0), "here": script.Loader{}} {
			b.Run(fmt.Sprintf("%dK/%s", size>>10, name), func(b *testing.B) {
				g := load(b, l, "t.js", string(text), roomy)
				var callers sync.WaitGroup
				work := make(chan bool)
				for range 16 {
					callers.Go(func() {
						for range work {
							if _, err := g.Transform(b.Context(), ev, webhook.TransformContext{}); err != nil {
								b.Error(err)
							}
						}
					})
				}
				for b.Loop() {
					work <- true
				}
				close(work)
				callers.Wait()
			})
		}
	}
}

// What it costs to start a worker and to load a script in it.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		g, err := newLoader(1).Load(b.Context(), webhook.GuestCode{Name: "t.js", Code: []byte(`export default (event) => event`)})
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
