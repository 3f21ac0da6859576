//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Days that are too old are dropped, more than the limit at once, and what counts
// them forgets them.
func TestDaysAreDropped(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	var old []store.Acceptance
	for i := range 12 {
		old = append(old, from("s", fmt.Sprint("old", i), "crm", ago(32+i%2)))
		mustAccept(t, s, old[i])
	}
	mustAccept(t, s, from("s", "young", "crm", ago(29)))
	finish(t, s)
	mustAccept(t, s, from("s", "pending", "crm", ago(0)))
	wantTables(t, dsn, map[int]bool{29: true, 32: true, 33: true, 0: true})
	req := keeping(30)
	req.Limit = 5
	wantPruned(t, s, req, 12)
	wantTables(t, dsn, map[int]bool{29: true, 32: false, 33: false, 0: true, -1: true})
	wantPruned(t, s, req, 0)
	for _, a := range old {
		wantGone(t, s, a)
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Delivered: 1, webhook.Pending: 1})
	// What is left weighs what its two events do.
	left := 2*store.Weight(0) + int64(len("young")+len("pending"))
	wantPruned(t, s, store.PruneRequest{Size: left, Limit: 9}, 0)
	wantPruned(t, s, store.PruneRequest{Size: left - 1, Limit: 9}, 1)
	// The day, empty now, is dropped at the next time.
	wantPruned(t, s, store.PruneRequest{Limit: 9}, 0)
	wantTables(t, dsn, map[int]bool{29: false, 0: true})
	// A dropped day is made anew.
	mustAccept(t, s, from("s", "again", "crm", ago(32)))
	wantTables(t, dsn, map[int]bool{32: true})
}

// An open delivery keeps its day until it is final.
func TestDayOfAnOpenDelivery(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("s", "done", "crm", ago(40)))
	finish(t, s)
	if _, err := s.SetDisabled(t.Context(), "off", true, "", begin); err != nil {
		t.Fatal(err)
	}
	mustAccept(t, s, from("s", "held", "off", ago(40)))
	mustAccept(t, s, from("s", "bare", "", ago(40)))
	wantPruned(t, s, keeping(30), 2)
	wantTables(t, dsn, map[int]bool{40: true})
	if e, err := s.Event(t.Context(), "held"); err != nil || string(e.Body) != "held" {
		t.Errorf("Event = %+v, %v, want it kept", e, err)
	}
	if _, err := s.SetDisabled(t.Context(), "off", false, "", begin); err != nil {
		t.Fatal(err)
	}
	finish(t, s)
	if got := ask(t, dsn, "SELECT count(*)::text FROM hookseal.open"); got != "0" {
		t.Errorf("%s deliveries are open, want none", got)
	}
	wantPruned(t, s, keeping(30), 1)
	wantTables(t, dsn, map[int]bool{40: false})
	wantCounts(t, s, nil)
}

// Sources of one day may be kept for different times.
func TestDayOfTwoSources(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("short", "e1", "", ago(9)))
	mustAccept(t, s, from("long", "e2", "", ago(9)))
	req := keeping(30)
	req.Sources = map[string]store.Keep{"short": keeping(7).Default}
	wantPruned(t, s, req, 1)
	wantTables(t, dsn, map[int]bool{9: true})
	if _, err := s.Event(t.Context(), "e2"); err != nil {
		t.Errorf("Event of the source that is kept longer = %v, want nil", err)
	}
	wantPruned(t, s, keeping(7), 1)
	wantTables(t, dsn, map[int]bool{9: false})
}

// Within the leeway events stay until their day is dropped.
func TestLeeway(t *testing.T) {
	s := open(t, pgtest.Database(t), postgres.Options{})
	mustAccept(t, s, from("s", "e1", "", ago(9).Add(-10*time.Hour)))
	before := ago(9).Add(-5 * time.Hour)
	for _, c := range []struct {
		leeway time.Duration
		want   int
	}{{24 * time.Hour, 0}, {6 * time.Hour, 0}, {4 * time.Hour, 1}} {
		wantPruned(t, s, store.PruneRequest{Default: store.Keep{Events: before, Leeway: c.leeway}, Limit: 9}, c.want)
	}
}

// Who reads all days holds up that one is dropped, and nobody else.
func TestDayInUse(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("s", "old", "", ago(40)))
	letGo := lockEvent(t, dsn, "old")
	pruned, accepted := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.Prune(t.Context(), keeping(30))
		pruned <- err
	}()
	go func() {
		_, err := s.Accept(t.Context(), from("s", "new", "crm", ago(0)))
		accepted <- err
	}()
	if err := <-accepted; err != nil {
		t.Errorf("Accept beside who waits to drop a day = %v, want nil", err)
	}
	finish(t, s)
	wantTables(t, dsn, map[int]bool{40: true})
	letGo()
	if err := <-pruned; err != nil {
		t.Errorf("Prune of a day that is in use = %v, want nil", err)
	}
	if _, err := s.Prune(t.Context(), keeping(30)); err != nil {
		t.Error(err)
	}
	wantTables(t, dsn, map[int]bool{40: false})
}

// Days are dropped beside those who redeliver, erase and accept what is in them:
// what is counted is what is there.
func TestDroppingBesideOthers(t *testing.T) {
	const events = 30
	all := nodes(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	var pruning, calls sync.WaitGroup
	pruning.Go(func() {
		for ctx.Err() == nil {
			if _, err := all[0].Prune(t.Context(), keeping(30)); err != nil {
				t.Errorf("Prune = %v, want nil", err)
				return
			}
		}
	})
	for n := range 3 {
		calls.Go(func() {
			for i := range events / 3 {
				id := fmt.Sprintf("e%d-%02d", n, i)
				if _, err := all[1].Accept(t.Context(), from("s", id, "crm", ago(40+i%3))); err != nil {
					t.Errorf("Accept = %v, want nil", err)
				}
				finish(t, all[1])
				// Whatever is left of it.
				err := all[1].Redeliver(t.Context(), "d-"+id, time.Now())
				if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrNotFinal) {
					t.Errorf("Redeliver = %v, want nil or that it is gone", err)
				}
				if err := all[1].Erase(t.Context(), id, begin); err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("Erase = %v, want nil or that it is gone", err)
				}
			}
		})
	}
	calls.Wait()
	cancel()
	pruning.Wait()
	finish(t, all[1])
	deadline := time.Now().Add(20 * time.Second)
	for left := -1; left != 0; {
		if _, err := all[0].Prune(t.Context(), keeping(30)); err != nil {
			t.Fatal(err)
		}
		list, err := all[0].Events(t.Context(), store.EventQuery{})
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%d events are left, %v, want none", len(list), err)
		}
		left = len(list)
	}
	wantCounts(t, all[1], nil)
}
