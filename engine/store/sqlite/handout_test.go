package sqlite_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ask accepts an event with a delivery that is asked for, and returns how many
// leases the receipt hands out.
func ask(t *testing.T, s *sqlite.Store, id string, due time.Time) int {
	t.Helper()
	a := acceptance(id)
	a.Deliveries[0].State, a.Deliveries[0].Due, a.LeaseFor = webhook.Running, due, time.Minute
	r, err := s.Accept(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return len(r.Leases)
}

// TestAcceptHandsOut asks for deliveries to an endpoint for which nothing is due,
// and for which something is.
func TestAcceptHandsOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	now := time.Unix(1000, 0)
	steps := func(step string, s *sqlite.Store, due time.Time, want int) {
		t.Helper()
		if got := ask(t, s, step, due); got != want {
			t.Errorf("%s: Accept handed out %d, want %d", step, got, want)
		}
	}
	steps("first to a new endpoint", s, now, 1)
	steps("beside one that runs", s, now.Add(time.Second), 1)
	ended := now.Add(time.Minute + store.Overtakes)
	steps("once the lease of the first has ended", s, ended, 0)
	all := store.LeaseRequest{Now: ended, For: time.Hour, Max: 9, Default: 9}
	if leases, err := s.Lease(t.Context(), all); err != nil || len(leases) != 2 {
		t.Fatalf("Lease = %d, %v, want the first and the third", len(leases), err)
	}
	steps("after the backlog", s, ended, 1)

	after := open(t, crashed(t, path), sqlite.Options{})
	steps("before the store knows what is due", after, now.Add(time.Minute), 0)
	all.Now = now.Add(2 * time.Minute)
	leases, err := after.Lease(t.Context(), all)
	if err != nil || len(leases) != 5 {
		t.Fatalf("Lease after a crash = %d, %v, want all five", len(leases), err)
	}
	steps("once it knows", after, now.Add(2*time.Minute), 1)
}

// TestAcceptHandsOutAfterARollback asks for a delivery in a transaction that
// another call spoils.
func TestAcceptHandsOutAfterARollback(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, _ *gate, release func()) {
		var receipt store.Receipt
		var fault, spoiled error
		go func() {
			a := acceptance("e1")
			a.Deliveries[0].State, a.Deliveries[0].Endpoint, a.LeaseFor = webhook.Running, "new", time.Minute
			receipt, fault = s.Accept(t.Context(), a)
		}()
		go func() { _, spoiled = s.Accept(t.Context(), acceptance("taken")) }()
		synctest.Wait()
		release()
		if fault != nil || spoiled == nil || len(receipt.Leases) != 1 {
			t.Fatalf("Accept = %+v, %v and %v, want one lease, and an error of the other call", receipt, fault, spoiled)
		}
		l := receipt.Leases[0]
		if err := s.Extend(t.Context(), l.Ref, l.Until.Add(time.Hour)); err != nil {
			t.Errorf("Extend = %v, want the lease held", err)
		}
		counts, err := s.Counts(t.Context())
		if err != nil || counts[webhook.Running] != 1 || counts[webhook.Pending] != 1 {
			t.Errorf("Counts = %v, %v, want one running and one pending", counts, err)
		}
	})
}
