package sqlite

import (
	"bytes"
	"context"
	"slices"
	"sync"
)

// recentKeys are the dedup keys that the index of the file may lack. A key falls
// on a random page of the index: written alone it costs that page, in the log
// and in the file. So keys are gathered in memory, and when there are many, all
// that fall on a page are written together. After a crash they are read from
// their rows, which are appended with the events.
//
// A key goes from young to old when young is large, and from old to the index,
// a bucket in each transaction. It is changed by committed transactions only: a
// key that went from old to the index was in both of them for a moment, so that
// who looks here first, and in the index then, finds it.
type recentKeys struct {
	// mu is held by the writer, who alone changes anything, while it does, and
	// for reading by everybody else.
	mu         sync.RWMutex
	young, old keySet
	// most is how many keys of young start a merge.
	most int
	// count is how many went to young, and last the row of the newest key.
	count int
	last  int64
	// next is the bucket of old to merge, keyBuckets when all are merged, and
	// oldLast the row of the newest key of old.
	next    int
	oldLast int64
}

// keySet are names with their rows, in buckets by their first bits: a bucket is
// a stretch of the index.
type keySet [keyBuckets]map[keyName]int64

// keyBuckets is how many transactions share the work of a merge.
const keyBuckets = 64

func (n *keyName) bucket() int { return int(n[0]) / (256 / keyBuckets) }

// readRecentKeys reads the keys that the index may lack.
func readRecentKeys(c *conn, most int) (*recentKeys, error) {
	k := &recentKeys{most: most, next: keyBuckets}
	err := c.query(context.Background(), func(r *row) error {
		name, err := r.keyName()
		k.add(keyRow{name, r.int()})
		return err
	}, "SELECT name, seq FROM dedup WHERE seq > (SELECT seq FROM merged)")
	if err != nil {
		return nil, err
	}
	k.last, err = c.number("SELECT max(merged.seq, coalesce((SELECT max(seq) FROM dedup), 0)) FROM merged")
	k.turn()
	return k, err
}

// find returns the row of a key that is recent. It is safe for concurrent use.
func (k *recentKeys) find(name *keyName) (seq int64, found bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	bucket := name.bucket()
	if seq, found = k.young[bucket][*name]; !found {
		seq, found = k.old[bucket][*name]
	}
	return seq, found
}

func (k *recentKeys) add(row keyRow) {
	bucket := &k.young[row.name.bucket()]
	if *bucket == nil {
		*bucket = map[keyName]int64{}
	}
	(*bucket)[row.name] = row.seq
	k.count++
	k.last = row.seq
}

// turn begins a merge if it is time.
func (k *recentKeys) turn() {
	if k.count < k.most || k.next < keyBuckets {
		return
	}
	k.old, k.oldLast, k.next = k.young, k.last, 0
	k.young, k.count = keySet{}, 0
}

// keyChanges are what a transaction changes in the recent keys.
type keyChanges struct {
	added, removed []keyRow
	// merged says that a bucket was.
	merged bool
}

// committed takes over the changes of a transaction.
func (k *recentKeys) committed(c *keyChanges) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c.merged {
		k.old[k.next] = nil
		k.next++
	}
	for _, row := range c.added {
		k.add(row)
	}
	for _, row := range c.removed {
		bucket := row.name.bucket()
		delete(k.young[bucket], row.name)
		delete(k.old[bucket], row.name)
	}
	k.turn()
}

// addKey notes a new key and returns the row that is to keep it. No row is used
// twice while the store is open: a merge counts on it.
func (t *tx) addKey(name keyName) int64 {
	seq := t.recent.last + int64(len(t.keys.added)) + 1
	t.keys.added = append(t.keys.added, keyRow{name, seq})
	return seq
}

// mergeKeys writes the next bucket into the index, if a merge is going on. A
// merge that a crash interrupted begins anew, and skips what is there.
func (t *tx) mergeKeys() error {
	k := t.recent
	if k.next == keyBuckets || len(t.keys.added) == 0 {
		return nil
	}
	bucket := make([]keyRow, 0, len(k.old[k.next]))
	for name, seq := range k.old[k.next] {
		bucket = append(bucket, keyRow{name, seq})
	}
	slices.SortFunc(bucket, keyRow.compare)
	rows := t.insertMissing("dedup_index", "slot, seq")
	for i := range bucket {
		rows.add(bucket[i].name.slot(), bucket[i].seq)
	}
	if err := rows.flush(); err != nil {
		return err
	}
	t.keys.merged = true
	if k.next < keyBuckets-1 {
		return nil
	}
	_, err := t.exec("UPDATE merged SET seq = ?", k.oldLast)
	return err
}

// compare orders keys as the index does within a bucket.
func (k keyRow) compare(other keyRow) int { return bytes.Compare(k.name[:], other.name[:]) }
