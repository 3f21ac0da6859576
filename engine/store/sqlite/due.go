package sqlite

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/internal/wakes"
)

// NextDue returns when something becomes due; see [store.Store].
func (s *Store) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	next := int64(never)
	err := s.write(ctx, "next due", func(t *tx) (err error) {
		next, err = t.nextWake(except)
		return err
	})
	if err != nil || next == never {
		return time.Time{}, err
	}
	return moment(next), nil
}

// nextWake finds the earliest wake. It looks only at endpoints whose bound is
// before what it has found, so it nearly always asks the file for one.
func (t *tx) nextWake(except []string) (int64, error) {
	next := int64(never)
	excepted := make(map[string]bool, len(except))
	for _, name := range except {
		excepted[name] = true
	}
	for {
		first := t.book.earliest(excepted)
		if first == nil || first.wake() >= next {
			return next, nil
		}
		wake, err := t.findWake(first)
		if err != nil {
			return never, err
		}
		next = min(next, wake)
	}
}

// earliest returns the endpoint that wakes first of those that are not excepted,
// nil if none wakes.
func (b *book) earliest(except map[string]bool) (first *endpoint) {
	next := int64(never)
	b.wakes.Each(func() int64 { return next }, func(i *wakes.Item[*endpoint]) {
		if !except[i.Value.health.Endpoint] {
			first, next = i.Value, i.Wake()
		}
	})
	return first
}

const selectWake = "SELECT wake FROM deliveries WHERE endpoint = ? AND wake IS NOT NULL ORDER BY wake LIMIT 1"

// findWake looks up when the first delivery of the endpoint wakes, and makes
// its bound exact.
func (t *tx) findWake(e *endpoint) (int64, error) {
	wake := e.nothing()
	err := t.each(func(r *row) error {
		wake = min(wake, r.int())
		return nil
	}, selectWake, e.seq)
	if err != nil {
		return never, err
	}
	e.setWake(wake)
	return wake, nil
}

// readNextDue finds the earliest wake without what the writer knows, by one
// look at each endpoint.
func readNextDue(ctx context.Context, c *conn) (next time.Time, err error) {
	err = c.query(ctx, func(r *row) error {
		next = r.time()
		return nil
	}, "SELECT d.wake FROM endpoints p JOIN deliveries d ON d.id = (SELECT id FROM deliveries WHERE endpoint = p.seq"+
		" AND wake IS NOT NULL ORDER BY wake LIMIT 1) ORDER BY d.wake LIMIT 1")
	return next, err
}
