package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hookseal/hookseal/engine/internal/expiry"
	"github.com/hookseal/hookseal/engine/store"
)

// Prune removes what is older or more than the request allows; see
// [store.Store]. It removes nothing while another node prunes.
func (s *Store) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	plan, err := expiry.Choose(req, ledger{ctx, &s.queries})
	if err != nil {
		return store.Pruned{}, err
	}
	var removed store.Pruned
	err = s.write(ctx, "prune", func(ctx context.Context, t *tx) error {
		removed = store.Pruned{}
		alone := false
		t.queue("SELECT pg_try_advisory_xact_lock($1)", int64(pruneLock)).QueryRow(func(row pgx.Row) error { return row.Scan(&alone) })
		if err := t.flush(ctx); err != nil || !alone {
			return err
		}
		done, err := t.lockDone(ctx, slices.Concat(plan.Events, plan.Bodies))
		if err != nil {
			return err
		}
		t.removeEvents(done.of(plan.Events), &removed.Events)
		t.strip(done.of(plan.Bodies), req.Now, &removed.Bodies)
		if !req.Keys.IsZero() {
			t.removeKeys(req.Keys, req.Limit, &removed.Keys)
		}
		return nil
	})
	if err != nil {
		return store.Pruned{}, err
	}
	return removed, nil
}

// pruneLock is the key of the advisory lock under which one node at a time
// prunes: the letters "hookprun".
const pruneLock = 0x686f6f6b7072756e

// weight is what an event e weighs.
const weight = "coalesce(octet_length(e.body), 0) + 1024"

// doneEvent is an event that has no open delivery: how many it has in each state,
// and what it and its content weigh.
type doneEvent struct {
	id           string
	source       string
	weight, body int64
	deliveries   [len(states)]int64
}

type doneEvents map[string]*doneEvent

// of returns those of the events that have no open delivery.
func (d doneEvents) of(ids []string) (found []*doneEvent) {
	for _, id := range ids {
		if e := d[id]; e != nil {
			found = append(found, e)
		}
	}
	return found
}

// lockDone locks the deliveries of events, given as they are kept, and returns
// those events that have no open one.
func (t *tx) lockDone(ctx context.Context, events []string) (doneEvents, error) {
	done, open := doneEvents{}, map[string]bool{}
	t.queue("SELECT event, state FROM hookseal.deliveries WHERE event = ANY($1::text[]) ORDER BY id FOR UPDATE", events).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var event string
			var state int16
			if err := rows.Scan(&event, &state); err != nil {
				return err
			}
			name, err := stateName(state)
			if err != nil {
				return err
			}
			open[event] = open[event] || !name.Final()
			if done[event] == nil {
				done[event] = &doneEvent{}
			}
			done[event].deliveries[state]++
			return nil
		})
	})
	t.queue("SELECT e.id, e.source, "+weight+", coalesce(octet_length(e.body), 0) FROM hookseal.events e WHERE e.id = ANY($1::text[])"+
		" ORDER BY e.id FOR UPDATE", events).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var e doneEvent
				if err := rows.Scan(&e.id, text{&e.source}, &e.weight, &e.body); err != nil {
					return err
				}
				if known := done[e.id]; known != nil {
					e.deliveries = known.deliveries
				}
				done[e.id] = &e
				return nil
			})
		})
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("lock deliveries: %w", err)
	}
	for id, e := range done {
		if open[id] || e.id == "" {
			delete(done, id)
		}
	}
	return done, nil
}

// ofEvents selects what hangs on the deliveries of events.
const ofEvents = " WHERE delivery = ANY(ARRAY(SELECT id FROM hookseal.deliveries WHERE event = ANY($1::text[])))"

// removeEvents queues the removal of events with all that hangs on them.
func (t *tx) removeEvents(events []*doneEvent, removed *int) {
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.id
		t.weigh(e.source, -e.weight)
		for state, n := range e.deliveries {
			t.moved[state] -= n
		}
	}
	if *removed = len(ids); len(ids) == 0 {
		return
	}
	t.queue("DELETE FROM hookseal.attempts"+ofEvents, ids)
	t.queue("DELETE FROM hookseal.outputs"+ofEvents, ids)
	t.queue("DELETE FROM hookseal.deliveries WHERE event = ANY($1::text[])", ids)
	t.queue("DELETE FROM hookseal.events WHERE id = ANY($1::text[])", ids)
}

// strip queues the removal of the content of events.
func (t *tx) strip(events []*doneEvent, now time.Time, removed *int) {
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.id
		t.weigh(e.source, -e.body)
	}
	if *removed = len(ids); len(ids) == 0 {
		return
	}
	t.queue("DELETE FROM hookseal.outputs"+ofEvents, ids)
	t.queue("UPDATE hookseal.attempts SET response = NULL"+ofEvents+" AND response IS NOT NULL", ids)
	t.queue("UPDATE hookseal.events SET erased = coalesce(erased, $2), header = NULL, body = NULL WHERE id = ANY($1::text[])", ids, now.UTC())
}

// removeKeys queues the removal of dedup keys from before a moment.
func (t *tx) removeKeys(before time.Time, limit int, removed *int) {
	t.queue("DELETE FROM hookseal.dedup WHERE name = ANY(ARRAY("+
		"SELECT name FROM hookseal.dedup WHERE time < $1 ORDER BY time LIMIT $2::bigint))", before.UTC(), int64(limit)).
		Exec(func(tag pgconn.CommandTag) error {
			*removed = int(tag.RowsAffected())
			return nil
		})
}
