package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Reader reads a store that nodes may have open: it takes no lock and changes
// nothing. It is safe for concurrent use.
type Reader struct{ queries }

// OpenReader opens the store in the database of a DSN for reading. It returns
// [fs.ErrNotExist] if no store has been opened there, and an error for a schema
// of another version than this program's. No error holds the password.
func OpenReader(ctx context.Context, dsn string) (*Reader, error) {
	config, err := parse(dsn, Options{})
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	pool, err := connect(ctx, config, checkVersion)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &Reader{queries{pool: pool, door: &door{}}}, nil
}

// Check connects to the database of a DSN, and reports what [Open] would refuse.
// It changes nothing; a database without a schema passes, which Open makes. No
// error holds the password.
func Check(ctx context.Context, dsn string) error {
	config, err := parse(dsn, Options{})
	if err != nil {
		return err
	}
	pool, err := connect(ctx, config, func(ctx context.Context, c *pgx.Conn) error {
		if err := checkDurable(ctx, c); err != nil {
			return err
		}
		if err := checkNotNewer(ctx, c); err != nil {
			return err
		}
		return checkRights(ctx, c)
	})
	if err != nil {
		return err
	}
	pool.Close()
	return nil
}

// NextDue returns the earliest moment at which something becomes due.
func (r *Reader) NextDue(ctx context.Context) (next time.Time, err error) {
	first, err := list(ctx, &r.queries, "next due", func(row pgx.Row) (at time.Time, err error) {
		err = row.Scan(nil, nil, nil, &at)
		return at, err
	}, selectOpen, planned)
	for _, at := range first {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, err
}

// Close waits for running queries and closes the connections.
func (r *Reader) Close() error {
	if r.door.close() {
		r.pool.Close()
	}
	return nil
}
