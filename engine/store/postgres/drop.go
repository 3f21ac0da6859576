package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// keptOf is what is kept of a source on a day.
type keptOf struct {
	daySource
	weighed
}

// keptByDay returns what is kept of each source and day, in their order. A day on
// which there is nothing is there under an empty source.
func (q *queries) keptByDay(ctx context.Context) ([]keptOf, error) {
	return list(ctx, q, "weigh events", func(row pgx.Row) (k keptOf, err error) {
		err = row.Scan((*int32)(&k.day), text{&k.source}, &k.events, &k.bytes)
		return k, err
	}, "SELECT day, source, sum(events)::bigint, sum(bytes)::bigint FROM ("+
		"SELECT day, source, events, bytes FROM hookseal.sizes UNION ALL SELECT day, '', 0, 0 FROM hookseal.days) s"+
		" GROUP BY source, day ORDER BY source, day", planned)
}

// mostInUse is how many days that are in use are come upon before the others are
// left alone: it may be the parents that somebody has locked, which every day needs.
const mostInUse = 3

// dropDays drops the days of which everything is too old, the oldest first, and
// returns how many events are gone. One that is in use is left for the next time.
func (s *Store) dropDays(ctx context.Context, req store.PruneRequest, kept []keptOf) (gone int, err error) {
	bySource := map[day][]keptOf{}
	for _, k := range kept {
		bySource[k.day] = append(bySource[k.day], k)
	}
	inUse := 0
	for _, d := range slices.Sorted(maps.Keys(bySource)) {
		if !droppable(d, bySource[d], req) {
			continue
		}
		n, err := s.dropDay(ctx, d, req)
		if code(err) == lockNotAvailable {
			s.opts.Logger.Info("a day is too old and in use, it is dropped later", "day", int(d))
			if inUse++; inUse == mostInUse {
				return gone, nil
			}
			continue
		}
		if gone += n; err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// droppable reports whether a day has nothing that a request keeps. One without
// events goes once it is past.
func droppable(d day, kept []keptOf, req store.PruneRequest) bool {
	if d == rest || !d.end().Before(time.Now().AddDate(0, 0, -1)) {
		return false
	}
	return !slices.ContainsFunc(kept, func(k keptOf) bool {
		before := req.Of(k.source).Events
		return k.events > 0 && (before.IsZero() || d.end().After(before))
	})
}

// lockDay keeps everybody else from the tables of a day, and from the parents,
// those first that are locked first by who reads. Who waits for such a lock makes
// all wait that come after, so it is given up soon. Who holds it holds up readers, and
// the first write of a connection to the tables of any day, which opens the parents:
// a node that stops in the middle is cut off.
const lockDay = `
SET LOCAL lock_timeout = '200ms';
SET LOCAL idle_in_transaction_session_timeout = '2s';
LOCK TABLE ONLY hookseal.deliveries, ONLY hookseal.outputs, ONLY hookseal.attempts, ONLY hookseal.events,
    hookseal.deliveries_DAY, hookseal.outputs_DAY, hookseal.attempts_DAY, hookseal.events_DAY IN ACCESS EXCLUSIVE MODE`

const dropTables = `
DROP TABLE hookseal.deliveries_DAY, hookseal.outputs_DAY, hookseal.attempts_DAY, hookseal.events_DAY`

// dropDay drops a day unless a delivery of it is open, or something came that is
// to be kept, and returns how many events are gone.
//
// Whoever makes a delivery open has touched the tables of its day before: after
// they are locked nothing becomes open, and the sums are those of the end.
func (s *Store) dropDay(ctx context.Context, d day, req store.PruneRequest) (gone int, err error) {
	dropped := false
	err = s.write(ctx, fmt.Sprintf("drop day %d", d), func(ctx context.Context, t *tx) error {
		gone, dropped = 0, false
		if free, err := t.lockDay(ctx, d); err != nil || !free {
			return err
		}
		kept, open, err := t.keptOn(ctx, d)
		if err != nil || open || !droppable(d, kept, req) {
			return err
		}
		dropped = true
		for _, k := range kept {
			gone += int(k.events)
		}
		if _, err := t.conn.Exec(ctx, d.of(dropTables), pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		for _, table := range []string{"counts", "sizes", "days"} {
			t.queue("DELETE FROM hookseal."+table+" WHERE day = $1", int32(d))
		}
		return nil
	})
	if err != nil || !dropped {
		return 0, err
	}
	if gone > 0 {
		s.opts.Logger.Debug("day dropped", "day", int(d), "events", gone)
	}
	s.days.forget(d)
	return gone, nil
}

// lockDay locks the tables of a day, and reports whether that is done: not while
// another node makes or drops days, nor where there are none or a delivery is open,
// for which nobody else need wait.
func (t *tx) lockDay(ctx context.Context, d day) (locked bool, err error) {
	alone, there, open := false, false, false
	t.queue("SELECT pg_try_advisory_xact_lock($1)", int64(daysLock)).QueryRow(func(row pgx.Row) error { return row.Scan(&alone) })
	t.queue("SELECT EXISTS (SELECT 1 FROM hookseal.days WHERE day = $1)", int32(d)).QueryRow(func(row pgx.Row) error { return row.Scan(&there) })
	t.queueOpen(d, &open)
	if err := t.flush(ctx); err != nil || !alone || !there {
		return false, err
	}
	if open {
		if t.store.days.keep(d) {
			t.store.opts.Logger.Info("a day is too old, and stays for its deliveries that are open or held", "day", int(d))
		}
		return false, nil
	}
	_, err = t.conn.Exec(ctx, d.of(lockDay), pgx.QueryExecModeSimpleProtocol)
	return err == nil, err
}

// keptOn returns what is kept of each source on a day, and whether a delivery of it
// is open.
func (t *tx) keptOn(ctx context.Context, d day) (kept []keptOf, open bool, err error) {
	t.queue("SELECT source, sum(events)::bigint FROM hookseal.sizes WHERE day = $1 GROUP BY source", int32(d)).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			k := keptOf{daySource: daySource{day: d}}
			err := rows.Scan(text{&k.source}, &k.events)
			kept = append(kept, k)
			return err
		})
	})
	t.queueOpen(d, &open)
	return kept, open, t.flush(ctx)
}

// queueOpen queues the question whether a delivery of a day is open.
func (t *tx) queueOpen(d day, open *bool) {
	t.queue("SELECT EXISTS (SELECT 1 FROM hookseal.open WHERE day = $1)", int32(d)).QueryRow(func(row pgx.Row) error { return row.Scan(open) })
}
