//go:build unix

package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

// unprepared is what a DSN needs that leads through PgBouncer.
const unprepared = "&default_query_exec_mode=cache_describe"

// TestStoreBehindPgBouncer proves the contract behind a pooler that gives
// connections away between transactions.
func TestStoreBehindPgBouncer(t *testing.T) {
	if testing.Short() {
		t.Skip("TestStore has shown the rest")
	}
	through := pgtest.Bouncer(t, pgtest.Shared(t))
	storetest.Run(t, harness(func(dsn string) string { return through(dsn) + unprepared }))
}

// TestWatchBehindPgBouncer listens under a DSN that leads straight to the server.
func TestWatchBehindPgBouncer(t *testing.T) {
	through := pgtest.Bouncer(t, pgtest.Shared(t))
	direct := pgtest.Database(t)
	dsn := through(direct) + unprepared
	idle := open(t, dsn, postgres.Options{Listen: direct, Poll: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	woken, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- idle.Watch(ctx, func() { woken <- struct{}{} }) }()
	<-woken // it listens
	accept(t, open(t, dsn, postgres.Options{}), "e1", "crm")
	<-woken
	leases, err := idle.Lease(t.Context(), store.LeaseRequest{Now: begin, For: time.Minute, Max: 1, Default: 1})
	if err != nil || len(leases) != 1 {
		t.Errorf("Lease = %+v, %v, want what the other node has accepted", leases, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Watch = %v, want nil after its context", err)
	}
}
