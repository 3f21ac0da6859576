package sqlite

import (
	"context"

	"github.com/hookseal/hookseal/engine/store"
)

const (
	selectKey        = selectKeys + " (?)"
	selectIndexedKey = selectIndexedKeys + " (?)"
)

// Lookup returns the receipt of a dedup key that is kept; see [store.Store]. It
// reads beside the writer and does not wait for its commit.
func (s *Store) Lookup(ctx context.Context, source, dedupKey string) (receipt store.Receipt, kept bool, err error) {
	wanted := nameKey(source, dedupKey)
	err = s.read(ctx, "look up dedup key", func(c *conn) error {
		// Memory before the file: a key leaves memory only after the commit that
		// has put it into the index, so that whoever misses it here reads that.
		statement, value := selectIndexedKey, wanted.slot()
		if seq, recent := s.writer.recent.Load().find(&wanted); recent {
			statement, value = selectKey, seq
		}
		return c.query(ctx, func(r *row) error {
			// Two names may share a slot, and a row that was pruned since it was
			// found may keep another name.
			name, found, err := r.receipt()
			if name == wanted && err == nil {
				receipt, kept = found, true
			}
			return err
		}, statement, value)
	})
	if err != nil {
		return store.Receipt{}, false, err
	}
	return receipt, kept, nil
}
