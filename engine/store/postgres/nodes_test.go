//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// nodes opens one database several times.
func nodes(t *testing.T, n int) []*postgres.Store {
	t.Helper()
	dsn := pgtest.Database(t)
	list := make([]*postgres.Store, n)
	for i := range list {
		list[i] = open(t, dsn, postgres.Options{})
	}
	return list
}

func lease(t *testing.T, s *postgres.Store, now time.Time, n int) []store.Lease {
	t.Helper()
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: n, Default: n})
	if err != nil {
		t.Fatal(err)
	}
	return leases
}

// TestNodesShareTheWork empties a database from three nodes at once.
func TestNodesShareTheWork(t *testing.T) {
	const deliveries = 600
	all := nodes(t, 3)
	storetest.EachCaller(t, 32, deliveries, func(i int) error {
		_, err := all[i%len(all)].Accept(t.Context(), acceptance(fmt.Sprintf("e%04d", i), fmt.Sprintf("endpoint-%d", i%5)))
		return err
	})
	var mu sync.Mutex
	handed := map[string]int{}
	var settled atomic.Int64
	var work sync.WaitGroup
	for _, s := range all {
		work.Go(func() {
			for settled.Load() < deliveries {
				leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: begin, For: time.Hour, Max: 20, Default: 20})
				if err != nil {
					t.Error(err)
					return
				}
				var done []store.Settlement
				for _, l := range leases {
					mu.Lock()
					handed[l.Delivery.ID]++
					mu.Unlock()
					done = append(done, store.Settlement{Lease: l.Ref, Now: begin, Next: webhook.Next{State: webhook.Delivered}})
				}
				if _, err := s.Settle(t.Context(), done); err != nil {
					t.Error(err)
					return
				}
				settled.Add(int64(len(done)))
			}
		})
	}
	work.Wait()
	for id, n := range handed {
		if n != 1 {
			t.Errorf("delivery %s was handed out %d times, want once", id, n)
		}
	}
	counts, err := all[0].Counts(t.Context())
	if err != nil || counts[webhook.Delivered] != deliveries || counts[webhook.Pending] != 0 || counts[webhook.Running] != 0 {
		t.Errorf("Counts = %v, %v, want %d delivered", counts, err, deliveries)
	}
}

// TestFencing settles, extends and expands under a lease that has run out and
// is another node's.
func TestFencing(t *testing.T) {
	all := nodes(t, 2)
	dead, alive := all[0], all[1]
	accept(t, dead, "e1", "crm")
	old := lease(t, dead, begin, 1)[0]
	if got := lease(t, alive, begin.Add(59*time.Second), 1); len(got) != 0 {
		t.Fatalf("Lease before the other's lease has ended = %+v, want none", got)
	}
	next := lease(t, alive, begin.Add(time.Minute), 1)
	if len(next) != 1 {
		t.Fatal("Lease after the other's lease has ended hands out nothing")
	}
	late := store.Settlement{
		Lease: old.Ref, Now: begin, DisableAfter: webhook.DisableRule{Failures: 1}, Attempt: &webhook.Attempt{At: begin, Status: 500},
		Next: webhook.Next{State: webhook.Exhausted, Health: webhook.HealthGone},
	}
	if changed, err := dead.Settle(t.Context(), []store.Settlement{late}); err != nil || len(changed) != 0 {
		t.Errorf("Settle of a lost lease = %v, %v, want nothing", changed, err)
	}
	if err := dead.Extend(t.Context(), old.Ref, begin.Add(time.Hour)); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("Extend of a lost lease = %v, want %v", err, store.ErrLeaseLost)
	}
	if _, err := dead.Expand(t.Context(), old.Ref, nil, ""); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("Expand of a lost lease = %v, want %v", err, store.ErrLeaseLost)
	}
	d, err := alive.Delivery(t.Context(), "d-e1")
	if err != nil || d.State != webhook.Running || d.Attempts != 0 {
		t.Errorf("Delivery = %+v, %v, want it running without attempts", d, err)
	}
}

// TestKeysAmongNodes accepts the same keys on three nodes at once, in different
// orders.
func TestKeysAmongNodes(t *testing.T) {
	const keys = 200
	all := nodes(t, 3)
	var stored [keys]atomic.Int64
	var calls sync.WaitGroup
	for n, s := range all {
		calls.Go(func() {
			storetest.EachCaller(t, 32, keys, func(i int) error {
				key := i
				if n%2 == 1 {
					key = keys - 1 - i
				}
				a := acceptance(fmt.Sprintf("e%d-%03d", n, key), "crm")
				a.DedupKey = fmt.Sprint(key)
				r, err := s.Accept(t.Context(), a)
				if err == nil && !r.Duplicate {
					stored[key].Add(1)
				}
				return err
			})
		})
	}
	calls.Wait()
	for key := range stored {
		if n := stored[key].Load(); n != 1 {
			t.Errorf("%d events were stored under key %d, want 1", n, key)
		}
	}
	if counts, err := all[0].Counts(t.Context()); err != nil || counts[webhook.Pending] != keys {
		t.Errorf("Counts = %v, %v, want %d pending", counts, err, keys)
	}
}

