package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// LeaseSettle leases 64 deliveries at a time and settles them as delivered.
func (x Bench) LeaseSettle(b *testing.B) {
	s := x.Open(b, uncounted)
	accept(b, s, 512, BenchEvents(b.N))
	now := time.Now()
	used := x.Meter(b)
	b.ResetTimer()
	for done := 0; done < b.N; {
		leases := leaseSome(b, s, now)
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

// Expand leases 64 deliveries at a time, stores an output of 1 KB for each of them
// from a caller of its own, and settles them.
func (x Bench) Expand(b *testing.B) {
	s := x.Open(b, uncounted)
	accept(b, s, 512, BenchEvents(b.N))
	now := time.Now()
	used := x.Meter(b)
	b.ResetTimer()
	for done := 0; done < b.N; {
		leases := leaseSome(b, s, now)
		EachCaller(b, len(leases), len(leases), func(i int) error {
			out := webhook.Output{Type: "a", ContentType: "application/json", Body: leases[i].Event.Body}
			_, err := s.Expand(b.Context(), leases[i].Ref, []webhook.Output{out}, "0123456789abcdef0123456789abcdef")
			return err
		})
		settleAll(b, s, leases, now)
		done += len(leases)
	}
	b.StopTimer()
	used()
}

// leaseSome leases up to 64 deliveries.
func leaseSome(b *testing.B, s store.Store, now time.Time) []store.Lease {
	b.Helper()
	leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: 64, Default: 64})
	if err != nil || len(leases) == 0 {
		b.Fatalf("Lease = %d leases, %v, want some", len(leases), err)
	}
	return leases
}
