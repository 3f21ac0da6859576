package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Redeliver makes a final delivery due again; see [store.Store]. It returns
// [store.ErrNotFound] for one that is not kept, [store.ErrNotFinal] for one that
// is still open, and [store.ErrErased] for one of an event whose content is gone.
func (s *Store) Redeliver(ctx context.Context, id string, now time.Time) error {
	due := s.clock.toDatabase(now)
	var to endpoint
	err := s.write(ctx, "redeliver "+id, func(ctx context.Context, t *tx) error {
		state, key, err := t.lockDelivery(ctx, id, &to)
		if err != nil {
			return err
		}
		if !states[state].Final() {
			return store.ErrNotFinal
		}
		if err := t.refuseErased(ctx, id); err != nil {
			return err
		}
		next, wake := pending, &due
		if to.disabled {
			next, wake = held, nil
		}
		free, err := t.freeTurns(ctx, orderOf(to.seq, key))
		if err != nil {
			return err
		}
		if !free.take(to.seq, key) && !to.disabled {
			later := noTurn()
			wake = &later
		}
		t.move(state, next, 1)
		t.queue("UPDATE hookseal.deliveries SET state = $2, due = $3, wake = $4, attempts = 0 WHERE id = $1",
			encodeText(id), next, due, wake)
		return nil
	})
	if err == nil && !to.disabled {
		s.book.wakeAt(to, due)
		s.herald.announce()
	}
	return err
}

// lockDelivery returns the state and the order key of a delivery, locked with its
// endpoint, or [store.ErrNotFound].
func (t *tx) lockDelivery(ctx context.Context, id string, to *endpoint) (state int16, key string, err error) {
	health := map[int32]webhook.Health{}
	t.lockEndpointsOf([]string{encodeText(id)}, lockState, health)
	found := false
	t.queue("SELECT state, endpoint, order_key FROM hookseal.deliveries WHERE id = $1 FOR UPDATE", encodeText(id)).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			found = true
			return rows.Scan(&state, &to.seq, text{&key})
		})
	})
	if err := t.flush(ctx); err != nil {
		return 0, "", err
	}
	if !found {
		return 0, "", store.ErrNotFound
	}
	to.name, to.disabled = health[to.seq].Endpoint, health[to.seq].Disabled
	_, err = stateName(state)
	return state, key, err
}

// SetDisabled disables or enables an endpoint; see [store.Store]. One that the
// store has not heard of is taken up. Since moves only when Disabled changes.
//
// An endpoint whose backlog is long takes a while, in which events for it wait
// to be accepted.
func (s *Store) SetDisabled(ctx context.Context, name string, disabled bool, why string, now time.Time) (webhook.Health, error) {
	var health webhook.Health
	var seq int32
	resumed := s.clock.toDatabase(now)
	err := s.write(ctx, "set endpoint "+name, func(ctx context.Context, t *tx) (err error) {
		if seq, health, err = t.takeUp(ctx, name); err != nil {
			return err
		}
		next := health.Enable(now.UTC().Truncate(time.Microsecond))
		if disabled {
			next = health.Disable(why, now.UTC().Truncate(time.Microsecond))
		}
		if next != health {
			t.setHealth(seq, health, next)
			health = next
		}
		if disabled {
			t.holdPending(seq)
		} else {
			t.resume(seq, resumed)
		}
		return nil
	})
	if err != nil {
		return webhook.Health{}, err
	}
	e := endpoint{seq, name, disabled}
	s.book.note(e)
	if !disabled {
		s.book.wakeAt(e, resumed)
		s.herald.announce()
	}
	return health, nil
}

// takeUp returns an endpoint, stored if it was not there, and locked so that
// nobody else settles or accepts for it meanwhile.
func (t *tx) takeUp(ctx context.Context, name string) (seq int32, h webhook.Health, err error) {
	if !t.store.book.knows([]string{name}) {
		t.queue("INSERT INTO hookseal.endpoints (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", encodeText(name))
	}
	t.queue("SELECT "+healthColumns+" FROM hookseal.endpoints WHERE name = $1 FOR UPDATE", encodeText(name)).QueryRow(func(row pgx.Row) (err error) {
		seq, h, err = scanHealth(row)
		return err
	})
	err = t.flush(ctx)
	return seq, h, err
}

// holdPending queues the holding of what is pending for an endpoint.
func (t *tx) holdPending(seq int32) {
	t.counting = true
	t.queue("UPDATE hookseal.deliveries SET state = 2, wake = NULL WHERE endpoint = $1 AND wake IS NOT NULL AND state = 0", seq).
		Exec(func(tag pgconn.CommandTag) error {
			t.move(pending, held, tag.RowsAffected())
			return nil
		})
}

// resume queues the making pending of what is held for an endpoint. All of it is
// due at one moment, and is then leased in the order of IDs.
func (t *tx) resume(seq int32, now time.Time) {
	t.counting = true
	t.queue("UPDATE hookseal.deliveries SET state = 0, due = $2::timestamptz, wake = CASE order_key WHEN '' THEN $2::timestamptz ELSE $3 END"+
		" WHERE state = 2 AND state NOT IN (0, 1, 3) AND endpoint = $1", seq, now, noTurn()).
		Exec(func(tag pgconn.CommandTag) error {
			t.move(held, pending, tag.RowsAffected())
			return nil
		})
	t.giveTurns(seq, now)
}