// TestFailuresAmongNodes counts the failures of one endpoint on three nodes.
func TestFailuresAmongNodes(t *testing.T) {
	const deliveries, threshold = 60, 40
	all := nodes(t, 3)
	storetest.EachCaller(t, 8, deliveries, func(i int) error {
		_, err := all[0].Accept(t.Context(), acceptance(fmt.Sprintf("e%03d", i), "crm"))
		return err
	})
	leases := lease(t, all[1], begin, deliveries)
	if len(leases) != deliveries {
		t.Fatalf("Lease = %d, want %d", len(leases), deliveries)
	}
	var flips atomic.Int64
	storetest.EachCaller(t, 12, deliveries, func(i int) error {
		changed, err := all[i%3].Settle(t.Context(), []store.Settlement{{
			Lease: leases[i].Ref, Now: begin, DisableAfter: webhook.DisableRule{Failures: threshold},
			Next: webhook.Next{State: webhook.Pending, Due: begin.Add(time.Hour), Health: webhook.HealthBad},
		}})
		flips.Add(int64(len(changed)))
		return err
	})
	health, err := all[2].Health(t.Context())
	if err != nil || len(health) != 1 || health[0].Failures != deliveries || !health[0].Disabled {
		t.Errorf("Health = %+v, %v, want %d failures and disabled", health, err, deliveries)
	}
	if n := flips.Load(); n != 1 {
		t.Errorf("the endpoint was disabled %d times, want once", n)
	}
	if counts, err := all[0].Counts(t.Context()); err != nil || counts[webhook.Held] != deliveries {
		t.Errorf("Counts = %v, %v, want all %d held", counts, err, deliveries)
	}
}

// TestTogglingBesideAccepting disables and enables an endpoint on one node while
// others accept for it: once it is enabled nothing is held.
func TestTogglingBesideAccepting(t *testing.T) {
	const deliveries = 300
	all := nodes(t, 3)
	var calls sync.WaitGroup
	for n, s := range all[1:] {
		calls.Go(func() {
			storetest.EachCaller(t, 16, deliveries, func(i int) error {
				_, err := s.Accept(t.Context(), acceptance(fmt.Sprintf("e%d-%03d", n, i), "crm"))
				return err
			})
		})
	}
	done := make(chan struct{})
	go func() {
		calls.Wait()
		close(done)
	}()
	for i := 0; ; i++ {
		if _, err := all[0].SetDisabled(t.Context(), "crm", i%2 == 0, "toggled", begin); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
			if i%2 == 0 {
				continue
			}
		default:
			continue
		}
		break
	}
	if counts, err := all[0].Counts(t.Context()); err != nil || counts[webhook.Held] != 0 || counts[webhook.Pending] != 2*deliveries {
		t.Errorf("Counts = %v, %v, want all %d pending", counts, err, 2*deliveries)
	}
	if list, err := all[0].Deliveries(t.Context(), store.DeliveryQuery{State: webhook.Held}); err != nil || len(list) != 0 {
		t.Errorf("%d deliveries are held, %v, want none", len(list), err)
	}
}

// TestWatch is woken by what another node accepts, redelivers and enables, long
// before it would look by itself.
func TestWatch(t *testing.T) {
	dsn := pgtest.Database(t)
	idle := open(t, dsn, postgres.Options{Poll: time.Hour})
	busy := open(t, dsn, postgres.Options{})
	woken := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- idle.Watch(ctx, func() { woken <- struct{}{} }) }()
	<-woken // it listens
	accept(t, busy, "e1", "crm")
	<-woken
	if due, err := idle.NextDue(t.Context()); err != nil || !due.Equal(begin) {
		t.Errorf("NextDue = %v, %v, want what the other node has accepted, %v", due, err, begin)
	}
	if got := lease(t, idle, begin, 9); len(got) != 1 {
		t.Errorf("Lease = %+v, want what the other node has accepted", got)
	}
	// The connection that listens may break.
	server := pgtest.Shared(t)
	for len(woken) > 0 {
		<-woken
	}
	if err := server.SQL("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Watch = %v, want nil after its context", err)
	}
}

// TestWatchPolls finds what nobody has said.
func TestWatchPolls(t *testing.T) {
	dsn := pgtest.Database(t)
	idle := open(t, dsn, postgres.Options{Poll: 10 * time.Millisecond, Listen: "postgres://u@127.0.0.1:1/none"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	looked := make(chan struct{})
	go func() {
		_ = idle.Watch(ctx, func() {
			if due, err := idle.NextDue(ctx); err == nil && !due.IsZero() {
				select {
				case looked <- struct{}{}:
				default:
				}
			}
		})
	}()
	accept(t, open(t, dsn, postgres.Options{}), "e1", "crm")
	<-looked
}
