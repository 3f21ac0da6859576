package sqlite

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// keyed accepts an event with a key, and reports whether it was a duplicate of
// the event "e-KEY".
func keyed(t *testing.T, s *Store, id, key string, at time.Time) (duplicate bool) {
	t.Helper()
	r, err := s.Accept(t.Context(), store.Acceptance{Event: webhook.Event{ID: id, Source: "s", Time: at}, DedupKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if want := "e-" + key; r.Duplicate && r.EventID != want {
		t.Errorf("Accept(%s) = %+v, want a duplicate of %s", id, r, want)
	}
	return r.Duplicate
}

// inWriter runs a test in the writing goroutine.
func inWriter(t *testing.T, s *Store, look func(tx *tx)) {
	t.Helper()
	err := s.write(t.Context(), "look", func(tx *tx) error {
		look(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantIndexed checks that every key is in the index or in memory, that the index
// holds nothing else, and returns how many are in memory.
func wantIndexed(t *testing.T, s *Store) (recent int) {
	t.Helper()
	inWriter(t, s, func(tx *tx) {
		lost, err := tx.number("SELECT count(*) FROM dedup WHERE seq <= (SELECT seq FROM merged) AND seq NOT IN (SELECT seq FROM dedup_index)")
		if err != nil || lost != 0 {
			t.Errorf("%d merged keys are not in the index, %v, want 0", lost, err)
		}
		orphans, err := tx.number("SELECT count(*) FROM dedup_index WHERE seq NOT IN (SELECT seq FROM dedup)")
		if err != nil || orphans != 0 {
			t.Errorf("%d rows of the index have no key, %v, want 0", orphans, err)
		}
		for _, set := range []*keySet{&tx.recent.young, &tx.recent.old} {
			for _, bucket := range set {
				recent += len(bucket)
			}
		}
	})
	return recent
}

// TestRecentKeysAreMerged lets a merge begin and end, and prunes beside it.
func TestRecentKeysAreMerged(t *testing.T) {
	const most = 100
	s := openInternal(t, Options{RecentKeys: most})
	at := func(i int) time.Time { return time.Unix(int64(i), 0) }
	accepted, largest := 0, 0
	for range 6 * keyBuckets {
		key := fmt.Sprint(accepted)
		if keyed(t, s, "e-"+key, key, at(accepted)) {
			t.Fatalf("key %s is a duplicate the first time", key)
		}
		accepted++
		largest = max(largest, wantIndexed(t, s))
	}
	if limit := most + keyBuckets; largest < most || largest > limit {
		t.Errorf("at most %d keys were in memory, want %d to %d", largest, most, limit)
	}
	for i := range accepted {
		key := fmt.Sprint(i)
		if !keyed(t, s, "again", key, at(i)) {
			t.Errorf("key %s is no duplicate the second time", key)
		}
	}
	for range accepted / 10 {
		if _, err := s.Prune(t.Context(), store.PruneRequest{Keys: at(accepted), Limit: 10}); err != nil {
			t.Fatal(err)
		}
		wantIndexed(t, s)
	}
	if recent := wantIndexed(t, s); recent > 10 {
		t.Errorf("%d keys are in memory after nearly all were pruned, want 10 at most", recent)
	}
}

// TestPruneDuringAMerge removes keys that are on their way into the index.
func TestPruneDuringAMerge(t *testing.T) {
	s := openInternal(t, Options{RecentKeys: 2 * keyBuckets})
	accept := func(from, n int) {
		for i := from; i < from+n; i++ {
			key := fmt.Sprint(i)
			if keyed(t, s, "e-"+key, key, time.Unix(int64(i), 0)) {
				t.Errorf("key %s is a duplicate", key)
			}
		}
	}
	accept(0, 2*keyBuckets+keyBuckets/2)
	inWriter(t, s, func(tx *tx) {
		if tx.recent.next == 0 || tx.recent.next >= keyBuckets {
			t.Fatalf("the next bucket to merge is %d, want a merge that is half done", tx.recent.next)
		}
	})
	first := time.Unix(2*keyBuckets, 0)
	if _, err := s.Prune(t.Context(), store.PruneRequest{Default: store.Keep{Events: first}, Keys: first, Limit: 1000}); err != nil {
		t.Fatal(err)
	}
	accept(1000, keyBuckets)
	if recent := wantIndexed(t, s); recent != keyBuckets+keyBuckets/2 {
		t.Errorf("%d keys are in memory, want %d", recent, keyBuckets+keyBuckets/2)
	}
	accept(0, 2*keyBuckets)
}

// TestFailedTransactionLeavesRecentKeys lets a transaction fail that has merged a
// bucket and noted a key.
func TestFailedTransactionLeavesRecentKeys(t *testing.T) {
	s := openInternal(t, Options{RecentKeys: 2})
	for i := range 3 * keyBuckets {
		key := fmt.Sprint(i)
		keyed(t, s, "e-"+key, key, time.Unix(0, 0))
		_, err := s.Accept(t.Context(), store.Acceptance{Event: webhook.Event{ID: "e-0"}, DedupKey: "failed"})
		if err == nil {
			t.Fatal("Accept of an event that is kept = nil, want an error")
		}
		wantIndexed(t, s)
	}
	if keyed(t, s, "e-failed", "failed", time.Unix(0, 0)) {
		t.Error("the key of a call that failed is kept")
	}
	for i := range 3 * keyBuckets {
		if key := fmt.Sprint(i); !keyed(t, s, "again", key, time.Unix(0, 0)) {
			t.Errorf("key %s is no duplicate", key)
		}
	}
}

// TestUpgradeFromSchema1 opens a database of the first schema.
func TestUpgradeFromSchema1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	script, err := fs.ReadFile(migrations, "migrations/0001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := restrict(path, true); err != nil {
		t.Fatal(err)
	}
	c, err := connect(path, fmt.Sprintf("application_id = %d", applicationID), "journal_mode = WAL")
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(c, fstest.MapFS{"migrations/0001_initial.sql": {Data: script}}, path); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		name := nameKey("s", fmt.Sprint(i))
		_, err := c.exec("INSERT INTO dedup (seq, slot, name, event, digest, time) VALUES (?, ?, ?, ?, ?, ?)",
			int64(i+1), name.slot(), name[:], fmt.Sprintf("e-%d", i), make([]byte, 32), int64(i))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}

	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if recent := wantIndexed(t, s); recent != 0 {
		t.Errorf("%d keys are in memory, want all in the index", recent)
	}
	for i := range 100 {
		if !keyed(t, s, "again", fmt.Sprint(i), time.Unix(0, 0)) {
			t.Errorf("key %d is no duplicate", i)
		}
	}
	if keyed(t, s, "e-new", "new", time.Unix(0, 0)) || !keyed(t, s, "again", "new", time.Unix(0, 0)) {
		t.Error("a new key is not kept")
	}
	if _, err := s.Prune(t.Context(), store.PruneRequest{Keys: time.UnixMicro(50), Limit: 1000}); err != nil {
		t.Fatal(err)
	}
	wantIndexed(t, s)
	if keyed(t, s, "e-49", "49", time.Unix(1, 0)) || !keyed(t, s, "again", "50", time.Unix(1, 0)) {
		t.Error("Prune did not remove exactly the keys that are older")
	}
}
