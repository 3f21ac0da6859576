//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// keepsDays is the key of the lock under which days are made and dropped.
const keepsDays = "pg_advisory_xact_lock(x'686f6f6b64617973'::bigint)"

// begun is a transaction of somebody else, in which statements were run, until
// letGo is called.
func begun(t *testing.T, dsn string, statements ...string) (letGo func()) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	letGo = func() {
		ctx := context.WithoutCancel(t.Context())
		if c.IsClosed() {
			return
		}
		// Who closes the connection does not wait for the end of the transaction.
		_, err := c.Exec(ctx, "ROLLBACK")
		if err := errors.Join(err, c.Close(ctx)); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(letGo)
	for _, statement := range append([]string{"BEGIN"}, statements...) {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return letGo
}

// awaitTrue returns once a condition of a database holds.
func awaitTrue(t *testing.T, dsn, condition string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ask(t, dsn, "SELECT ("+condition+")::text") != "true"; {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come true", condition)
		}
	}
}

// awaitBlocked returns once a statement that begins like this waits for others.
func awaitBlocked(t *testing.T, dsn, begin string) {
	t.Helper()
	awaitTrue(t, dsn, "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"+
		" AND wait_event_type = 'Lock' AND starts_with(query, '"+begin+"'))")
}

// date returns how the tables of so many days ago end.
func date(days int) string { return ago(days).Format("20060102") }

// short is a request that keeps the events of the source "s" for 30 days, those of
// others for ever.
func short() store.PruneRequest {
	return store.PruneRequest{Now: time.Now(), Sources: map[string]store.Keep{"s": keeping(30).Default}, Limit: 100}
}

// raceDays stores two events that are too old, one of a day each, the second with
// the deliveries d-second and other, and has all delivered. What is kept longer
// keeps the days.
func raceDays(t *testing.T, s *postgres.Store) {
	t.Helper()
	mustAccept(t, s, from("s", "first", "crm", ago(41)))
	second := from("s", "second", "crm", ago(40))
	other := second.Deliveries[0]
	other.ID = "other"
	second.Deliveries = append(second.Deliveries, other)
	mustAccept(t, s, second)
	finish(t, s)
	mustAccept(t, s, from("long", "kept41", "", ago(41)))
	mustAccept(t, s, from("long", "kept40", "", ago(40)))
}

// pruneTo prunes in another goroutine until the final deliveries of the second day
// are being locked, one of which is redelivered and delivered again meanwhile, after
// that statement has begun. It goes on once letGo is called.
func pruneTo(t *testing.T, s *postgres.Store, dsn string) (letGo func(), pruned chan error) {
	t.Helper()
	firsts := begun(t, dsn, "SELECT 1 FROM hookseal.deliveries_"+date(41)+" FOR UPDATE")
	pruned = make(chan error, 1)
	go func() {
		_, err := s.Prune(t.Context(), short())
		pruned <- err
	}()
	awaitBlocked(t, dsn, "SELECT FROM hookseal.deliveries_"+date(41))
	if err := s.Redeliver(t.Context(), "other", time.Now()); err != nil {
		t.Fatal(err)
	}
	again := lease(t, s, time.Now(), 1)
	letGo = begun(t, dsn, "SELECT 1 FROM hookseal.deliveries_"+date(40)+" WHERE id = 'd-second' FOR UPDATE")
	firsts()
	awaitBlocked(t, dsn, "SELECT FROM hookseal.deliveries_"+date(40))
	if len(again) != 1 {
		t.Fatalf("Lease = %v, want what was redelivered", again)
	}
	settled := store.Settlement{
		Lease: again[0].Ref, Now: begin, Next: webhook.Next{State: webhook.Delivered}, Attempt: &webhook.Attempt{At: begin, Status: 200},
	}
	if _, err := s.Settle(t.Context(), []store.Settlement{settled}); err != nil {
		t.Fatal(err)
	}
	return letGo, pruned
}

// A delivery that becomes final while events are removed is counted with them.
func TestFinalWhilePruned(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	raceDays(t, s)
	letGo, pruned := pruneTo(t, s, dsn)
	letGo()
	if err := <-pruned; err != nil {
		t.Errorf("Prune = %v, want nil", err)
	}
	if got := ask(t, dsn, "SELECT count(*)::text FROM hookseal.deliveries"); got != "0" {
		t.Errorf("%s deliveries are left, want none", got)
	}
	wantCounts(t, s, nil)
}

// A delivery that is made due again while events are removed either is removed,
// which Redeliver says, or keeps its event.
func TestRedeliveredWhilePruned(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	raceDays(t, s)
	letGo, pruned := pruneTo(t, s, dsn)
	event := begun(t, dsn, "SELECT 1 FROM hookseal.events_"+date(40)+" WHERE id = 'second' FOR UPDATE")
	letGo()
	awaitBlocked(t, dsn, "SELECT e.id, e.source")
	redelivered := make(chan error, 1)
	go func() { redelivered <- s.Redeliver(t.Context(), "other", time.Now()) }()
	awaitBlocked(t, dsn, "SELECT erased")
	event()
	if err := <-pruned; err != nil {
		t.Errorf("Prune = %v, want nil", err)
	}
	switch err := <-redelivered; {
	case err == nil:
		if l := lease(t, s, time.Now(), 9); len(l) != 1 || l[0].Delivery.ID != "other" || string(l[0].Event.Body) != "second" {
			t.Errorf("Lease = %+v, want what was redelivered", l)
		}
		wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Running: 1, webhook.Delivered: 1})
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNotFinal):
		if _, err := s.Event(t.Context(), "second"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Event = %v, want %v", err, store.ErrNotFound)
		}
		wantCounts(t, s, nil)
	default:
		t.Errorf("Redeliver = %v, want nil or that it is gone", err)
	}
}

