package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// openTimeout bounds how long a server is waited for.
const openTimeout = 30 * time.Second

// afterConnect has moments read in UTC.
func afterConnect(_ context.Context, c *pgx.Conn) error {
	c.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// connect opens a pool and has prepare look at the database on its first
// connection. An error names the server, and never the password.
func connect(ctx context.Context, config *pgxpool.Config, prepare func(context.Context, *pgx.Conn) error) (*pgxpool.Pool, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", describe(&config.ConnConfig.Config), err)
	}
	err = pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return prepare(ctx, c.Conn()) })
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("database %s: %w", describe(&config.ConnConfig.Config), plainly(err))
	}
	return pool, nil
}

// plainly says in one line why a server could not be reached or used. What the
// driver says repeats the DSN's parts in several lines.
func plainly(err error) error {
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		err = errors.Unwrap(failed)
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			err = telling(joined.Unwrap())
		}
		return fmt.Errorf("cannot connect: %w", err)
	}
	return err
}

// telling picks the error of several tries that says most: the first that a server
// has answered, or else the last. Before it stands that a server speaks no TLS,
// which is no fault where the DSN leaves it free.
func telling(tries []error) error {
	for _, err := range tries {
		if _, answered := errors.AsType[*pgconn.PgError](err); answered {
			return err
		}
	}
	return tries[len(tries)-1]
}

// errUnsafe is how a server is refused that would lose what it has committed.
var errUnsafe = errors.New("the server has fsync = off, and would lose committed events in a power cut: " +
	"set it on (ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();)")

// checkDurable refuses a server that does not sync, or whose synchronous_commit
// cannot be on.
func checkDurable(ctx context.Context, c *pgx.Conn) error {
	var fsync, commit string
	err := c.QueryRow(ctx, "SELECT current_setting('fsync'), "+
		"coalesce("+commitSetting+", current_setting('synchronous_commit'))").Scan(&fsync, &commit)
	switch {
	case err != nil:
		return fmt.Errorf("read the server's settings: %w", err)
	case fsync != "on":
		return errUnsafe
	case commit == "off":
		return errors.New("synchronous_commit is off and cannot be set: " +
			"set it on (ALTER DATABASE … SET synchronous_commit = on)")
	}
	return nil
}

// errNoSchema reports a database that no store has used.
var errNoSchema = fmt.Errorf("it has no schema named hookseal: %w", fs.ErrNotExist)

// code returns the SQLSTATE of an error that the server has answered, or an
// empty string. A FATAL one ended the connection, and is none.
func code(err error) string {
	answered, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || answered.SeverityUnlocalized != "ERROR" && answered.Severity != "ERROR" {
		return ""
	}
	return answered.Code
}

// The SQLSTATEs that statements are repeated for.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	undefinedTable       = "42P01"
	lockNotAvailable     = "55P03"
)

// contended reports an error that another transaction has caused, so that the
// same statements may succeed now.
func contended(err error) bool {
	c := code(err)
	return c == serializationFailure || c == deadlockDetected
}

// vanished reports that the tables of a day were dropped by another transaction.
func vanished(err error) bool { return code(err) == undefinedTable }

// brokenError says that the connection ended, or that there was none.
type brokenError struct {
	error
	// unknown says that the transaction may have been committed.
	unknown bool
}

// Unwrap returns why.
func (e *brokenError) Unwrap() error { return e.error }

// cutOff reports that a transaction ended with its connection, and whether it
// may have been committed.
func cutOff(err error) (cut, unknown bool) {
	broken, cut := errors.AsType[*brokenError](err)
	return cut, cut && broken.unknown
}
