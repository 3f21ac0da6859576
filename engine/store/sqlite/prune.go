package sqlite

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/internal/expiry"
	"github.com/hookseal/hookseal/engine/store"
)

// Prune removes what is older or more than the request allows; see
// [store.Store]. It looks for it outside the writer, which must not wait until a
// long row of events that are still open is passed.
func (s *Store) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	var plan expiry.Plan[int64]
	err := s.read(ctx, "prune", func(c *conn) (err error) {
		plan, err = expiry.Choose(req, ledger{ctx, c})
		return err
	})
	if err != nil {
		return store.Pruned{}, err
	}
	var removed store.Pruned
	err = s.write(ctx, "prune", func(t *tx) error {
		return t.overwriting(func() (err error) {
			removed, err = t.prune(plan, req)
			return err
		})
	})
	if err != nil {
		return store.Pruned{}, err
	}
	return removed, nil
}

func (t *tx) prune(plan expiry.Plan[int64], req store.PruneRequest) (removed store.Pruned, err error) {
	for _, seq := range plan.Events {
		gone, err := t.removeEvent(seq)
		if err != nil {
			return removed, err
		}
		removed.Events += gone
	}
	for _, seq := range plan.Bodies {
		gone, err := t.strip(seq, micros(req.Now))
		if err != nil {
			return removed, err
		}
		removed.Bodies += gone
	}
	if !req.Keys.IsZero() {
		removed.Keys, err = t.removeKeys(micros(req.Keys), req.Limit)
	}
	return removed, err
}

const (
	hasOpen = "EXISTS (SELECT 1 FROM deliveries d WHERE d.event = events.seq AND d.state IN (0, 1, 2))"
	weight  = "coalesce(length(body), 0) + 1024"
)

// removeEvent removes an event with all that hangs on it, and returns 1, or 0
// if one of its deliveries has been opened meanwhile.
func (t *tx) removeEvent(seq int64) (int, error) {
	if err := t.lighten(seq, weight); err != nil {
		return 0, err
	}
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
		if _, err := t.exec("DELETE FROM "+table+ofEvent, seq); err != nil {
			return 0, fmt.Errorf("remove %s: %w", table, err)
		}
	}
	_, err = t.exec("DELETE FROM deliveries WHERE event = ?", seq)
	return int(n), err
}

// ofEvent selects what hangs on the deliveries of an event.
const ofEvent = " WHERE delivery IN (SELECT id FROM deliveries WHERE event = ?)"

// lighten takes off its source what an event with nothing open will no longer
// weigh.
func (t *tx) lighten(seq int64, weight string) error {
	return t.each(func(r *row) error {
		t.weigh(r.text(), -r.int())
		return nil
	}, "SELECT source, "+weight+" FROM events WHERE seq = ? AND NOT "+hasOpen, seq)
}

// strip removes the content of an event, and returns 1, or 0 if it is gone, or
// one of its deliveries has been opened, meanwhile.
func (t *tx) strip(seq, at int64) (int, error) {
	if err := t.lighten(seq, "coalesce(length(body), 0)"); err != nil {
		return 0, err
	}
	n, err := t.exec("UPDATE events SET erased = ?, header = NULL, body = NULL, sum = NULL WHERE seq = ? AND erased IS NULL AND NOT "+hasOpen, at, seq)
	if err != nil || n == 0 {
		return 0, err
	}
	if _, err := t.exec("DELETE FROM outputs"+ofEvent, seq); err != nil {
		return 0, fmt.Errorf("remove outputs: %w", err)
	}
	if _, err := t.exec("UPDATE attempts SET response = NULL"+ofEvent+" AND response IS NOT NULL", seq); err != nil {
		return 0, fmt.Errorf("remove responses: %w", err)
	}
	return int(n), nil
}
