package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hookseal/hookseal/engine/store"
)

// Prune removes old events and dedup keys; see [store.Store]. It removes at
// most limit of either, and nothing while another node prunes.
func (s *Store) Prune(ctx context.Context, events, keys time.Time, limit int) (store.Pruned, error) {
	candidates, err := s.prunable(ctx, events, limit)
	if err != nil {
		return store.Pruned{}, err
	}
	var removed store.Pruned
	err = s.write(ctx, "prune", func(ctx context.Context, t *tx) error {
		removed = store.Pruned{}
		alone, done, err := t.lockDone(ctx, candidates)
		if err != nil || !alone {
			return err
		}
		t.removeEvents(done, &removed.Events)
		t.queue("DELETE FROM hookseal.dedup WHERE name = ANY(ARRAY("+
			"SELECT name FROM hookseal.dedup WHERE time < $1 ORDER BY time LIMIT $2::bigint))", keys.UTC(), int64(limit)).
			Exec(func(tag pgconn.CommandTag) error {
				removed.Keys = int(tag.RowsAffected())
				return nil
			})
		return nil
	})
	if err != nil {
		return store.Pruned{}, err
	}
	return removed, nil
}

// prunable looks for events to remove, without a lock: a long row of events that
// are still open may have to be passed.
func (s *Store) prunable(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return list(ctx, &s.queries, "prune", func(row pgx.Row) (id string, err error) {
		err = row.Scan(text{&id})
		return id, err
	}, "SELECT id FROM hookseal.events e WHERE time < $1 AND NOT EXISTS ("+
		"SELECT 1 FROM hookseal.deliveries d WHERE d.event = e.id AND d.state IN (0, 1, 2)) ORDER BY time LIMIT $2::bigint",
		planned, before.UTC(), int64(limit))
}

// pruneLock is the key of the advisory lock under which one node at a time
// prunes: the letters "hookprun".
const pruneLock = 0x686f6f6b7072756e

// lockDone locks the deliveries of events, and returns those events that have no
// open one, with how many deliveries there are in each state. It is false while
// another node prunes.
func (t *tx) lockDone(ctx context.Context, events []string) (alone bool, done []string, err error) {
	t.queue("SELECT pg_try_advisory_xact_lock($1)", int64(pruneLock)).QueryRow(func(row pgx.Row) error { return row.Scan(&alone) })
	if err = t.flush(ctx); err != nil || !alone {
		return alone, nil, err
	}
	ids := make([]string, len(events))
	left := map[string]bool{}
	for i, id := range events {
		ids[i] = encodeText(id)
		left[ids[i]] = true
	}
	gone := map[string]map[int16]int64{}
	t.queue("SELECT event, state FROM hookseal.deliveries WHERE event = ANY($1::text[]) ORDER BY id FOR UPDATE", ids).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var event string
			var state int16
			if err := rows.Scan(&event, &state); err != nil {
				return err
			}
			name, err := stateName(state)
			if !name.Final() {
				delete(left, event)
			}
			if gone[event] == nil {
				gone[event] = map[int16]int64{}
			}
			gone[event][state]++
			return err
		})
	})
	if err = t.flush(ctx); err != nil {
		return alone, nil, fmt.Errorf("lock deliveries: %w", err)
	}
	done = slices.Sorted(maps.Keys(left))
	for _, event := range done {
		for state, n := range gone[event] {
			t.moved[state] -= n
		}
	}
	return alone, done, nil
}

// removeEvents queues the removal of events with all that hangs on them.
func (t *tx) removeEvents(events []string, removed *int) {
	const ofEvents = " WHERE delivery = ANY(ARRAY(SELECT id FROM hookseal.deliveries WHERE event = ANY($1::text[])))"
	t.queue("DELETE FROM hookseal.attempts"+ofEvents, events)
	t.queue("DELETE FROM hookseal.outputs"+ofEvents, events)
	t.queue("DELETE FROM hookseal.deliveries WHERE event = ANY($1::text[])", events)
	t.queue("DELETE FROM hookseal.events WHERE id = ANY($1::text[])", events).Exec(func(tag pgconn.CommandTag) error {
		*removed = int(tag.RowsAffected())
		return nil
	})
}
