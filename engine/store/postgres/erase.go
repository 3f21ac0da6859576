package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// Erase removes what an event says; see [store.Store]. PostgreSQL keeps the rows
// as they were in its files until a VACUUM, which autovacuum brings sooner or
// later, and in its WAL, archives and backups for as long as these are kept.
func (s *Store) Erase(ctx context.Context, id string, now time.Time) error {
	woken := map[int32]time.Time{}
	err := s.write(ctx, "erase event "+id, func(ctx context.Context, t *tx) error {
		clear(woken)
		if err := t.lockOrdersOf(ctx, encodeText(id)); err != nil {
			return err
		}
		turns, err := t.lockOpen(ctx, encodeText(id))
		if err != nil {
			return err
		}
		return t.erase(ctx, encodeText(id), now, turns, func(seq int32, at time.Time) { woken[seq] = at })
	})
	if err != nil {
		return err
	}
	for seq, at := range woken {
		s.book.found(seq, at.UnixMicro())
		s.herald.announce()
	}
	return nil
}

// refuseErased returns [store.ErrErased] for a delivery, locked before, of an event
// whose content is gone.
func (t *tx) refuseErased(ctx context.Context, delivery string) error {
	erased := false
	t.queue("SELECT erased IS NOT NULL FROM hookseal.events WHERE id = (SELECT event FROM hookseal.deliveries WHERE id = $1)", encodeText(delivery)).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error { return rows.Scan(&erased) })
		})
	if err := t.flush(ctx); err != nil {
		return err
	}
	if erased {
		return store.ErrErased
	}
	return nil
}

// lockOrdersOf locks the orders in which an event has deliveries, after what those
// lock before who settle. What waits in an order is not locked yet, since it is
// changed by whoever has locked the order; what is leased is, so that it makes no
// further deliveries.
func (t *tx) lockOrdersOf(ctx context.Context, event string) error {
	t.queue("SELECT seq FROM hookseal.endpoints WHERE seq IN (SELECT endpoint FROM hookseal.deliveries WHERE event = $1)"+
		" ORDER BY seq"+lockState.clause(), event)
	t.queue("SELECT id FROM hookseal.deliveries WHERE event = $1 AND wake < $2 ORDER BY id FOR UPDATE", event, noTurn())
	var orders []order
	t.queue("SELECT endpoint, order_key FROM hookseal.deliveries WHERE event = $1", event).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var o order
			err := rows.Scan(&o.endpoint, text{&o.key})
			orders = append(orders, orderOf(o.endpoint, o.key)...)
			return err
		})
	})
	if err := t.flush(ctx); err != nil || len(orders) == 0 {
		return err
	}
	t.lockOrders(orders)
	return t.flush(ctx)
}

// lockOpen locks the deliveries of an event, and returns the orders in which one
// of them has the turn.
func (t *tx) lockOpen(ctx context.Context, event string) (turns []order, err error) {
	t.queue("SELECT endpoint, order_key FROM hookseal.deliveries WHERE event = $1 AND wake < $2 ORDER BY id FOR UPDATE", event, noTurn()).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var o order
				err := rows.Scan(&o.endpoint, text{&o.key})
				turns = append(turns, orderOf(o.endpoint, o.key)...)
				return err
			})
		})
	t.queue("SELECT id FROM hookseal.deliveries WHERE event = $1 ORDER BY id FOR UPDATE", event)
	return turns, t.flush(ctx)
}

// erase removes what an event says, whose deliveries are locked. woke is that of
// endTurns.
func (t *tx) erase(ctx context.Context, id string, now time.Time, turns []order, woke func(int32, time.Time)) error {
	found := false
	t.queue("SELECT source, coalesce(octet_length(body), 0) FROM hookseal.events WHERE id = $1 FOR UPDATE", id).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			source, body := "", int64(0)
			err := rows.Scan(text{&source}, &body)
			t.weigh(source, -body)
			found = true
			return err
		})
	})
	if err := t.flush(ctx); err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	const ofEvent = " WHERE delivery = ANY(ARRAY(SELECT id FROM hookseal.deliveries WHERE event = $1))"
	t.queue("DELETE FROM hookseal.outputs"+ofEvent, id)
	t.queue("UPDATE hookseal.attempts SET error = '', response = NULL"+ofEvent, id)
	t.endTurns(turns, func() { t.cancel(id) }, woke)
	t.queue("UPDATE hookseal.deliveries SET last_error = '', order_key = '' WHERE event = $1", id)
	t.queue("UPDATE hookseal.events SET erased = coalesce(erased, $2), type = '', provider_id = '', header = NULL, body = NULL"+
		" WHERE id = $1", id, now.UTC())
	return nil
}

// cancel queues the end of the open deliveries of an event.
func (t *tx) cancel(event string) {
	t.counting = true
	t.queue("UPDATE hookseal.deliveries d SET state = 7, wake = NULL FROM hookseal.deliveries was"+
		" WHERE d.event = $1 AND d.state IN (0, 1, 2) AND was.id = d.id RETURNING was.state", event).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var state int16
				err := rows.Scan(&state)
				t.move(state, canceled, 1)
				return err
			})
		})
}
