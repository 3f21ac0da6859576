package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// daysLock is the key of the advisory lock under which the tables of days are made
// and dropped: the letters "hookdays".
const daysLock = 0x686f6f6b64617973

// makeSoon bounds how long the making of a day waits for somebody who has locked the
// parents, as ANALYZE does: events wait for it.
const makeSoon = "SET LOCAL lock_timeout = '3s'"

// createDay makes the tables of a day. To create them as partitions would keep
// everybody from the parents meanwhile; to attach them keeps nobody.
const createDay = `
CREATE TABLE hookseal.events_DAY (LIKE hookseal.events INCLUDING STORAGE, PRIMARY KEY (id));
CREATE INDEX events_DAY_whole ON hookseal.events_DAY (source, time) WHERE erased IS NULL;
CREATE INDEX events_DAY_bare ON hookseal.events_DAY (source, time) WHERE erased IS NOT NULL;
CREATE TABLE hookseal.deliveries_DAY (LIKE hookseal.deliveries INCLUDING STORAGE, PRIMARY KEY (id));
CREATE INDEX deliveries_DAY_event ON hookseal.deliveries_DAY (event);
CREATE INDEX deliveries_DAY_aside ON hookseal.deliveries_DAY (state, id, endpoint) WHERE state NOT IN (0, 1, 3);
CREATE TABLE hookseal.outputs_DAY (LIKE hookseal.outputs INCLUDING STORAGE, PRIMARY KEY (delivery));
CREATE TABLE hookseal.attempts_DAY (LIKE hookseal.attempts INCLUDING STORAGE, PRIMARY KEY (delivery, number));
`

// attachDay is for each of the tables.
const attachDay = `
ALTER TABLE hookseal.%[1]s_%[2]d ALTER COLUMN day SET DEFAULT %[2]d;
ALTER TABLE hookseal.%[1]s ATTACH PARTITION hookseal.%[1]s_%[2]d FOR VALUES IN (%[2]d);
`

// dayTables are the tables that every day has, in the order in which they are
// locked together.
var dayTables = [...]string{"deliveries", "outputs", "attempts", "events"}

// makeDay makes the tables of a day unless they are there, and returns it, or
// [rest] if there are enough days.
func (s *Store) makeDay(ctx context.Context, d day) (made day, err error) {
	err = s.transactAgain(ctx, func(ctx context.Context, t *tx) error {
		var there bool
		var n int
		t.queue(makeSoon)
		t.queue("SELECT pg_advisory_xact_lock($1)", int64(daysLock))
		t.queue("SELECT count(*), coalesce(bool_or(day = $1), false) FROM hookseal.days", int32(d)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&n, &there) })
		if err := t.flush(ctx); err != nil {
			return err
		}
		switch made = d; {
		case there:
			return nil
		case n >= mostDays:
			made = rest
			return nil
		}
		script := d.of(createDay)
		for _, table := range dayTables {
			script += fmt.Sprintf(attachDay, table, d)
		}
		// Statements that are not repeated are not worth being prepared.
		if _, err := t.conn.Exec(ctx, script, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		t.queue("INSERT INTO hookseal.days (day) VALUES ($1)", int32(d))
		return nil
	})
	switch {
	case err != nil:
		return rest, fmt.Errorf("make the tables of day %d: %w", d, err)
	case made == rest:
		s.days.fill()
		if s.days.mayWarn() {
			s.opts.Logger.Warn("there are enough days with tables of their own, further events go to the tables of the rest",
				"days", mostDays, "day", int(d))
		}
	default:
		s.days.add(d)
	}
	return made, nil
}

// transactAgain is transact for what may be done twice: it is repeated where the
// connection was cut off, whether that was committed or not.
func (s *Store) transactAgain(ctx context.Context, do func(context.Context, *tx) error) error {
	for tries := 0; ; tries++ {
		err := s.transact(ctx, do)
		if cut, _ := cutOff(err); !cut || tries == len(reconnectWaits) {
			return err
		}
		select {
		case <-time.After(reconnectWaits[tries]):
		case <-ctx.Done():
			return err
		}
	}
}

// knowDays reads which days have tables.
func (s *Store) knowDays(ctx context.Context) error {
	found, err := list(ctx, &s.queries, "list days", func(row pgx.Row) (d day, err error) {
		err = row.Scan((*int32)(&d))
		return d, err
	}, "SELECT day FROM hookseal.days", planned)
	s.days.add(found...)
	return err
}
