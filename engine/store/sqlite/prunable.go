package sqlite

import (
	"context"
	"math"
	"time"

	"github.com/hookseal/hookseal/engine/internal/expiry"
)

// ledger is an [expiry.Ledger] by the rows of events.
type ledger struct {
	ctx  context.Context
	conn *conn
}

// Sizes implements [expiry.Ledger].
func (l ledger) Sizes() (sizes []expiry.Size, err error) {
	err = l.conn.query(l.ctx, func(r *row) error {
		sizes = append(sizes, expiry.Size{Source: r.text(), Bytes: r.int()})
		return nil
	}, "SELECT source, bytes FROM sizes ORDER BY source")
	return sizes, err
}

// The oldest events of a source that have nothing open, of those that are whole
// and of those that are not.
const (
	ofWhole     = " FROM events WHERE source = ? AND erased IS NULL AND time < ? AND NOT " + hasOpen + " ORDER BY time LIMIT ?"
	ofBare      = " FROM events WHERE source = ? AND erased IS NOT NULL AND time < ? AND NOT " + hasOpen + " ORDER BY time LIMIT ?"
	selectWhole = "SELECT seq, time, " + weight + ofWhole
	selectBare  = "SELECT seq, time, " + weight + ofBare
	selectOld   = "SELECT seq" + ofWhole
)

// Oldest implements [expiry.Ledger].
func (l ledger) Oldest(source string, before time.Time, limit int) (found []expiry.Aged[int64], err error) {
	bound := int64(math.MaxInt64)
	if !before.IsZero() {
		bound = micros(before)
	}
	for _, query := range []string{selectWhole, selectBare} {
		err = l.conn.query(l.ctx, func(r *row) error {
			found = append(found, expiry.Aged[int64]{ID: r.int(), Time: r.int(), Weight: r.int()})
			return nil
		}, query, source, bound, int64(limit))
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Bodies implements [expiry.Ledger].
func (l ledger) Bodies(source string, before time.Time, limit int) (found []int64, err error) {
	err = l.conn.query(l.ctx, func(r *row) error {
		found = append(found, r.int())
		return nil
	}, selectOld, source, micros(before), int64(limit))
	return found, err
}
