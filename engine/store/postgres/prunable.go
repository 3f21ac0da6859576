package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/internal/expiry"
)

// eventRef names an event: by its ID as it is kept, and its day.
type eventRef struct {
	day day
	id  string
}

// ledger is an [expiry.Ledger]. It takes no lock: a long row of events that are
// still open may have to be passed.
type ledger struct {
	ctx     context.Context
	queries *queries
	sizes   []expiry.Size
	// days are those in which a source has events, in their order.
	days map[string][]day
}

// newLedger returns a ledger of what is kept, which is in the order of the sources
// and then of the days.
func newLedger(ctx context.Context, q *queries, kept []keptOf) ledger {
	l := ledger{ctx: ctx, queries: q, days: map[string][]day{}}
	for _, k := range kept {
		if k.weighed == (weighed{}) {
			continue
		}
		if l.days[k.source] == nil {
			l.sizes = append(l.sizes, expiry.Size{Source: k.source})
			l.days[k.source] = []day{rest}
		}
		l.sizes[len(l.sizes)-1].Bytes += k.bytes
		if k.day != rest && k.events > 0 {
			l.days[k.source] = append(l.days[k.source], k.day)
		}
	}
	return l
}

// Sizes implements [expiry.Ledger].
func (l ledger) Sizes() ([]expiry.Size, error) { return l.sizes, nil }

// The conditions of the indexes over whole events and over those that are not.
const (
	doneBefore = " AND e.source = $1 AND e.time < $2 AND NOT EXISTS (" +
		"SELECT 1 FROM hookseal.open d WHERE d.day = e.day AND d.event = e.id) ORDER BY e.time LIMIT $3::bigint"
	ofWhole = " FROM hookseal.events_DAY e WHERE e.erased IS NULL" + doneBefore
	ofBare  = " FROM hookseal.events_DAY e WHERE e.erased IS NOT NULL" + doneBefore
)

// Oldest implements [expiry.Ledger].
func (l ledger) Oldest(source string, before time.Time, limit int) ([]expiry.Aged[eventRef], error) {
	if before.IsZero() {
		before = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	const columns = "SELECT e.id, e.time, " + weight
	return l.search("find old events", "("+columns+ofWhole+") UNION ALL ("+columns+ofBare+")", source, before, limit)
}

// Bodies implements [expiry.Ledger].
func (l ledger) Bodies(source string, before time.Time, limit int) ([]eventRef, error) {
	found, err := l.search("find old bodies", "SELECT e.id, e.time, "+weight+ofWhole, source, before, limit)
	ids := make([]eventRef, len(found))
	for i, e := range found {
		ids[i] = e.ID
	}
	return ids, err
}

// search asks day after day, from the oldest on, until it has found enough. The
// rest has events of any time, and is asked in any case.
func (l ledger) search(what, query, source string, before time.Time, limit int) ([]expiry.Aged[eventRef], error) {
	var found []expiry.Aged[eventRef]
	enough := 0
	for _, d := range l.days[source] {
		if d != rest && (enough >= limit || !d.begin().Before(before)) {
			break
		}
		of, err := list(l.ctx, l.queries, what, func(row pgx.Row) (e expiry.Aged[eventRef], err error) {
			var at time.Time
			err = row.Scan(&e.ID.id, &at, &e.Weight)
			e.ID.day, e.Time = d, at.UnixMicro()
			return e, err
		}, d.of(query), planned, encodeText(source), before.UTC(), int64(limit))
		if vanished(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, of...)
		if d != rest {
			enough += len(of)
		}
	}
	slices.SortStableFunc(found, func(a, b expiry.Aged[eventRef]) int { return cmp.Compare(a.Time, b.Time) })
	return found[:min(limit, len(found))], nil
}
