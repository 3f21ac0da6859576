package bench

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgserver"
	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// place is where the measured server keeps its events.
type place struct {
	// data is what the configuration says of it.
	data string
	open func(context.Context) (store.Store, error)
	// cpu is what processes of a database have used, zero if that is unknown.
	cpu func() time.Duration
	// rest has a database do at once what it would do for a while after much was
	// stored.
	rest  func() error
	close func() error
}

func (o *Options) place(dir string) (place, error) {
	none := func() time.Duration { return 0 }
	nothing := func() error { return nil }
	switch {
	case o.Store == sqliteStore:
		path := filepath.Join(dir, "bench.db")
		return place{path, func(context.Context) (store.Store, error) {
			// What is laid in before the measurement need not last.
			return sqlite.Open(path, sqlite.Options{Synchronous: "OFF"})
		}, none, nothing, nothing}, nil
	case o.DSN != "":
		return place{o.DSN, openDatabase(o.DSN), none, nothing, nothing}, nil
	}
	o.progress("starting a PostgreSQL server")
	server, err := pgserver.Start()
	if err != nil {
		return place{}, err
	}
	dsn := server.DSN("postgres")
	rest := func() error {
		return errors.Join(server.SQL("postgres", "VACUUM ANALYZE"), server.SQL("postgres", "CHECKPOINT"))
	}
	return place{dsn, openDatabase(dsn), server.CPUTime, rest, server.Close}, nil
}

func openDatabase(dsn string) func(context.Context) (store.Store, error) {
	return func(ctx context.Context) (store.Store, error) { return postgres.Open(ctx, dsn, postgres.Options{}) }
}
