package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// Lease hands out deliveries that are due; see [store.Store].
//
// Endpoints take turns: each gets its share of req.Max, what one does not use
// goes to the others, and the next call goes on where this one ran out. A
// delivery that another node is leasing at the moment is passed over. A delivery
// whose lease has ended while its endpoint was disabled is held.
func (s *Store) Lease(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	if req.For <= 0 {
		return nil, fmt.Errorf("lease: duration is %v, want more than 0", req.For)
	}
	var leases []store.Lease
	err := s.lease(ctx, "lease", func() (err error) {
		leases, err = s.leaseDue(ctx, req)
		return err
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// leaseDue leases from the endpoints that this node knows to have something due,
// and looks at the database if there is nothing.
func (s *Store) leaseDue(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	if req.Max <= 0 {
		return nil, nil
	}
	leases, err := s.leaseKnown(ctx, req)
	if err != nil || len(leases) > 0 {
		return leases, err
	}
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	return s.leaseKnown(ctx, req)
}

// share is what an endpoint may still be handed in a call.
type share struct {
	*place
	turn     int
	capacity int
	want     int
}

func (s *Store) leaseKnown(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	now, until := s.clock.toDatabase(req.Now), s.clock.toDatabase(req.Now.Add(req.For))
	active, disabled := s.book.dueShares(req, now.UnixMicro())
	if len(disabled) > 0 {
		if err := s.holdEnded(ctx, disabled, now); err != nil {
			return nil, err
		}
	}
	var leases []store.Lease
	for left := req.Max; left > 0 && len(active) > 0; {
		asked := split(active, left)
		got, err := s.leaseFrom(ctx, asked, now, until)
		if err != nil && len(leases) > 0 {
			// What is leased already is committed, and the caller's.
			s.opts.Logger.Warn("deliveries of some endpoints could not be leased", "error", err)
			break
		}
		if err != nil {
			return nil, err
		}
		s.book.served(asked[len(asked)-1].turn)
		left -= len(got)
		active = unsated(active, asked, got)
		leases = append(leases, got...)
	}
	for i := range leases {
		leases[i].Until = req.Now.Add(req.For)
	}
	return leases, nil
}

// dueShares returns the endpoints that may have something due and may be handed
// it, beginning with the one whose turn it is, and those that are disabled.
func (b *book) dueShares(req store.LeaseRequest, now int64) (due []share, disabled []*place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.ring {
		turn := (b.turn + i) % len(b.ring)
		p := b.ring[turn]
		if p.wake > now {
			continue
		}
		if p.disabled {
			disabled = append(disabled, p)
			continue
		}
		capacity, listed := req.Capacity[p.name]
		if !listed {
			capacity = req.Default
		}
		if capacity > 0 {
			due = append(due, share{place: p, turn: turn, capacity: capacity})
		}
	}
	return due, disabled
}

// split gives each endpoint its part of what is left, as far as it goes.
func split(active []share, left int) []share {
	each := max(1, left/len(active))
	asked := slices.Clone(active)
	for i := range asked {
		asked[i].want = min(each, asked[i].capacity, left)
		if left -= asked[i].want; left == 0 {
			return asked[:i+1]
		}
	}
	return asked
}

// unsated returns the endpoints that may have more, with what they may still be
// handed.
func unsated(active, asked []share, got []store.Lease) []share {
	handed := map[string]int{}
	for _, l := range got {
		handed[l.Delivery.Endpoint]++
	}
	more := slices.Clone(active[len(asked):])
	for _, a := range asked {
		n := handed[a.name]
		if a.capacity -= n; n == a.want && a.capacity > 0 {
			more = append(more, a)
		}
	}
	return more
}

// updateDue leases up to so many deliveries of each endpoint, oldest due first,
// and hands out what they need. It passes over those that others have locked.
const updateDue = "WITH picked AS (" +
	"SELECT d.id, d.state AS was, d.wake AS woke, a.rank" +
	" FROM unnest($1::integer[], $2::integer[]) WITH ORDINALITY a(endpoint, want, rank)" +
	" JOIN hookseal.endpoints p ON p.seq = a.endpoint AND NOT p.disabled CROSS JOIN LATERAL (" +
	"SELECT id, state, wake FROM hookseal.deliveries WHERE endpoint = a.endpoint AND wake <= $3" +
	" ORDER BY wake, id LIMIT a.want FOR UPDATE SKIP LOCKED) d" +
	"), taken AS (" +
	"UPDATE hookseal.deliveries d SET state = 1, wake = $4, leases = d.leases + 1 FROM picked WHERE d.id = picked.id" +
	" RETURNING picked.was, picked.woke, picked.rank, d.*)" +
	" SELECT d.was, " + deliveryOf + ", o.body, d.leases, " + eventOf + ", e.body" +
	" FROM taken d JOIN hookseal.events e ON e.id = d.event JOIN hookseal.endpoints p ON p.seq = d.endpoint" +
	" LEFT JOIN hookseal.outputs o ON o.delivery = d.id ORDER BY d.rank, d.woke, d.id"

// leaseFrom leases what it is asked for in one transaction, and makes the bounds
// of the endpoints exact.
func (s *Store) leaseFrom(ctx context.Context, asked []share, now, until time.Time) ([]store.Lease, error) {
	places, wants := make([]*place, len(asked)), make([]int32, len(asked))
	for i, a := range asked {
		places[i], wants[i] = a.place, int32(a.want)
	}
	var leases []store.Lease
	err := s.transact(ctx, func(_ context.Context, t *tx) error {
		s.book.forget(places)
		t.queue(updateDue, seqs(places), wants, now, until).Query(func(rows pgx.Rows) error {
			leases = leases[:0]
			return each(rows, func() error {
				was, l, err := s.scanLease(rows)
				t.move(was, running, 1)
				leases = append(leases, l)
				return err
			})
		})
		t.queue(nextOf, seqs(places)).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				seq, wake, err := s.scanWake(rows)
				s.book.found(seq, wake)
				return err
			})
		})
		return t.flush(ctx)
	})
	if err != nil {
		s.book.doubt(places)
		return nil, err
	}
	return leases, nil
}

