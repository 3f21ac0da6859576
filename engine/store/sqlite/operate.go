package sqlite

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Redeliver makes a final delivery due again; see [store.Store]. It returns
// [store.ErrNotFound] for one that is not kept, and [store.ErrNotFinal] for one
// that is still open.
func (s *Store) Redeliver(ctx context.Context, id string, now time.Time) error {
	return s.write(ctx, "redeliver "+id, func(t *tx) error { return t.redeliver(id, micros(now)) })
}

func (t *tx) redeliver(id string, now int64) error {
	state, e := int64(-1), (*endpoint)(nil)
	err := t.each(func(r *row) error {
		state, e = r.int(), t.book.bySeq[r.int()]
		return nil
	}, "SELECT state, endpoint FROM deliveries WHERE id = ?", id)
	switch {
	case err != nil:
		return err
	case state < 0:
		return store.ErrNotFound
	case e == nil:
		return errNoEndpoint
	}
	name, err := stateName(state)
	if err != nil {
		return err
	}
	if !name.Final() {
		return store.ErrNotFinal
	}
	next, wake := t.due(e, now)
	t.move(state, next, 1)
	_, err = t.exec("UPDATE deliveries SET state = ?, due = ?, wake = ?, attempts = 0 WHERE id = ?", next, now, wake, id)
	return err
}

// SetDisabled disables or enables an endpoint; see [store.Store]. One that the
// store has not heard of is taken up. Since moves only when Disabled changes.
func (s *Store) SetDisabled(ctx context.Context, endpoint string, disabled bool, why string, now time.Time) (webhook.Health, error) {
	var health webhook.Health
	err := s.write(ctx, "set endpoint "+endpoint, func(t *tx) error {
		e, err := t.endpoint(endpoint)
		if err != nil {
			return err
		}
		next := e.health
		if next.Disabled != disabled {
			next.Disabled, next.Since = disabled, now
		}
		if next.Why = why; !disabled {
			next.Why, next.Failures = "", 0
		}
		if err := t.setHealth(e, next); err != nil {
			return err
		}
		health = e.health
		if disabled {
			return t.holdPending(e)
		}
		return t.resume(e, micros(now))
	})
	if err != nil {
		return webhook.Health{}, err
	}
	return health, nil
}

const selectHeld = "SELECT id FROM deliveries WHERE state = 2 AND state NOT IN (0, 1, 3) AND endpoint = ?"

// resume makes what is held for an endpoint pending. All of it is due at one
// moment, and is then leased in the order of IDs.
func (t *tx) resume(e *endpoint, now int64) error {
	n, err := t.exec("UPDATE deliveries SET state = 0, due = ?, wake = ? WHERE id IN"+
		" ("+selectHeld+")", now, now, e.seq)
	if n > 0 {
		e.wakeAt(now)
	}
	t.move(held, pending, n)
	return err
}

// Health returns the state of every endpoint, ordered by name.
func (s *Store) Health(ctx context.Context) ([]webhook.Health, error) {
	var all []webhook.Health
	err := s.read(ctx, "health", func(c *conn) error {
		all = nil
		return c.query(ctx, func(r *row) error {
			all = append(all, scanHealth(r))
			return nil
		}, "SELECT "+healthColumns+" FROM endpoints ORDER BY name")
	})
	return all, err
}
