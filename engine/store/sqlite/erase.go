package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Erase removes what an event says; see [store.Store]. Its bytes are overwritten
// in the file, and the log is emptied. Where that could not be done, as while a
// backup reads the log, the event is erased and Erase returns an error: to call
// it again empties the log.
//
// Copies elsewhere are not reached: in backups, in free space of the disk, and
// what was left of a row in unused space of a page when SQLite moved it, as it
// does when neighbours come or go, until that space is used. A backup has none of
// the latter.
func (s *Store) Erase(ctx context.Context, id string, now time.Time) error {
	return s.submit(ctx, "erase event "+id, &request{
		change: func(t *tx) error { return t.overwriting(func() error { return t.erase(id, micros(now)) }) },
		after:  emptyLog,
	})
}

// overwriting has SQLite write zeros over all that do removes, also in pages that
// need not be written otherwise. When rows go, others move to other pages: what is
// left of them where they were would outlive an erasure of theirs.
func (t *tx) overwriting(do func() error) error {
	if err := t.script("PRAGMA " + overwriteAll); err != nil {
		return err
	}
	err := do()
	return errors.Join(err, t.script("PRAGMA "+overwriteSome))
}

func (t *tx) erase(id string, now int64) error {
	seq := int64(-1)
	err := t.each(func(r *row) error {
		seq = r.int()
		t.weigh(r.text(), -r.int())
		return nil
	}, "SELECT seq, source, coalesce(length(body), 0) FROM events WHERE id = ?", id)
	if err != nil {
		return err
	}
	if seq < 0 {
		return store.ErrNotFound
	}
	if err := t.cancel(seq); err != nil {
		return err
	}
	_, err = t.exec("UPDATE events SET erased = coalesce(erased, ?), type = '', provider_id = '', header = NULL, body = NULL, sum = NULL WHERE seq = ?", now, seq)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM outputs" + ofEvent,
		"UPDATE attempts SET error = '', response = NULL" + ofEvent,
		"UPDATE deliveries SET last_error = '', order_key = '' WHERE event = ?",
	} {
		if _, err := t.exec(statement, seq); err != nil {
			return err
		}
	}
	return nil
}

// cancel ends the open deliveries of an event, and has others take the turns that
// they had.
func (t *tx) cancel(event int64) error {
	type order struct {
		endpoint *endpoint
		key      string
	}
	var orders []order
	err := t.each(func(r *row) error {
		t.move(r.int(), canceled, 1)
		to, key := t.book.bySeq[r.int()], r.text()
		if to == nil {
			return errNoEndpoint
		}
		if key != "" {
			orders = append(orders, order{to, key})
		}
		return nil
	}, "SELECT state, endpoint, order_key FROM deliveries WHERE event = ? AND state IN (0, 1, 2)", event)
	if err != nil {
		return err
	}
	t.book.forgetRunning(func(d leased) bool { return d.event == event })
	_, err = t.exec("UPDATE deliveries SET state = 7, wake = NULL WHERE event = ? AND state IN (0, 1, 2)", event)
	for _, o := range orders {
		if err == nil {
			err = t.giveTurn(o.endpoint, o.key)
		}
	}
	return err
}

// emptyLog copies the log into the file and cuts it to nothing. For those who
// read it, it waits less long than other statements do, since all writing waits
// with it.
func emptyLog(c *conn) error {
	err := c.script("PRAGMA busy_timeout = 300")
	if err != nil {
		return err
	}
	busy := true
	err = c.query(context.Background(), func(r *row) error {
		busy = r.bool()
		return nil
	}, "PRAGMA wal_checkpoint(TRUNCATE)")
	err = errors.Join(err, c.script("PRAGMA "+busyTimeout))
	if err == nil && busy {
		err = errors.New("it is in use")
	}
	if err != nil {
		return fmt.Errorf("the event is erased, but the log that still holds it could not be emptied: %w; do it again", err)
	}
	return nil
}
