package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Prune removes old events and dedup keys; see [store.Store]. It removes at
// most limit of either.
func (s *Store) Prune(ctx context.Context, events, keys time.Time, limit int) (store.Pruned, error) {
	candidates, err := s.prunable(ctx, events, limit)
	if err != nil {
		return store.Pruned{}, err
	}
	var removed store.Pruned
	err = s.write(ctx, "prune", func(t *tx) error {
		removed = store.Pruned{}
		for _, seq := range candidates {
			gone, err := t.removeEvent(seq)
			if err != nil {
				return err
			}
			removed.Events += gone
		}
		removed.Keys, err = t.removeKeys(micros(keys), limit)
		return err
	})
	if err != nil {
		return store.Pruned{}, err
	}
	return removed, nil
}

const (
	hasOpen         = "EXISTS (SELECT 1 FROM deliveries d WHERE d.event = events.seq AND d.state IN (0, 1, 2))"
	selectOldEvents = "SELECT seq FROM events WHERE time < ? AND NOT " + hasOpen + " ORDER BY time LIMIT ?"
)

// prunable looks for events to remove. It does so outside the writer, which
// must not wait until a long row of events that are still open is passed.
func (s *Store) prunable(ctx context.Context, before time.Time, limit int) ([]int64, error) {
	var seqs []int64
	err := s.read(ctx, "prune", func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			seqs = append(seqs, r.int())
			return nil
		}, selectOldEvents, micros(before), int64(limit))
	})
	return seqs, err
}

// removeEvent removes an event with all that hangs on it, and returns 1, or 0
// if one of its deliveries has been opened meanwhile.
func (t *tx) removeEvent(seq int64) (int, error) {
	n, err := t.exec("DELETE FROM events WHERE seq = ? AND NOT "+hasOpen, seq)
	if err != nil || n == 0 {
		return 0, err
	}
	err = t.each(func(r *row) error {
		t.moved[r.int()]--
		return nil
	}, "SELECT state FROM deliveries WHERE event = ?", seq)
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"outputs", "attempts"} {
		_, err := t.exec("DELETE FROM "+table+" WHERE delivery IN (SELECT id FROM deliveries WHERE event = ?)", seq)
		if err != nil {
			return 0, fmt.Errorf("remove %s: %w", table, err)
		}
	}
	_, err = t.exec("DELETE FROM deliveries WHERE event = ?", seq)
	return int(n), err
}
