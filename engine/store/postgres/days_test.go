//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ago returns noon of the day so many days ago.
func ago(days int) time.Time {
	return time.Now().UTC().Truncate(24*time.Hour).Add(12*time.Hour).AddDate(0, 0, -days)
}

// from is an acceptance of an event of a source, received at a moment, with a
// delivery to an endpoint, if that is named.
func from(source, id, endpoint string, at time.Time) store.Acceptance {
	a := acceptance(id, endpoint)
	a.Event.Source, a.Event.Time, a.DedupKey = source, at, id
	return a
}

func mustAccept(t *testing.T, s *postgres.Store, a store.Acceptance) {
	t.Helper()
	if r, err := s.Accept(t.Context(), a); err != nil || r.Duplicate {
		t.Fatalf("Accept(%s) = %+v, %v, want it stored", a.Event.ID, r, err)
	}
}

// finish delivers all that is due.
func finish(t *testing.T, s *postgres.Store) {
	t.Helper()
	var done []store.Settlement
	for _, l := range lease(t, s, time.Now(), 1000) {
		done = append(done, store.Settlement{
			Lease: l.Ref, Now: begin, Next: webhook.Next{State: webhook.Delivered}, Attempt: &webhook.Attempt{At: begin, Status: 200},
		})
	}
	if _, err := s.Settle(t.Context(), done); err != nil {
		t.Fatal(err)
	}
}

// keeping is a request that keeps events for so many days.
func keeping(days int) store.PruneRequest {
	now := time.Now()
	return store.PruneRequest{Now: now, Default: store.Keep{Events: now.AddDate(0, 0, -days)}, Limit: 100}
}

func wantPruned(t *testing.T, s *postgres.Store, req store.PruneRequest, events int) {
	t.Helper()
	if got, err := s.Prune(t.Context(), req); err != nil || got.Events != events {
		t.Errorf("Prune = %+v, %v, want %d events", got, err, events)
	}
}

// wantTables compares which of some days have tables.
func wantTables(t *testing.T, dsn string, want map[int]bool) {
	t.Helper()
	for days, there := range want {
		table := "events_" + ago(days).Format("20060102")
		if got := ask(t, dsn, "SELECT count(*)::text FROM pg_class WHERE relname = '"+table+"'"); (got == "1") != there {
			t.Errorf("table %s is there = %t, want %t", table, got == "1", there)
		}
	}
}

// ask returns the one value that a query has.
func ask(t *testing.T, dsn, query string) (value string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.QueryRow(t.Context(), query).Scan(&value), c.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return value
}

func wantCounts(t *testing.T, s *postgres.Store, want map[webhook.DeliveryState]int64) {
	t.Helper()
	got, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for state, n := range got {
		if n != want[state] {
			t.Errorf("%d deliveries are %s, want %d", n, state, want[state])
		}
	}
}

// wantGone finds nothing of an event but its key.
func wantGone(t *testing.T, s *postgres.Store, a store.Acceptance) {
	t.Helper()
	if _, err := s.Event(t.Context(), a.Event.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Event(%s) = %v, want %v", a.Event.ID, err, store.ErrNotFound)
	}
	for _, d := range a.Deliveries {
		if _, err := s.Delivery(t.Context(), d.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Delivery(%s) = %v, want %v", d.ID, err, store.ErrNotFound)
		}
		if made, err := s.Attempts(t.Context(), d.ID); err != nil || len(made) != 0 {
			t.Errorf("Attempts(%s) = %v, %v, want none", d.ID, made, err)
		}
		if err := s.Redeliver(t.Context(), d.ID, begin); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Redeliver(%s) = %v, want %v", d.ID, err, store.ErrNotFound)
		}
	}
	if err := s.Erase(t.Context(), a.Event.ID, begin); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Erase(%s) = %v, want %v", a.Event.ID, err, store.ErrNotFound)
	}
	if r, kept, err := s.Lookup(t.Context(), a.Event.Source, a.DedupKey); err != nil || !kept || r.EventID != a.Event.ID {
		t.Errorf("Lookup(%s) = %+v, %v, %v, want it kept", a.DedupKey, r, kept, err)
	}
}

// A node learns by itself that another has dropped a day, and both make days at the
// same time.
func TestDaysAmongNodes(t *testing.T) {
	all := nodes(t, 3)
	for round := range 3 {
		var calls sync.WaitGroup
		for n, s := range all {
			calls.Go(func() {
				storetest.EachCaller(t, 8, 20, func(i int) error {
					_, err := s.Accept(t.Context(), from("s", fmt.Sprintf("e%d-%d-%02d", round, n, i), "crm", ago(40+i%2)))
					return err
				})
			})
		}
		calls.Wait()
		finish(t, all[round])
		if got, err := all[round].Prune(t.Context(), keeping(30)); err != nil || got.Events != 60 {
			t.Errorf("Prune = %+v, %v, want 60 events", got, err)
		}
	}
	wantCounts(t, all[0], nil)
}

// Times that are far away make no tables, and their events are kept like others.
func TestStrangeTimes(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	tables := ask(t, dsn, "SELECT count(*)::text FROM hookseal.days")
	now := time.Now().Truncate(time.Microsecond)
	for id, at := range map[string]time.Time{
		"first": {}, "old": now.AddDate(-11, 0, 0), "far": now.AddDate(0, 0, 3), "last": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		mustAccept(t, s, from("s", id, "crm", at))
		if e, err := s.Event(t.Context(), id); err != nil || !e.Time.Equal(at) {
			t.Errorf("Event(%s) = %v, %v, want it of %v", id, e.Time, err, at)
		}
	}
	if got := ask(t, dsn, "SELECT count(*)::text FROM hookseal.days"); got != tables {
		t.Errorf("there are tables of %s days, want %s", got, tables)
	}
	finish(t, s)
	if d, err := s.Delivery(t.Context(), "d-last"); err != nil || d.State != webhook.Delivered {
		t.Errorf("Delivery = %+v, %v, want it delivered", d, err)
	}
	wantPruned(t, s, keeping(1), 2)
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Delivered: 2})
}

