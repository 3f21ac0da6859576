package storetest

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
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

// LeaseSettle leases 64 deliveries at a time and settles them as delivered.
func (x Bench) LeaseSettle(b *testing.B) {
	s := x.Open(b, uncounted)
	accept(b, s, 512, BenchEvents(b.N))
	now := time.Now()
	used := x.Meter(b)
	b.ResetTimer()
	for done := 0; done < b.N; {
		leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: 64, Default: 64})
		if err != nil || len(leases) == 0 {
			b.Fatalf("Lease = %d leases, %v, want some", len(leases), err)
		}
		settleAll(b, s, leases, now)
		done += len(leases)
	}
	b.StopTimer()
	used()
}

// settleAll settles leases as delivered.
func settleAll(b *testing.B, s store.Store, leases []store.Lease, now time.Time) {
	b.Helper()
	settlements := make([]store.Settlement, len(leases))
	for i, l := range leases {
		settlements[i] = store.Settlement{
			Lease: l.Ref, Now: now,
			Next:    webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
			Attempt: &webhook.Attempt{At: now, Duration: time.Millisecond, Status: 200, Response: []byte("ok")},
		}
	}
	if _, err := s.Settle(b.Context(), settlements); err != nil {
		b.Error(err)
	}
}

// AcceptSettle stores events of 1 KB and asks for their deliveries, 64 at a time,
// and settles those of one time while the next are stored.
func (x Bench) AcceptSettle(b *testing.B) {
	const round = 64
	s := x.Open(b, uncounted)
	events, now := BenchEvents(b.N), time.Now()
	used := x.Meter(b)
	b.ResetTimer()
	var settling sync.WaitGroup
	for len(events) > 0 {
		batch := events[:min(round, len(events))]
		events = events[len(batch):]
		leases := acceptRound(b, s, batch)
		settling.Wait()
		settling.Go(func() { settleAll(b, s, leases, now) })
	}
	settling.Wait()
	b.StopTimer()
	used()
}

// acceptRound stores events from one caller each, and leases what is not handed
// out.
func acceptRound(b *testing.B, s store.Store, events []store.Acceptance) []store.Lease {
	b.Helper()
	receipts := make([]store.Receipt, len(events))
	EachCaller(b, len(events), len(events), func(i int) (err error) {
		a := events[i]
		a.Deliveries[0].State, a.LeaseFor = webhook.Running, time.Minute
		receipts[i], err = s.Accept(b.Context(), a)
		return err
	})
	var leases []store.Lease
	for _, r := range receipts {
		leases = append(leases, r.Leases...)
	}
	if len(leases) == len(events) {
		return leases
	}
	rest, err := s.Lease(b.Context(), store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: len(events), Default: len(events)})
	if err != nil {
		b.Error(err)
	}
	return append(leases, rest...)
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
