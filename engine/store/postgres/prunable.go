package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/internal/expiry"
)

// ledger is an [expiry.Ledger] by the IDs of events as they are kept. It takes no
// lock: a long row of events that are still open may have to be passed.
type ledger struct {
	ctx     context.Context
	queries *queries
}

// Sizes implements [expiry.Ledger].
func (l ledger) Sizes() ([]expiry.Size, error) {
	return list(l.ctx, l.queries, "weigh events", func(row pgx.Row) (s expiry.Size, err error) {
		err = row.Scan(text{&s.Source}, &s.Bytes)
		return s, err
	}, "SELECT source, sum(bytes)::bigint FROM hookseal.sizes GROUP BY source ORDER BY source", planned)
}

// The conditions of the indexes over whole events and over those that are not.
const (
	doneBefore = " AND e.source = $1 AND e.time < $2 AND NOT EXISTS (" +
		"SELECT 1 FROM hookseal.deliveries d WHERE d.event = e.id AND d.state IN (0, 1, 2)) ORDER BY e.time LIMIT $3::bigint"
	ofWhole = " FROM hookseal.events e WHERE e.erased IS NULL" + doneBefore
	ofBare  = " FROM hookseal.events e WHERE e.erased IS NOT NULL" + doneBefore
)

// Oldest implements [expiry.Ledger].
func (l ledger) Oldest(source string, before time.Time, limit int) ([]expiry.Aged[string], error) {
	if before.IsZero() {
		before = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	const columns = "SELECT e.id, e.time, " + weight
	return list(l.ctx, l.queries, "find old events", func(row pgx.Row) (e expiry.Aged[string], err error) {
		var at time.Time
		err = row.Scan(&e.ID, &at, &e.Weight)
		e.Time = at.UnixMicro()
		return e, err
	}, "("+columns+ofWhole+") UNION ALL ("+columns+ofBare+")", planned, encodeText(source), before.UTC(), int64(limit))
}

// Bodies implements [expiry.Ledger].
func (l ledger) Bodies(source string, before time.Time, limit int) ([]string, error) {
	return list(l.ctx, l.queries, "find old bodies", func(row pgx.Row) (id string, err error) {
		return id, row.Scan(&id)
	}, "SELECT e.id"+ofWhole, planned, encodeText(source), before.UTC(), int64(limit))
}
