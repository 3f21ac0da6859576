package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, harness(sqlite.Options{}))
}

// TestStoreThatMerges proves the contract while dedup keys are on their way into
// the index of the file all the time.
func TestStoreThatMerges(t *testing.T) {
	storetest.Run(t, harness(sqlite.Options{RecentKeys: 8}))
}

func harness(opts sqlite.Options) storetest.Harness {
	return storetest.Harness{
		Open: func(t *testing.T) store.Store {
			return open(t, filepath.Join(t.TempDir(), "hookseal.db"), opts)
		},
		Reopen: func(t *testing.T, s store.Store) store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, s.(*sqlite.Store).Path(), opts)
		},
	}
}

// open opens a store that is closed when the test ends.
func open(t testing.TB, path string, opts sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(path, opts)
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
