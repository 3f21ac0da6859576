package sqlite

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Redeliver makes a final delivery due again; see [store.Store]. It returns
// [store.ErrNotFound] for one that is not kept, [store.ErrNotFinal] for one that
// is still open, and [store.ErrErased] for one of an event whose content is gone.
func (s *Store) Redeliver(ctx context.Context, id string, now time.Time) error {
	return s.write(ctx, "redeliver "+id, func(t *tx) error { return t.redeliver(id, micros(now)) })
}

func (t *tx) redeliver(id string, now int64) error {
	state, e, erased, key := int64(-1), (*endpoint)(nil), false, ""
	err := t.each(func(r *row) error {
		state, e, erased, key = r.int(), t.book.bySeq[r.int()], r.bool(), r.text()
		return nil
	}, "SELECT d.state, d.endpoint, e.erased IS NOT NULL, d.order_key FROM deliveries d JOIN events e ON e.seq = d.event WHERE d.id = ?", id)
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
	if erased {
		return store.ErrErased
	}
	next, wake := t.due(e, now)
	if key != "" && next == pending {
		taken, err := t.turnTaken(e, key)
		if err != nil {
			return err
		}
		if taken {
			wake = noTurn
		}
	}
	t.move(state, next, 1)
	_, err = t.exec("UPDATE deliveries SET state = ?, due = ?, wake = ?, attempts = 0 WHERE id = ?", next, now, wake, id)
	return err
}

// SetDisabled disables or enables an endpoint; see [store.Store]. One that the
// store has not heard of is taken up. Since moves only when Disabled changes. Of
// the deliveries the first 1,000 follow at once.
func (s *Store) SetDisabled(ctx context.Context, endpoint string, disabled bool, why string, now time.Time) (webhook.Health, error) {
	var health webhook.Health
	err := s.write(ctx, "set endpoint "+endpoint, func(t *tx) error {
		e, err := t.endpoint(endpoint)
		if err != nil {
			return err
		}
		next := e.health.Enable(now)
		if disabled {
			next = e.health.Disable(why, now)
		}
		if err := t.setHealth(e, next); err != nil {
			return err
		}
		health = e.health
		return t.follow(e, micros(now))
	})
	if err != nil {
		return webhook.Health{}, err
	}
	return health, nil
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
