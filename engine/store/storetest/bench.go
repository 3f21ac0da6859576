package storetest

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Bench measures the stores that it opens. An operation is one event or delivery
// where the benchmark does not say otherwise.
type Bench struct {
	// Open returns an empty store, which the benchmark closes in the end. It calls
	// committed for every transaction, with the calls that this has carried.
	Open func(b *testing.B, committed func(calls int)) store.Store
	// Meter begins to measure; what it returns reports what was used since.
	Meter func(b *testing.B) (report func())
}

func uncounted(int) {}

// Accept stores events of 1 KB with one delivery and a dedup key each, from as many
// callers as the name says. It reports the calls in a transaction.
func (x Bench) Accept(b *testing.B) {
	for _, callers := range []int{1, 64, 512} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			var calls, commits atomic.Int64
			s := x.Open(b, func(n int) {
				calls.Add(int64(n))
				commits.Add(1)
			})
			events := BenchEvents(b.N)
			used := x.Meter(b)
			b.ResetTimer()
			accept(b, s, callers, events)
			b.StopTimer()
			used()
			b.ReportMetric(float64(calls.Load())/float64(max(1, commits.Load())), "calls/commit")
		})
	}
}

// LeaseBacklog leases 64 deliveries of a store in which many more are pending for
// 1,000 endpoints, and asks when the next is due; that is one operation.
func (x Bench) LeaseBacklog(b *testing.B) {
	for _, backlog := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(backlog), func(b *testing.B) {
			s := x.Open(b, uncounted)
			events := BenchEvents(backlog)
			for i := range events {
				events[i].DedupKey = ""
				events[i].Deliveries[0].Endpoint = "endpoint-" + strconv.Itoa(i%1000)
			}
			accept(b, s, 512, events)
			now := time.Now()
			used := x.Meter(b)
			for b.Loop() {
				leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Millisecond, Max: 64, Default: 64})
				if err != nil || len(leases) != 64 {
					b.Fatalf("Lease = %d leases, %v, want 64", len(leases), err)
				}
				if _, err := s.NextDue(b.Context()); err != nil {
					b.Fatal(err)
				}
				now = now.Add(time.Millisecond)
			}
			used()
		})
	}
}
