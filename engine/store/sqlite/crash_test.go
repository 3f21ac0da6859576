package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// TestDedupAfterCrash crashes at every stage of several merges: each key that
// was accepted before is known afterwards.
func TestDedupAfterCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	opts := sqlite.Options{RecentKeys: 8}
	s := open(t, path, opts)
	const keys, crashes = 320, 40
	keyed := func(s *sqlite.Store, i int) store.Receipt {
		t.Helper()
		a := acceptance(fmt.Sprint("e", i))
		a.DedupKey = fmt.Sprint(i)
		r, err := s.Accept(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for i := range keys {
		if r := keyed(s, i); r.Duplicate {
			t.Fatalf("Accept under new key %d = %+v", i, r)
		}
		if i%(keys/crashes) != 0 {
			continue
		}
		after := open(t, crashed(t, path), opts)
		for known := range i + 1 {
			if r := keyed(after, known); !r.Duplicate || r.EventID != fmt.Sprint("e", known) {
				t.Fatalf("Accept under key %d after a crash at %d = %+v, want a duplicate", known, i, r)
			}
		}
		if r := keyed(after, keys); r.Duplicate {
			t.Fatalf("Accept under a new key after a crash at %d = %+v", i, r)
		}
	}
}