// There are no more days than who reads all of them can lock.
func TestEnoughDays(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	ask(t, dsn, "WITH more AS (INSERT INTO hookseal.days SELECT 20000101 + i FROM generate_series(1, 200) i RETURNING 1)"+
		" SELECT count(*)::text FROM more")
	mustAccept(t, s, from("s", "e1", "crm", ago(5)))
	mustAccept(t, s, from("s", "e2", "crm", ago(6)))
	wantTables(t, dsn, map[int]bool{5: false, 6: false})
	if got := ask(t, dsn, "SELECT count(*)::text FROM hookseal.events_0"); got != "2" {
		t.Errorf("%s events are among the rest, want 2", got)
	}
}

// The ID of a delivery that is final is not given to another of its day.
func TestDeliveryIDIsTaken(t *testing.T) {
	s := open(t, pgtest.Database(t), postgres.Options{})
	mustAccept(t, s, from("s", "e1", "crm", ago(0)))
	finish(t, s)
	again := from("s", "e2", "crm", ago(0))
	again.Deliveries[0].ID = "d-e1"
	if _, err := s.Accept(t.Context(), again); err == nil || !strings.Contains(err.Error(), `delivery "d-e1" is kept already`) {
		t.Errorf("Accept of a delivery whose ID is taken = %v, want an error that names it", err)
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Delivered: 1})
}

// One batch may be of many days, on either side of midnight.
func TestManyDaysAtOnce(t *testing.T) {
	s := open(t, pgtest.Database(t), postgres.Options{})
	midnight := ago(3).Add(-12 * time.Hour)
	moments := []time.Time{midnight.Add(-time.Nanosecond), midnight, midnight.In(time.FixedZone("", 5*3600)), {}, ago(0)}
	const events = 100
	storetest.EachCaller(t, 32, events, func(i int) error {
		_, err := s.Accept(t.Context(), from("s", fmt.Sprintf("e%03d", i), fmt.Sprint("endpoint-", i%3), moments[i%len(moments)]))
		return err
	})
	leases := lease(t, s, time.Now(), events)
	for _, l := range leases {
		if string(l.Event.Body) != l.Event.ID || l.Delivery.EventID != l.Event.ID {
			t.Errorf("lease of %s has the event %q", l.Delivery.ID, l.Event.Body)
		}
		if d, err := s.Expand(t.Context(), l.Ref, []webhook.Output{{Body: []byte("1")}, {Body: []byte("2")}}, "hash"); err != nil || d.State != webhook.Running {
			t.Errorf("Expand = %+v, %v, want it running", d, err)
		}
	}
	for _, l := range lease(t, s, time.Now(), 2*events) {
		if l.Delivery.Output == nil || string(l.Delivery.Output.Body) != "2" {
			t.Errorf("lease of %s has the output %+v, want the second", l.Delivery.ID, l.Delivery.Output)
		}
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Running: 2 * events})
}

// Whatever is done all the time touches the tables of its own days alone, however
// many others there are: it goes on while those are locked.
func TestOwnDayAlone(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("s", "other", "", ago(5)))
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	date := ago(5).Format("20060102")
	for _, statement := range []string{"BEGIN", strings.ReplaceAll("LOCK TABLE hookseal.events_DAY, hookseal.deliveries_DAY,"+
		" hookseal.outputs_DAY, hookseal.attempts_DAY IN ACCESS EXCLUSIVE MODE", "_DAY", "_"+date)} {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for n := range 3 {
		a := from("s", fmt.Sprint("e", n), "crm", ago(0))
		a.Deliveries[0].OrderKey = "order"
		if _, err := s.Accept(ctx, a); err != nil {
			t.Fatalf("Accept = %v, want nil", err)
		}
	}
	mustAccept(t, s, wanted("handed-out", "erp", time.Now()))
	for _, next := range []webhook.DeliveryState{webhook.Pending, webhook.Delivered, webhook.Delivered} {
		leases, err := s.Lease(ctx, store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: 9, Default: 9})
		if err != nil || len(leases) == 0 {
			t.Fatalf("Lease = %v, %v, want some", leases, err)
		}
		l := leases[0]
		if l.Delivery.Output == nil {
			if _, err := s.Expand(ctx, l.Ref, []webhook.Output{{Body: []byte("1")}}, "hash"); err != nil {
				t.Errorf("Expand = %v, want nil", err)
			}
		}
		if err := s.Extend(ctx, l.Ref, time.Now().Add(time.Minute)); err != nil {
			t.Errorf("Extend = %v, want nil", err)
		}
		_, err = s.Settle(ctx, []store.Settlement{{
			Lease: l.Ref, Now: begin, Next: webhook.Next{State: next, Due: begin}, Attempt: &webhook.Attempt{At: begin, Status: 200},
		}})
		if err != nil {
			t.Errorf("Settle = %v, want nil", err)
		}
	}
	for _, disabled := range []bool{true, false} {
		if _, err := s.SetDisabled(ctx, "crm", disabled, "", begin); err != nil {
			t.Errorf("SetDisabled = %v, want nil", err)
		}
	}
	if _, err := s.NextDue(ctx); err != nil {
		t.Errorf("NextDue = %v, want nil", err)
	}
	if _, _, err := s.Lookup(ctx, "s", "e0"); err != nil {
		t.Errorf("Lookup = %v, want nil", err)
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Pending: 1, webhook.Running: 1, webhook.Delivered: 2})
}
