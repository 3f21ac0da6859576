//go:build unix

package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkToggle disables and enables an endpoint with 100,000 deliveries, and
// reports how long that took until the last of them had followed, and the longest
// Accept meanwhile.
func BenchmarkToggle(b *testing.B) {
	const deliveries = 100_000
	s := openBench(b, sqlite.Options{})
	events := storetest.BenchEvents(deliveries)
	storetest.EachCaller(b, 512, deliveries, func(i int) error {
		events[i].DedupKey, events[i].Deliveries[0].Endpoint = "", "crm"
		_, err := s.Accept(b.Context(), events[i])
		return err
	})
	for round := 0; b.Loop(); round++ {
		for _, to := range []webhook.DeliveryState{webhook.Held, webhook.Pending} {
			stop := longestAccept(b, s, fmt.Sprint(round, to))
			began := time.Now()
			if _, err := s.SetDisabled(b.Context(), "crm", to == webhook.Held, "", began); err != nil {
				b.Fatal(err)
			}
			for n := int64(0); n < deliveries; {
				counts, err := s.Counts(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				n = counts[to]
				time.Sleep(10 * time.Millisecond)
			}
			b.ReportMetric(float64(time.Since(began).Milliseconds()), string(to)+"-ms")
			b.ReportMetric(float64(stop().Milliseconds()), string(to)+"-pause-ms")
		}
	}
}

// longestAccept stores events for nobody, one after the other, until the function
// is called that it returns, which returns how long the longest took.
func longestAccept(b *testing.B, s *sqlite.Store, name string) (stop func() time.Duration) {
	b.Helper()
	ended, result := make(chan struct{}), make(chan time.Duration)
	go func() {
		longest := time.Duration(0)
		for n := 0; ; n++ {
			began := time.Now()
			_, err := s.Accept(b.Context(), store.Acceptance{Event: webhook.Event{ID: fmt.Sprint(name, n), Time: began, Body: make([]byte, 1024)}})
			longest = max(longest, time.Since(began))
			if err != nil {
				b.Error(err)
			}
			select {
			case <-ended:
				result <- longest
				return
			default:
			}
		}
	}()
	return func() time.Duration {
		close(ended)
		return <-result
	}
}