// Sums are not put together while a day may be dropped, which would leave them
// behind, and what is left of a dropped day does not count for long.
func TestSumsOfDroppedDays(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("s", "kept", "crm", ago(5)))
	wantPruned(t, s, keeping(30), 0)
	slots := "SELECT string_agg(slot::text, ' ') FROM hookseal.sizes WHERE day = " + date(5)
	ask(t, dsn, "WITH moved AS (UPDATE hookseal.sizes SET slot = 5 WHERE day = "+date(5)+" RETURNING 1) SELECT count(*)::text FROM moved")
	letGo := begun(t, dsn, "SELECT "+keepsDays)
	wantPruned(t, s, keeping(30), 0)
	if got := ask(t, dsn, slots); got != "5" {
		t.Errorf("slots are %s while days are made or dropped, want 5", got)
	}
	letGo()
	wantPruned(t, s, keeping(30), 0)
	if got := ask(t, dsn, slots); got != "0" {
		t.Errorf("slots are %s, want 0", got)
	}

	ask(t, dsn, "WITH left_behind AS (INSERT INTO hookseal.sizes (day, slot, source, events, bytes) VALUES (20200101, 0, 's', 4, 1000000) RETURNING 1),"+
		" counted AS (INSERT INTO hookseal.counts (day, slot, state, n) VALUES (20200101, 0, 3, 4) RETURNING 1)"+
		" SELECT count(*)::text FROM left_behind, counted")
	wantPruned(t, s, keeping(30), 0)
	req := keeping(30)
	req.Size = 5000
	wantPruned(t, s, req, 0)
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Pending: 1})
}

// Another node drops a day after it was planned to remove events of it.
func TestDayDroppedWhilePlanned(t *testing.T) {
	dsn := pgtest.Database(t)
	s, other := open(t, dsn, postgres.Options{}), open(t, dsn, postgres.Options{})
	mustAccept(t, s, from("s", "e1", "", ago(41)))
	mustAccept(t, s, from("s", "e2", "", ago(40)))
	noDrop := begun(t, dsn, "SELECT "+keepsDays)
	table := begun(t, dsn, "LOCK TABLE hookseal.events_"+date(40)+" IN ACCESS EXCLUSIVE MODE")
	pruned := make(chan error, 2)
	prune := func(s *postgres.Store) {
		_, err := s.Prune(t.Context(), keeping(30))
		pruned <- err
	}
	go prune(s)
	awaitBlocked(t, dsn, "(SELECT e.id, e.time")
	noDrop()
	go prune(other)
	awaitTrue(t, dsn, "to_regclass('hookseal.events_"+date(41)+"') IS NULL")
	table()
	for range 2 {
		if err := <-pruned; err != nil {
			t.Errorf("Prune = %v, want nil", err)
		}
	}
	if _, err := s.Prune(t.Context(), keeping(30)); err != nil {
		t.Errorf("Prune = %v, want nil", err)
	}
	wantTables(t, dsn, map[int]bool{40: false, 41: false})
}

// logged opens a store, and returns how often it has logged a text.
func logged(t *testing.T, dsn string) (s *postgres.Store, times func(text string) int) {
	var log strings.Builder
	s = open(t, dsn, postgres.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	return s, func(text string) int { return strings.Count(log.String(), text) }
}

// A day that is in use holds up no other, but all are left alone where it is the
// parents that are.
func TestOneDayInUse(t *testing.T) {
	const inUse = "in use"
	dsn := pgtest.Database(t)
	s, times := logged(t, dsn)
	for i := range 6 {
		mustAccept(t, s, from("s", fmt.Sprint("e", i), "", ago(40+i)))
	}
	parents := begun(t, dsn, "LOCK TABLE ONLY hookseal.events IN ACCESS SHARE MODE")
	// The events are removed one by one.
	wantPruned(t, s, keeping(30), 6)
	wantTables(t, dsn, map[int]bool{40: true, 45: true})
	if got := times(inUse); got != 3 {
		t.Errorf("%d days were found in use, want 3", got)
	}
	parents()
	// As a VACUUM locks it.
	oldest := begun(t, dsn, "LOCK TABLE hookseal.events_"+date(45)+" IN SHARE UPDATE EXCLUSIVE MODE")
	wantPruned(t, s, keeping(30), 0)
	wantTables(t, dsn, map[int]bool{40: false, 44: false, 45: true})
	oldest()
	wantPruned(t, s, keeping(30), 0)
	wantTables(t, dsn, map[int]bool{45: false})
}

// A day that stays for what is held is not locked, and is spoken of once.
func TestHeldDayIsLeftAlone(t *testing.T) {
	dsn := pgtest.Database(t)
	s, times := logged(t, dsn)
	if _, err := s.SetDisabled(t.Context(), "off", true, "", begin); err != nil {
		t.Fatal(err)
	}
	mustAccept(t, s, from("s", "held", "off", ago(40)))
	begun(t, dsn, "SELECT 1 FROM hookseal.deliveries")
	for range 3 {
		wantPruned(t, s, keeping(30), 0)
	}
	if open, inUse := times("open or held"), times("in use"); open != 1 || inUse != 0 {
		t.Errorf("logged %d times that the day stays and %d times that it is in use, want 1 and 0", open, inUse)
	}
	wantTables(t, dsn, map[int]bool{40: true})
}
