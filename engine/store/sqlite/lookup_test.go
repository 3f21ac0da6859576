package sqlite

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// wantLookup checks whether a key of the source "s" is kept.
func wantLookup(t *testing.T, s *Store, key string, want bool) {
	t.Helper()
	got, kept, err := s.Lookup(t.Context(), "s", key)
	if err != nil || kept != want || kept && !reflect.DeepEqual(got, store.Receipt{EventID: "e-" + key, Duplicate: true}) {
		t.Errorf("Lookup(%s) = %+v, %v, %v, want %v", key, got, kept, err, want)
	}
}

// TestLookupDuringAMerge looks for keys in every place where they may be.
func TestLookupDuringAMerge(t *testing.T) {
	s := openInternal(t, Options{RecentKeys: keyBuckets})
	const keys = 2*keyBuckets + keyBuckets/2
	for i := range keys {
		key := fmt.Sprint(i)
		keyed(t, s, "e-"+key, key, time.Unix(int64(i), 0))
		for known := range i + 1 {
			wantLookup(t, s, fmt.Sprint(known), true)
		}
		wantLookup(t, s, fmt.Sprint(i+1), false)
	}
	inWriter(t, s, func(tx *tx) {
		indexed, err := tx.number("SELECT count(*) FROM dedup_index")
		if err != nil || indexed < keyBuckets || indexed == keys {
			t.Errorf("%d of %d keys are in the index, %v, want some", indexed, keys, err)
		}
	})
	bound := time.Unix(keys/2, 0)
	if _, err := s.Prune(t.Context(), store.PruneRequest{Keys: bound, Limit: keys}); err != nil {
		t.Fatal(err)
	}
	for i := range keys {
		wantLookup(t, s, fmt.Sprint(i), i >= keys/2)
	}
}

// TestLookupComparesNames gives the slot of a key, and the row that memory has
// for another, to a third.
func TestLookupComparesNames(t *testing.T) {
	s := openInternal(t, Options{})
	keyed(t, s, "e-third", "third", time.Unix(0, 0))
	indexed, recent := nameKey("s", "indexed"), nameKey("s", "recent")
	inWriter(t, s, func(tx *tx) {
		third := nameKey("s", "third")
		row, found := tx.recent.find(&third)
		if !found {
			t.Error("the newest key is not in memory")
		}
		if _, err := tx.exec("INSERT INTO dedup_index (slot, seq) VALUES (?, ?)", indexed.slot(), row); err != nil {
			t.Error(err)
		}
		tx.recent.committed(&keyChanges{added: []keyRow{{recent, row}}})
	})
	wantLookup(t, s, "indexed", false)
	wantLookup(t, s, "recent", false)
	wantLookup(t, s, "third", true)
}

// TestLookupAfterAFailure looks for a key once the writer has another
// connection.
func TestLookupAfterAFailure(t *testing.T) {
	s := openInternal(t, Options{})
	keyed(t, s, "e-before", "before", time.Unix(0, 0))
	if err := s.write(t.Context(), "break", func(tx *tx) error { return tx.script("ROLLBACK") }); err == nil {
		t.Fatal("write whose transaction is gone = nil, want an error")
	}
	wantLookup(t, s, "before", true)
	keyed(t, s, "e-after", "after", time.Unix(0, 0))
	wantLookup(t, s, "before", true)
	wantLookup(t, s, "after", true)
}

// TestLookupOfADamagedRow does not take damage for a key that is not kept.
func TestLookupOfADamagedRow(t *testing.T) {
	s := openInternal(t, Options{})
	keyed(t, s, "e-key", "key", time.Unix(0, 0))
	inWriter(t, s, func(tx *tx) {
		if _, err := tx.exec("UPDATE dedup SET name = x'00'"); err != nil {
			t.Error(err)
		}
	})
	if r, kept, err := s.Lookup(t.Context(), "s", "key"); err == nil || kept || !reflect.DeepEqual(r, store.Receipt{}) {
		t.Errorf("Lookup = %+v, %v, %v, want an error alone", r, kept, err)
	}
}
