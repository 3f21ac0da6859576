//go:build unix

package main

import (
	"context"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestPostgresScripts runs the commands against a database.
func TestPostgresScripts(t *testing.T) {
	server := pgtest.Own(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/postgres",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DSN", server.DSN("postgres"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "seed": seed},
	})
}

// seed makes the store, with an event whose delivery is exhausted.
func seed(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, now := context.Background(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	db, err := postgres.Open(ctx, ts.Getenv("DSN"), postgres.Options{})
	ts.Check(err)
	_, err = db.Accept(ctx, store.Acceptance{
		Event:      webhook.Event{ID: "evt_1", Source: "contracts", Type: "document.signed", Time: now},
		Deliveries: []webhook.Delivery{{ID: "dlv_1", MessageID: "evt_1", Endpoint: "crm", Due: now, Created: now}},
	})
	ts.Check(err)
	leases, err := db.Lease(ctx, store.LeaseRequest{Now: now, For: time.Minute, Max: 1, Default: 1})
	ts.Check(err)
	if len(leases) != 1 {
		ts.Fatalf("Lease = %d deliveries, want 1", len(leases))
	}
	_, err = db.Settle(ctx, []store.Settlement{{Lease: leases[0].Ref, Now: now, Next: webhook.Next{State: webhook.Exhausted, Error: "endpoint answered 500"}}})
	ts.Check(err)
	ts.Check(db.Close())
}
