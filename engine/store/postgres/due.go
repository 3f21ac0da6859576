package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// NextDue returns when something becomes due; see [store.Store]. What another
// node has stored counts from when that has said so, or after Options.Poll.
func (s *Store) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	next := int64(never)
	err := s.lease(ctx, "next due", func() (err error) {
		next, err = s.nextWake(ctx, except)
		return err
	})
	if err != nil || next == never {
		return time.Time{}, err
	}
	return s.clock.toNode(time.UnixMicro(next)), nil
}

// lease runs do while no other call of this store leases.
func (s *Store) lease(ctx context.Context, what string, do func() error) error {
	if !s.door.enter() {
		return store.ErrClosed
	}
	defer s.door.leave()
	select {
	case s.leasing <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	defer func() { <-s.leasing }()
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// dueGroup is how many bounds are made exact with one statement.
const dueGroup = 32

// nextWake finds the earliest wake. It looks only at endpoints whose bound is
// before what it has found, a group at a time.
func (s *Store) nextWake(ctx context.Context, except []string) (int64, error) {
	if s.book.lookIsDue(s.opts.Poll) {
		if err := s.look(ctx); err != nil {
			return never, err
		}
	}
	next := int64(never)
	exact, excepted := map[int32]bool{}, make(map[string]bool, len(except))
	for _, name := range except {
		excepted[name] = true
	}
	for {
		group := s.book.earliest(dueGroup, next, excepted, exact)
		if len(group) == 0 {
			return next, nil
		}
		found, err := s.findWakes(ctx, group)
		if err != nil {
			return never, err
		}
		next = min(next, found)
	}
}

// nextOf finds the first wake of each of some endpoints.
const nextOf = "SELECT a.endpoint, d.wake FROM unnest($1::integer[]) a(endpoint) CROSS JOIN LATERAL" +
	" (SELECT wake FROM hookseal.open WHERE endpoint = a.endpoint AND wake IS NOT NULL ORDER BY wake LIMIT 1) d"

// findWakes makes the bounds of places exact, and returns the earliest.
func (s *Store) findWakes(ctx context.Context, places []*place) (int64, error) {
	s.book.forget(places)
	first := int64(never)
	rows, err := s.pool.Query(ctx, nextOf, planned, seqs(places))
	if err == nil {
		err = each(rows, func() error {
			seq, wake, err := scanWake(rows)
			first = min(first, wake)
			s.book.found(seq, wake)
			return err
		})
		rows.Close()
	}
	if err != nil {
		s.book.doubt(places)
		return never, plainly(err)
	}
	s.book.answered(places)
	return first, nil
}

// findNext queues the finding of the next wake of places whose bounds were
// forgotten.
func (t *tx) findNext(places []*place) {
	t.queue(nextOf, seqs(places)).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			seq, wake, err := scanWake(rows)
			t.store.book.found(seq, wake)
			return err
		})
	})
}

func scanWake(row pgx.Row) (seq int32, wake int64, err error) {
	var at time.Time
	err = row.Scan(&seq, &at)
	return seq, at.UnixMicro(), err
}

func seqs(places []*place) []int32 {
	list := make([]int32, len(places))
	for i, p := range places {
		list[i] = p.seq
	}
	return list
}

// lookIsDue reports whether the database is to be looked at: after a while, and
// earlier when there is something new, but not so that looking is all that
// happens.
func (b *book) lookIsDue(every time.Duration) bool {
	since := time.Since(b.looked)
	return since >= every || b.stale.Load() && since >= 20*b.lookTook
}

// selectOpen finds the first wake of each endpoint that has something open, by
// one step in the index from each to the next.
const selectOpen = "WITH RECURSIVE step AS (" +
	"(SELECT endpoint, wake FROM hookseal.open WHERE wake IS NOT NULL ORDER BY endpoint, wake LIMIT 1)" +
	" UNION ALL SELECT n.endpoint, n.wake FROM step s CROSS JOIN LATERAL (" +
	"SELECT endpoint, wake FROM hookseal.open WHERE wake IS NOT NULL AND endpoint > s.endpoint ORDER BY endpoint, wake LIMIT 1) n)" +
	" SELECT p.seq, p.name, p.disabled, s.wake FROM step s JOIN hookseal.endpoints p ON p.seq = s.endpoint ORDER BY p.seq"

// look learns what all nodes have open.
func (s *Store) look(ctx context.Context) error {
	s.book.looked = time.Now()
	s.book.stale.Store(false)
	rows, err := s.pool.Query(ctx, selectOpen, planned)
	if err == nil {
		err = each(rows, func() error {
			var e endpoint
			var at time.Time
			if err := rows.Scan(&e.seq, text{&e.name}, &e.disabled, &at); err != nil {
				return err
			}
			s.book.note(e)
			s.book.found(e.seq, at.UnixMicro())
			return nil
		})
		rows.Close()
	}
	s.book.lookTook = time.Since(s.book.looked)
	if err != nil {
		s.book.stale.Store(true)
		return plainly(err)
	}
	return nil
}
