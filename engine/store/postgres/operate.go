package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

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
		of, err := t.dayOfFinal(ctx, id)
		if err != nil {
			return err
		}
		state, key, err := t.lockFinal(ctx, of, id, &to)
		if err != nil {
			return err
		}
		if err := t.refuseErased(ctx, of, id); err != nil {
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
		t.move(of, state, next, 1)
		t.queue(of.of("WITH again AS (DELETE FROM hookseal.deliveries_DAY WHERE id = $1 RETURNING *)"+
			" INSERT INTO hookseal.open (id, event, day, endpoint, state, transformed, due, wake, created, leases, attempts, tried,"+
			" message_id, subscription, transform, transform_hash, last_error, order_key)"+
			" SELECT id, event, day, endpoint, $2, EXISTS (SELECT 1 FROM hookseal.outputs_DAY o WHERE o.delivery = again.id), $3, $4, created, leases, 0, tried,"+
			" message_id, subscription, transform, transform_hash, last_error, order_key FROM again"),
			encodeText(id), next, due, wake)
		return nil
	})
	if err == nil && !to.disabled {
		s.book.wakeAt(to, due)
		s.herald.announce()
	}
	return err
}

// lockFinal returns the state and the order key of a final delivery, locked with
// its endpoint. It returns [store.ErrNotFinal] if it is redelivered meanwhile.
func (t *tx) lockFinal(ctx context.Context, of day, id string, to *endpoint) (state int16, key string, err error) {
	t.queue(of.of("SELECT seq, name, disabled FROM hookseal.endpoints"+
		" WHERE seq = (SELECT endpoint FROM hookseal.deliveries_DAY WHERE id = $1)"+lockState.clause()), encodeText(id)).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error { return rows.Scan(&to.seq, text{&to.name}, &to.disabled) })
		})
	found := false
	t.queue(of.of("SELECT state, order_key FROM hookseal.deliveries_DAY WHERE id = $1 FOR UPDATE"), encodeText(id)).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				found = true
				return rows.Scan(&state, text{&key})
			})
		})
	if err := t.flush(ctx); err != nil {
		return 0, "", err
	}
	if !found {
		return 0, "", store.ErrNotFinal
	}
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
	e := endpoint{seq: seq, name: name, disabled: disabled}
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

// moveEach queues an update by which deliveries go from one state to another.
func (t *tx) moveEach(from, to int16, update string, args ...any) {
	t.counting = true
	t.queue("WITH moved AS ("+update+" RETURNING day) SELECT day, count(*) FROM moved GROUP BY day", args...).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var of day
			var n int64
			err := rows.Scan((*int32)(&of), &n)
			t.move(of, from, to, n)
			return err
		})
	})
}

// holdPending queues the holding of what is pending for an endpoint.
func (t *tx) holdPending(seq int32) {
	t.moveEach(pending, held,
		"UPDATE hookseal.open SET state = 2, wake = NULL WHERE endpoint = $1 AND wake IS NOT NULL AND state = 0", seq)
}

// resume queues the making pending of what is held for an endpoint. All of it is
// due at one moment, and is then leased in the order of IDs.
func (t *tx) resume(seq int32, now time.Time) {
	t.moveEach(held, pending,
		"UPDATE hookseal.open SET state = 0, due = $2::timestamptz, wake = CASE order_key WHEN '' THEN $2::timestamptz ELSE $3 END"+
			" WHERE endpoint = $1 AND wake IS NULL AND state = 2", seq, now, noTurn())
	t.giveTurns(seq, now)
}