// holdEnded holds the deliveries of disabled endpoints whose lease has ended.
func (s *Store) holdEnded(ctx context.Context, places []*place, now time.Time) error {
	err := s.transact(ctx, func(ctx context.Context, t *tx) error {
		s.book.forget(places)
		t.queue("WITH held AS (SELECT d.id, d.state FROM unnest($1::integer[]) a(endpoint)"+
			" JOIN hookseal.endpoints p ON p.seq = a.endpoint AND p.disabled CROSS JOIN LATERAL ("+
			"SELECT id, state FROM hookseal.deliveries WHERE endpoint = a.endpoint AND wake <= $2 FOR UPDATE SKIP LOCKED) d)"+
			" UPDATE hookseal.deliveries d SET state = 2, wake = NULL FROM held WHERE d.id = held.id RETURNING held.state",
			seqs(places), now).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var was int16
					err := rows.Scan(&was)
					t.move(was, held, 1)
					return err
				})
			})
		t.queue("SELECT seq, name, disabled FROM hookseal.endpoints WHERE seq = ANY($1::integer[])", seqs(places)).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					var e endpoint
					err := rows.Scan(&e.seq, text{&e.name}, &e.disabled)
					s.book.note(e)
					return err
				})
			})
		t.queue(nextOf, seqs(places)).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				seq, wake, err := s.scanWake(rows)
				s.book.found(seq, wake)
				return err
			})
		})
		return t.flush(ctx)
	})
	if err != nil {
		s.book.doubt(places)
	}
	return err
}

// token names a lease: how many the delivery has had.
func token(leases int32) string { return strconv.Itoa(int(leases)) }

// leaseNumber reads what [token] wrote, and is false for anything else.
func leaseNumber(token string) (int32, bool) {
	n, err := strconv.ParseInt(token, 10, 32)
	return int32(n), err == nil
}
