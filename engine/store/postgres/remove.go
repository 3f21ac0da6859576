package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// weight is what an event e weighs.
const weight = "coalesce(octet_length(e.body), 0) + 1024"

// doneEvent is an event that has no open delivery: how many it has in each state,
// and what it and its content weigh.
type doneEvent struct {
	eventRef
	source       string
	weight, body int64
	deliveries   [len(states)]int64
}

type doneEvents map[eventRef]*doneEvent

// of returns those of the events that have no open delivery.
func (d doneEvents) of(events []eventRef) (found []*doneEvent) {
	for _, e := range events {
		if done := d[e]; done != nil {
			found = append(found, done)
		}
	}
	return found
}

// idsByDay groups events by their days.
func idsByDay(events []eventRef) byDay[[]string] {
	var ids byDay[[]string]
	for _, e := range events {
		of := ids.of(e.day)
		*of = append(*of, e.id)
	}
	return ids
}

// lockDone locks events with their final deliveries, and returns those that have no
// open one.
//
// Each statement sees what was committed before it: a delivery that is running
// while the final ones are locked may be final once it is asked what is open. So
// the final ones are counted last. An event of which nothing is open stays so,
// since who redelivers locks it as well, after the delivery, as is done here.
func (t *tx) lockDone(ctx context.Context, events []eventRef) (doneEvents, error) {
	done := doneEvents{}
	idsByDay(events).each(func(d day, ids *[]string) {
		t.queue(d.of("SELECT FROM hookseal.deliveries_DAY WHERE event = ANY($1::text[]) ORDER BY id FOR UPDATE"), *ids)
		t.lockEvents(d, *ids, done)
		t.passOpen(d, *ids, done)
		t.countFinals(d, *ids, done)
	})
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("lock deliveries: %w", err)
	}
	return done, nil
}

// passOpen queues the search for those events that have an open delivery, which are
// taken out.
func (t *tx) passOpen(d day, events []string, done doneEvents) {
	t.queue("SELECT event FROM hookseal.open WHERE day = $1 AND event = ANY($2::text[])", int32(d), events).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				e := eventRef{day: d}
				err := rows.Scan(&e.id)
				delete(done, e)
				return err
			})
		})
}

// countFinals queues the counting of the final deliveries of events by state.
func (t *tx) countFinals(d day, events []string, done doneEvents) {
	t.queue(d.of("SELECT event, state, count(*) FROM hookseal.deliveries_DAY WHERE event = ANY($1::text[]) GROUP BY event, state"), events).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				ref := eventRef{day: d}
				var state int16
				var n int64
				if err := rows.Scan(&ref.id, &state, &n); err != nil {
					return err
				}
				if _, err := stateName(state); err != nil {
					return err
				}
				if e := done[ref]; e != nil {
					e.deliveries[state] = n
				}
				return nil
			})
		})
}

// lockEvents queues the reading of events, locked.
func (t *tx) lockEvents(d day, ids []string, into doneEvents) {
	t.queue(d.of("SELECT e.id, e.source, "+weight+", coalesce(octet_length(e.body), 0) FROM hookseal.events_DAY e WHERE e.id = ANY($1::text[])"+
		" ORDER BY e.id FOR UPDATE"), ids).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				e := doneEvent{eventRef: eventRef{day: d}}
				err := rows.Scan(&e.id, text{&e.source}, &e.weight, &e.body)
				into[e.eventRef] = &e
				return err
			})
		})
}

// ofEvents selects what hangs on the deliveries of events.
const ofEvents = " WHERE delivery = ANY(ARRAY(SELECT id FROM hookseal.deliveries_DAY WHERE event = ANY($1::text[])))"

// removeEvents queues the removal of events with all that hangs on them.
func (t *tx) removeEvents(events []*doneEvent, removed *int) {
	refs := make([]eventRef, len(events))
	for i, e := range events {
		refs[i] = e.eventRef
		t.weigh(e.day, e.source, -1, -e.weight)
		for state, n := range e.deliveries {
			if n > 0 {
				t.count(e.day, int16(state), -n)
			}
		}
	}
	*removed = len(refs)
	idsByDay(refs).each(func(d day, ids *[]string) {
		t.queue(d.of("DELETE FROM hookseal.attempts_DAY"+ofEvents), *ids)
		t.queue(d.of("DELETE FROM hookseal.outputs_DAY"+ofEvents), *ids)
		t.queue(d.of("DELETE FROM hookseal.deliveries_DAY WHERE event = ANY($1::text[])"), *ids)
		t.queue(d.of("DELETE FROM hookseal.events_DAY WHERE id = ANY($1::text[])"), *ids)
	})
}

// strip queues the removal of the content of events.
func (t *tx) strip(events []*doneEvent, now time.Time, removed *int) {
	refs := make([]eventRef, len(events))
	for i, e := range events {
		refs[i] = e.eventRef
		t.weigh(e.day, e.source, 0, -e.body)
	}
	*removed = len(refs)
	idsByDay(refs).each(func(d day, ids *[]string) {
		t.queue(d.of("DELETE FROM hookseal.outputs_DAY"+ofEvents), *ids)
		t.queue(d.of("UPDATE hookseal.attempts_DAY SET response = NULL"+ofEvents+" AND response IS NOT NULL"), *ids)
		t.queue(d.of("UPDATE hookseal.events_DAY SET erased = coalesce(erased, $2), header = NULL, body = NULL WHERE id = ANY($1::text[])"), *ids, now.UTC())
	})
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
