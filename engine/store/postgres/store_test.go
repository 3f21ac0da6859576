//go:build unix

package postgres_test

import (
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

func TestStore(t *testing.T) {
	pgtest.Shared(t)
	storetest.Run(t, harness(func(dsn string) string { return dsn }))
}

// harness opens stores the way that a DSN leads.
func harness(way func(dsn string) string) storetest.Harness {
	var dsns sync.Map
	return storetest.Harness{
		Open: func(t *testing.T) store.Store {
			dsn := way(pgtest.Database(t))
			s := open(t, dsn, postgres.Options{})
			dsns.Store(s, dsn)
			return s
		},
		Reopen: func(t *testing.T, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			dsn, _ := dsns.Load(s)
			again := open(t, dsn.(string), postgres.Options{})
			dsns.Store(again, dsn)
			return again
		},
	}
}

// open opens a store that is closed when the test ends.
func open(t testing.TB, dsn string, opts postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
