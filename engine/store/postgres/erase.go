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
		of, err := t.dayOfEvent(ctx, id)
		if err != nil {
			return err
		}
		e := erasing{t, of, encodeText(id)}
		if err := e.lockOrders(ctx); err != nil {
			return err
		}
		turns, err := e.lockOpen(ctx)
		if err != nil {
			return err
		}
		return e.erase(ctx, now, turns, func(seq int32, at time.Time) { woken[seq] = at })
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

// refuseErased returns [store.ErrErased] for a final delivery, locked before, of an
// event whose content is gone. The event is locked, so that it is not removed while
// the delivery becomes open.
func (t *tx) refuseErased(ctx context.Context, of day, delivery string) error {
	erased := false
	t.queue(of.of("SELECT erased IS NOT NULL FROM hookseal.events_DAY WHERE id = (SELECT event FROM hookseal.deliveries_DAY WHERE id = $1) FOR SHARE"),
		encodeText(delivery)).
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

// erasing is the erasure of an event, by its ID as it is kept.
type erasing struct {
	*tx
	day day
	id  string
}

// openOf selects the open deliveries of an event.
const openOf = " FROM hookseal.open WHERE day = $1 AND event = $2"

// lockOrders locks the orders in which the event has open deliveries, after what
// those lock before who settle. What waits in an order is not locked yet, since it
// is changed by whoever has locked the order; what is leased is, so that it makes no
// further deliveries, and then what is final, so that it stays so.
func (e *erasing) lockOrders(ctx context.Context) error {
	e.queue("SELECT seq FROM hookseal.endpoints WHERE seq IN (SELECT endpoint"+openOf+") ORDER BY seq"+lockState.clause(), int32(e.day), e.id)
	e.queue("SELECT id"+openOf+" AND wake < $3 ORDER BY id FOR UPDATE", int32(e.day), e.id, noTurn())
	e.queue(e.day.of("SELECT id FROM hookseal.deliveries_DAY WHERE event = $1 ORDER BY id FOR UPDATE"), e.id)
	var orders []order
	e.queue("SELECT endpoint, order_key"+openOf, int32(e.day), e.id).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var o order
			err := rows.Scan(&o.endpoint, text{&o.key})
			orders = append(orders, orderOf(o.endpoint, o.key)...)
			return err
		})
	})
	if err := e.flush(ctx); err != nil || len(orders) == 0 {
		return err
	}
	e.tx.lockOrders(orders)
	return e.flush(ctx)
}

// lockOpen locks the deliveries of the event, and returns the orders in which one
// of them has the turn.
func (e *erasing) lockOpen(ctx context.Context) (turns []order, err error) {
	e.queue("SELECT endpoint, order_key"+openOf+" AND wake < $3 ORDER BY id FOR UPDATE", int32(e.day), e.id, noTurn()).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var o order
				err := rows.Scan(&o.endpoint, text{&o.key})
				turns = append(turns, orderOf(o.endpoint, o.key)...)
				return err
			})
		})
	e.queue("SELECT id"+openOf+" ORDER BY id FOR UPDATE", int32(e.day), e.id)
	return turns, e.flush(ctx)
}

// erase removes what the event says, whose deliveries are locked. woke is that of
// endTurns.
func (e *erasing) erase(ctx context.Context, now time.Time, turns []order, woke func(int32, time.Time)) error {
	found := false
	e.queue(e.day.of("SELECT source, coalesce(octet_length(body), 0) FROM hookseal.events_DAY WHERE id = $1 FOR UPDATE"), e.id).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				source, body := "", int64(0)
				err := rows.Scan(text{&source}, &body)
				e.weigh(e.day, source, 0, -body)
				found = true
				return err
			})
		})
	if err := e.flush(ctx); err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	e.endTurns(turns, e.cancel, woke)
	const ofEvent = " WHERE delivery = ANY(ARRAY(SELECT id FROM hookseal.deliveries_DAY WHERE event = $1))"
	e.queue(e.day.of("DELETE FROM hookseal.outputs_DAY"+ofEvent), e.id)
	e.queue(e.day.of("UPDATE hookseal.attempts_DAY SET error = '', response = NULL"+ofEvent), e.id)
	e.queue(e.day.of("UPDATE hookseal.deliveries_DAY SET last_error = '', order_key = '' WHERE event = $1"), e.id)
	e.queue(e.day.of("UPDATE hookseal.events_DAY SET erased = coalesce(erased, $2), type = '', provider_id = '', header = NULL, body = NULL"+
		" WHERE id = $1"), e.id, now.UTC())
	return nil
}

// cancel queues the end of the open deliveries of the event.
func (e *erasing) cancel() {
	e.counting = true
	e.queue(e.day.of("WITH ended AS (DELETE FROM hookseal.open d WHERE d.day = $1 AND d.event = $2"+
		" RETURNING d.state AS was, "+finalOf("7::smallint", "d.attempts", "d.tried", "d.transform_hash", "''::text")+"), kept AS ("+
		"INSERT INTO hookseal.deliveries_DAY ("+finalColumns+") SELECT "+finalColumns+" FROM ended)"+
		" SELECT was FROM ended"), int32(e.day), e.id).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var state int16
				err := rows.Scan(&state)
				e.move(e.day, state, canceled, 1)
				return err
			})
		})
}
