package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// commitSetting turns synchronous_commit on for the transaction where it is off;
// a stricter value stays.
const commitSetting = "CASE WHEN current_setting('synchronous_commit') = 'off'" +
	" THEN set_config('synchronous_commit', 'on', true) END"

// preface begins every transaction that changes something. It reads the clock
// and whether commits last, and has statements planned for indexes: their plans
// are kept, and a table that was small when it was planned for may grow by
// thousands of rows a second. A node that stops in the middle is cut off after a
// while, and holds up nobody for longer.
const preface = "SELECT clock_timestamp(), current_setting('fsync'), " + commitSetting +
	", set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true)" +
	", set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true)" +
	", set_config('idle_in_transaction_session_timeout', '30s', true)"

// txTimeout bounds one transaction.
const txTimeout = 30 * time.Second

// tx is a transaction on a connection. Statements are queued, and sent together
// by flush or commit.
type tx struct {
	conn  *pgx.Conn
	store *Store
	batch pgx.Batch
	sent  time.Time
	// slot is the part of the sums that this transaction changes, by what is in
	// sums.
	slot int16
	sums sums
	// counting says that the sums depend on the answers to what is queued.
	counting bool
	// committing is set when the server may have committed.
	committing bool
}

// transact runs do in a transaction and commits it. An error of do, or of a
// statement, undoes all of it. What was caused by another transaction is
// repeated, so do may run several times.
func (s *Store) transact(ctx context.Context, do func(context.Context, *tx) error) error {
	const tries = 5
	var err error
	for range tries {
		if err = s.try(ctx, do); !contended(err) && !vanished(err) {
			break
		}
	}
	return err
}

// try runs do in a transaction once. The error is a [brokenError] if the
// connection ended.
func (s *Store) try(ctx context.Context, do func(context.Context, *tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, txTimeout)
	defer cancel()
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return &brokenError{plainly(err), false}
	}
	defer c.Release()
	slot := s.takeSlot()
	defer s.giveSlot(slot)
	t := &tx{conn: c.Conn(), store: s, slot: slot}
	t.begin()
	if err = do(ctx, t); err == nil {
		err = t.commit(ctx)
	}
	if err == nil {
		return nil
	}
	return t.undo(ctx, err)
}

const undoTimeout = 5 * time.Second

// undo rolls back what the server has of the transaction, and returns its error.
func (t *tx) undo(ctx context.Context, err error) error {
	if t.conn.IsClosed() {
		return &brokenError{err, t.committing}
	}
	if t.conn.PgConn().TxStatus() == 'I' {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	if _, failed := t.conn.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol); failed != nil {
		// The end of its connection ends a transaction, too.
		return errors.Join(err, t.conn.Close(ctx))
	}
	return err
}

// queue adds a statement to those that are sent next.
func (t *tx) queue(statement string, args ...any) *pgx.QueuedQuery {
	return t.batch.Queue(statement, args...)
}

func (t *tx) begin() {
	t.queue("BEGIN")
	t.queue(preface).QueryRow(func(row pgx.Row) error {
		var now time.Time
		var fsync string
		if err := row.Scan(&now, &fsync, nil, nil, nil, nil, nil, nil); err != nil {
			return err
		}
		t.store.clock.observe(t.sent, time.Now(), now)
		if fsync != "on" {
			return errUnsafe
		}
		return nil
	})
}

// flush sends what is queued, and waits for the answers.
func (t *tx) flush(ctx context.Context) error {
	batch := t.batch
	t.batch, t.sent = pgx.Batch{}, time.Now()
	return t.conn.SendBatch(ctx, &batch).Close()
}

// commit sends what is queued with the counts and the COMMIT.
func (t *tx) commit(ctx context.Context) error {
	if t.counting {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	t.queueSums()
	var committed string
	t.queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		committed = tag.String()
		return nil
	})
	t.committing = true
	if err := t.flush(ctx); err != nil {
		return err
	}
	if committed != "COMMIT" {
		return fmt.Errorf("the server answered %q to COMMIT", committed)
	}
	return nil
}
