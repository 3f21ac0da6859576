package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestNextDueOfReader compares what a reader finds in the file with what the
// store knows.
func TestNextDueOfReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	s := open(t, path, sqlite.Options{})
	r, err := sqlite.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	compare := func(want time.Time) {
		t.Helper()
		fromStore, storeErr := s.NextDue(t.Context())
		fromReader, readerErr := r.NextDue(t.Context())
		if storeErr != nil || readerErr != nil || !fromStore.Equal(want) || !fromReader.Equal(want) {
			t.Errorf("NextDue = %v, %v of the store, %v, %v of the reader, want %v", fromStore, storeErr, fromReader, readerErr, want)
		}
	}
	compare(time.Time{})
	soon, later := time.Unix(1000, 0), time.Unix(2000, 0)
	for id, due := range map[string]time.Time{"e1": later, "e2": soon} {
		a := acceptance(id)
		a.Deliveries[0].Due, a.Deliveries[0].Endpoint = due, "endpoint of "+id
		if _, err := s.Accept(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	compare(soon)
	leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: soon, For: time.Hour, Max: 1, Default: 1})
	if err != nil || len(leases) != 1 {
		t.Fatalf("Lease = %d, %v, want one", len(leases), err)
	}
	compare(later)
	if _, err := s.Settle(t.Context(), []store.Settlement{{Lease: leases[0].Ref, Next: webhook.Next{State: webhook.Delivered}}}); err != nil {
		t.Fatal(err)
	}
	compare(later)
}
