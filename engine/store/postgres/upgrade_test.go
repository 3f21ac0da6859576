//go:build unix

package postgres

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

// TestUpgrade opens a store of every earlier schema, as dumps of them keep it,
// from several nodes at the same time.
func TestUpgrade(t *testing.T) {
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	dumps, err := filepath.Glob("testdata/schema_*.sql")
	if err != nil || len(dumps) != len(scripts)-1 {
		t.Fatalf("Glob = %v, %v, want a dump of each of the %d schemas before the last", dumps, err, len(scripts)-1)
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			dsn := pgtest.Database(t)
			restoreDump(t, dump, dsn)
			nodes := make([]*Store, 4)
			var opening sync.WaitGroup
			for i := range nodes {
				opening.Go(func() {
					s, err := Open(t.Context(), dsn, Options{Connections: leastConnections})
					if err != nil {
						t.Error(err)
						return
					}
					nodes[i] = s
				})
			}
			opening.Wait()
			for _, s := range nodes {
				if s != nil {
					defer s.Close()
				}
			}
			if t.Failed() {
				return
			}
			storetest.Upgraded(t, nodes[0])
		})
	}
}

func restoreDump(t *testing.T, dump, dsn string) {
	t.Helper()
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), string(text), pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
