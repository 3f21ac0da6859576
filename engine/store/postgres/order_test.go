//go:build unix

package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestEraseWhileTurnIsPassed erases the event that is next in an order while the
// one before it is settled: the turn goes to the one behind, and what was erased
// is not sent.
func TestEraseWhileTurnIsPassed(t *testing.T) {
	dsn := pgtest.Database(t)
	s := open(t, dsn, postgres.Options{})
	now := time.Now()
	for _, id := range []string{"1", "2", "3"} {
		_, err := s.Accept(t.Context(), store.Acceptance{
			Event:      webhook.Event{ID: "e" + id, Source: "contracts", Time: now},
			Deliveries: []webhook.Delivery{{ID: "d" + id, Endpoint: "crm", OrderKey: "a", Due: now, Created: now}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	lease := func() []store.Lease {
		t.Helper()
		leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now.Add(time.Second), For: time.Hour, Max: 9, Default: 9})
		if err != nil {
			t.Fatal(err)
		}
		return leases
	}
	first := lease()
	if len(first) != 1 || first[0].Delivery.ID != "d1" {
		t.Fatalf("Lease = %v, want d1", first)
	}

	letGo := lockEvent(t, dsn, "e2")
	erased, settled := make(chan error, 1), make(chan error, 1)
	go func() { erased <- s.Erase(t.Context(), "e2", now) }()
	awaitWaiting(t, dsn, 1)
	go func() {
		_, err := s.Settle(t.Context(), []store.Settlement{{Lease: first[0].Ref, Next: webhook.Next{State: webhook.Delivered}, Now: now}})
		settled <- err
	}()
	awaitWaiting(t, dsn, 2)
	letGo()
	for what, done := range map[string]chan error{"Erase": erased, "Settle": settled} {
		if err := <-done; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}

	if next := lease(); len(next) != 1 || next[0].Delivery.ID != "d3" {
		t.Errorf("Lease = %v, want d3", next)
	}
	if d, err := s.Delivery(t.Context(), "d2"); err != nil || d.State != webhook.Canceled {
		t.Errorf("Delivery = %s, %v, want %s", d.State, err, webhook.Canceled)
	}
}

// lockEvent locks an event's row until letGo is called.
func lockEvent(t *testing.T, dsn, id string) (letGo func()) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	closing := func() {
		if err := c.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "SELECT 1 FROM hookseal.events WHERE id = $1 FOR UPDATE", id); err != nil {
		t.Fatal(err)
	}
	return closing
}

// awaitWaiting returns once so many transactions of a database wait for others.
func awaitWaiting(t *testing.T, dsn string, n int) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		waiting := 0
		err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity"+
			" WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting == n {
			return
		}
	}
	t.Fatalf("no %d transactions wait for others", n)
}
