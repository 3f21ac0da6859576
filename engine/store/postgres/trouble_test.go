//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// throughBreaker opens a store whose connections break when they are told.
func throughBreaker(t *testing.T, dsn string, opts postgres.Options) (*postgres.Store, *breaker) {
	t.Helper()
	server := pgtest.Shared(t)
	b := newBreaker(t, server)
	return open(t, strings.Replace(dsn, server.Dir, b.dir, 1)+"&default_query_exec_mode=cache_describe", opts), b
}

// A user who could not make the tables of further days is refused. Where that comes
// later, nothing is.
func TestUserWithoutRights(t *testing.T) {
	server := pgtest.Shared(t)
	dsn := pgtest.Database(t)
	owner := open(t, dsn, postgres.Options{})
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	run := func(statements ...string) {
		for _, statement := range statements {
			if err := server.SQL(config.Database, statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	run("CREATE ROLE modest LOGIN", "CREATE ROLE owners", "GRANT USAGE ON SCHEMA hookseal TO modest",
		"GRANT ALL ON ALL TABLES IN SCHEMA hookseal TO modest", "GRANT ALL ON ALL SEQUENCES IN SCHEMA hookseal TO modest")
	t.Cleanup(func() {
		run("DROP OWNED BY modest", "DROP OWNED BY owners CASCADE", "DROP ROLE modest", "DROP ROLE owners")
	})
	as := strings.Replace(dsn, "user=postgres", "user=modest", 1)
	wantRefused(t, as, `GRANT CREATE ON SCHEMA hookseal TO "modest"`)
	run("GRANT CREATE ON SCHEMA hookseal TO modest")
	wantRefused(t, as, `GRANT "postgres" TO "modest"`)

	for _, table := range []string{"events", "deliveries", "outputs", "attempts"} {
		run("ALTER TABLE hookseal." + table + " OWNER TO owners")
	}
	wantRefused(t, as, `GRANT "owners" TO "modest"`)
	run("GRANT owners TO modest")
	s := open(t, as, postgres.Options{})
	mustAccept(t, s, from("s", "e1", "crm", ago(3)))
	run("REVOKE owners FROM modest")
	mustAccept(t, s, from("s", "e2", "crm", ago(4)))
	mustAccept(t, s, from("s", "e3", "crm", ago(0)))
	wantTables(t, dsn, map[int]bool{3: true, 4: false, 0: true})
	if got := ask(t, dsn, "SELECT string_agg(id, ' ') FROM hookseal.events_0"); got != "e2" {
		t.Errorf("%q are among the rest, want the event whose day could not be made", got)
	}
	if got := len(lease(t, owner, time.Now(), 9)); got != 3 {
		t.Errorf("%d leases, want 3", got)
	}
}

// Somebody who analyses the parents keeps days from being made, and no event waits
// for that for long.
func TestDayIsNotMadeBesideAnalyze(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	letGo := begun(t, dsn, "LOCK TABLE ONLY hookseal.events IN SHARE UPDATE EXCLUSIVE MODE")
	mustAccept(t, s, from("s", "e1", "crm", ago(3)))
	letGo()
	if got := ask(t, dsn, "SELECT string_agg(id, ' ') FROM hookseal.events_0"); got != "e1" {
		t.Errorf("%q are among the rest, want e1", got)
	}
	wantTables(t, dsn, map[int]bool{3: false})
	finish(t, s)
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Delivered: 1})
}

// A connection that breaks while the tables of a day are made loses nothing.
func TestDayIsMadeAfterACut(t *testing.T) {
	dsn := pgtest.Database(t)
	s, b := throughBreaker(t, dsn, postgres.Options{})
	accept(t, s, "warm", "crm")
	for days, c := range map[int]struct{ before, after int64 }{3: {1, 0}, 4: {0, 1}, 5: {1, 1}} {
		b.before.Store(c.before)
		b.after.Store(c.after)
		mustAccept(t, s, from("s", ago(days).Format("0102"), "crm", ago(days)))
	}
	wantTables(t, dsn, map[int]bool{3: true, 4: true, 5: true})
}

// What a COMMIT of unknown outcome has stored wakes this node and others.
func TestWakesAfterUnknownOutcome(t *testing.T) {
	dsn := pgtest.Database(t)
	s, b := throughBreaker(t, dsn, postgres.Options{Poll: time.Hour})
	if _, err := s.NextDue(t.Context()); err != nil { // it looks, and not again for an hour
		t.Fatal(err)
	}
	wantHandedOut(t, s, wanted("warm", "crm", begin), true)

	idle := open(t, dsn, postgres.Options{Poll: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	woken, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- idle.Watch(ctx, func() { woken <- struct{}{} }) }()
	<-woken // it listens

	b.after.Store(1)
	accept(t, s, "pending", "shop")
	if due, err := s.NextDue(t.Context(), "crm"); err != nil || !due.Equal(begin) {
		t.Errorf("NextDue = %v, %v, want what was just accepted, %v", due, err, begin)
	}
	<-woken
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Watch = %v, want nil after its context", err)
	}
}

// Settling what is in an order waits for the endpoint before it locks deliveries, as
// disabling does, so that neither waits for the other.
func TestSettlingBesideDisabling(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	plain, ordered := acceptance("e1", "crm"), acceptance("e2", "crm")
	plain.Deliveries[0].Due = begin.Add(-time.Hour)
	ordered.Deliveries[0].OrderKey = "k"
	mustAccept(t, s, plain)
	mustAccept(t, s, ordered)
	letGo := begun(t, dsn, "SELECT 1 FROM hookseal.open WHERE id = 'd-e1' FOR UPDATE")
	done := make(chan error, 2)
	go func() {
		_, err := s.SetDisabled(t.Context(), "crm", true, "", begin)
		done <- err
	}()
	awaitWaiting(t, dsn, 1)
	leases := lease(t, s, time.Now(), 9)
	go func() {
		var ended []store.Settlement
		for _, l := range leases {
			ended = append(ended, store.Settlement{Lease: l.Ref, Now: begin, Next: webhook.Next{State: webhook.Delivered}})
		}
		_, err := s.Settle(t.Context(), ended)
		done <- err
	}()
	awaitWaiting(t, dsn, 2)
	// What is to be settled is free while the endpoint is waited for.
	begun(t, dsn, "SELECT 1 FROM hookseal.open WHERE id = 'd-e2' FOR UPDATE NOWAIT")()
	letGo()
	if err := errors.Join(<-done, <-done); err != nil {
		t.Error(err)
	}
	wantCounts(t, s, map[webhook.DeliveryState]int64{webhook.Delivered: 1, webhook.Held: 1})
}

// While the bound of an endpoint is being found, what was known of it counts: nothing
// overtakes what waits, and what is idle is handed out to.
func TestHandOutWhileOthersLook(t *testing.T) {
	for name, look := range map[string]func(*postgres.Store) error{
		"Lease": func(s *postgres.Store) error {
			_, err := s.Lease(t.Context(), store.LeaseRequest{Now: time.Now(), For: time.Minute, Max: 1, Default: 1})
			return err
		},
		"NextDue": func(s *postgres.Store) error {
			_, err := s.NextDue(t.Context())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := pgtest.Database(t)
			s := open(t, dsn, postgres.Options{Poll: time.Hour})
			now := time.Now()
			wantHandedOut(t, s, wanted("first", "idle", now), true)
			long := acceptance("long", "busy")
			long.Deliveries[0].Due = now.Add(-time.Hour)
			mustAccept(t, s, long)
			if _, err := s.NextDue(t.Context()); err != nil { // it looks, and not again for an hour
				t.Fatal(err)
			}
			letGo := begun(t, dsn, "LOCK TABLE hookseal.open IN ACCESS EXCLUSIVE MODE")
			looked, answer := make(chan error, 1), make(chan store.Receipt, 1)
			go func() { looked <- look(s) }()
			awaitWaiting(t, dsn, 1)
			a := wanted("new", "busy", now)
			toIdle := a.Deliveries[0]
			toIdle.ID, toIdle.Endpoint = "d-idle", "idle"
			a.Deliveries = append(a.Deliveries, toIdle)
			go func() {
				r, err := s.Accept(t.Context(), a)
				if err != nil {
					t.Error(err)
				}
				answer <- r
			}()
			awaitWaiting(t, dsn, 2)
			letGo()
			if err := <-looked; err != nil {
				t.Error(err)
			}
			if r := <-answer; len(r.Leases) != 1 || r.Leases[0].Delivery.Endpoint != "idle" {
				t.Errorf("handed out %+v, want what is to the idle endpoint alone", r.Leases)
			}
		})
	}
}
