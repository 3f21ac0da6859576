package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

// faultModes are the ways in which a call of a store fails.
var faultModes = []storetest.Fault{{}, {Made: true}, {Lasting: true}, {Made: true, Lasting: true}}

// TestStoreFaults fails every call that an engine makes of its store, each in a
// run of its own and in every way. Afterwards a fresh engine on the same store
// delivers whatever was acknowledged, under one ID and with the same bytes, and
// leaves nothing open.
func TestStoreFaults(t *testing.T) {
	for _, mode := range faultModes {
		t.Run(fmt.Sprintf("made=%t lasting=%t", mode.Made, mode.Lasting), func(t *testing.T) {
			t.Parallel()
			calls, step := 1, 1
			if testing.Short() {
				step = 7
			}
			for n := 0; n <= calls; n += step {
				mode.Call = n
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, mode, time.Minute)
					path := filepath.Join(t.TempDir(), "hookseal.db")
					w.open = func() (store.Store, error) { return sqlite.Open(path, sqlite.Options{Synchronous: "OFF"}) }
					made := w.run()
					if mode.Call == 0 {
						// The fault-free run says how many calls there are to fail. The next
						// may make a few more.
						calls = made + 5
					}
				})
			}
			t.Logf("%d calls, of which every one that %d divides failed", calls, step)
		})
	}
}

// The same with PostgreSQL, whose clock is the real one: of the calls a sample,
// and all of them where HOOKSEAL_FAULTS is "all".
func TestStoreFaultsOfPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for leases to end by a real clock")
	}
	step := 9
	if os.Getenv("HOOKSEAL_FAULTS") == "all" {
		step = 1
	}
	const databases = 8
	server := pgtest.Own(t, "max_connections=200")
	jobs := make(chan storetest.Fault)
	var workers sync.WaitGroup
	for i := range databases {
		name := fmt.Sprintf("faults_%d", i)
		if err := server.Create(name); err != nil {
			t.Fatal(err)
		}
		workers.Go(func() {
			for fault := range jobs {
				w := newWorld(t, fault, 300*time.Millisecond)
				w.open = func() (store.Store, error) { return postgres.Open(t.Context(), server.DSN(name), postgres.Options{}) }
				w.run()
				if err := server.SQL(name, "DROP SCHEMA hookseal CASCADE"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	// The story makes 45 to 70 calls.
	const calls = 75
	for i, mode := range faultModes {
		for mode.Call = 1 + 2*i; mode.Call <= calls; mode.Call += step {
			jobs <- mode
		}
	}
	close(jobs)
	workers.Wait()
}
