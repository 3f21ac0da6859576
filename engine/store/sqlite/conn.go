package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	sqlite3 "modernc.org/sqlite"
)

// conn is one connection with the statements it has prepared. It is used by one
// goroutine at a time.
//
// It speaks to the driver and not through database/sql, whose pool, contexts and
// conversions cost more than a small statement does.
type conn struct {
	raw   driver.Conn
	stmts map[string]driver.Stmt
	// spare are inserters that nobody uses, by their tables.
	spare map[string]*inserter
	args  []driver.NamedValue
}

// connect opens the file, which must exist, and sets the pragmas in order.
func connect(path string, pragmas ...string) (*conn, error) {
	raw, err := new(sqlite3.Driver).Open(dataSource(path))
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw, stmts: map[string]driver.Stmt{}, spare: map[string]*inserter{}}
	for _, pragma := range pragmas {
		if err := c.script("PRAGMA " + pragma); err != nil {
			return nil, errors.Join(fmt.Errorf("pragma %s: %w", pragma, err), c.close())
		}
	}
	return c, nil
}

// dataSource writes the path as a URI, in which no character of it can be taken
// for a parameter.
func dataSource(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	source := url.URL{Scheme: "file", Path: slashed, RawQuery: "mode=rw"}
	return source.String()
}

// exec runs one statement and returns how many rows it changed. The arguments
// are int64, string, []byte or nil.
func (c *conn) exec(statement string, args ...any) (int64, error) {
	prepared, err := c.prepare(statement)
	if err != nil {
		return 0, err
	}
	result, err := prepared.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	clear(c.args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query runs one statement and hands each row to scan, which must not use the
// connection and must not keep the row. It ends early when ctx is done.
func (c *conn) query(ctx context.Context, scan func(*row) error, statement string, args ...any) (err error) {
	prepared, err := c.prepare(statement)
	if err != nil {
		return err
	}
	rows, err := prepared.(driver.StmtQueryContext).QueryContext(ctx, c.bind(args))
	clear(c.args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make([]driver.Value, len(rows.Columns()))
	r := &row{values: values}
	for ; ; r.at = 0 {
		if err := rows.Next(values); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := scan(r); err != nil {
			return err
		}
	}
}

// script runs statements that are not worth preparing.
func (c *conn) script(statements string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), statements, nil)
	return err
}

// number returns the one integer that a statement yields.
func (c *conn) number(statement string) (n int64, err error) {
	err = c.query(context.Background(), func(r *row) error {
		n = r.int()
		return nil
	}, statement)
	return n, err
}

func (c *conn) prepare(statement string) (driver.Stmt, error) {
	if prepared, ok := c.stmts[statement]; ok {
		return prepared, nil
	}
	prepared, err := c.raw.Prepare(statement)
	if err != nil {
		return nil, err
	}
	c.stmts[statement] = prepared
	return prepared, nil
}

func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, arg := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return c.args
}

func (c *conn) close() error {
	var faults []error
	for _, prepared := range c.stmts {
		faults = append(faults, prepared.Close())
	}
	return errors.Join(append(faults, c.raw.Close())...)
}
