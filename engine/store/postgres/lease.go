package postgres

import (
	"context"
	"fmt"
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
		s.book.served(asked[len(asked)-1].place)
		left -= len(got)
		active = unsated(active, asked, got)
		leases = append(leases, got...)
	}
	for i := range leases {
		leases[i].Until = req.Now.Add(req.For)
	}
	return leases, nil
}

// updateDue leases up to so many deliveries of each endpoint, oldest due first. It
// passes over those that others have locked.
const updateDue = "WITH picked AS (" +
	"SELECT d.id, d.state AS was, d.wake AS woke, a.rank, p.name" +
	" FROM unnest($1::integer[], $2::integer[]) WITH ORDINALITY a(endpoint, want, rank)" +
	" JOIN hookseal.endpoints p ON p.seq = a.endpoint AND NOT p.disabled CROSS JOIN LATERAL (" +
	"SELECT id, state, wake FROM hookseal.open WHERE endpoint = a.endpoint AND wake <= $3" +
	" ORDER BY wake, id LIMIT a.want FOR UPDATE SKIP LOCKED) d" +
	"), taken AS (" +
	"UPDATE hookseal.open d SET state = 1, wake = $4, leases = d.leases + 1 FROM picked p WHERE d.id = p.id" +
	" RETURNING p.was, p.woke, p.rank, d.day, d.transformed, d.leases, " + deliveryOf + ")" +
	" SELECT * FROM taken ORDER BY rank, woke, id"

// leaseFrom leases what it is asked for in one transaction, and makes the bounds
// of the endpoints exact.
func (s *Store) leaseFrom(ctx context.Context, asked []share, now, until time.Time) ([]store.Lease, error) {
	places, wants := make([]*place, len(asked)), make([]int32, len(asked))
	for i, a := range asked {
		places[i], wants[i] = a.place, int32(a.want)
	}
	var list []*taken
	err := s.transact(ctx, func(ctx context.Context, t *tx) error {
		s.book.forget(places)
		list = list[:0]
		t.queue(updateDue, seqs(places), wants, now, until).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				one, err := s.scanTaken(rows)
				if err != nil {
					return err
				}
				t.move(one.day, one.was, running, 1)
				list = append(list, one)
				return nil
			})
		})
		t.findNext(places)
		if err := t.flush(ctx); err != nil {
			return err
		}
		t.queueContents(list)
		return nil
	})
	if err != nil {
		s.book.doubt(places)
		return nil, err
	}
	s.book.answered(places)
	leases := make([]store.Lease, 0, len(list))
	for _, one := range list {
		if !one.whole {
			s.opts.Logger.Error("a delivery cannot be sent, since its event is missing in the database",
				"delivery", one.Delivery.ID, "event", one.Delivery.EventID, "day", int(one.day))
			continue
		}
		leases = append(leases, one.Lease)
	}
	return leases, nil
}

// token names a lease: how many the delivery has had.
func token(leases int32) string { return strconv.Itoa(int(leases)) }

// leaseNumber reads what [token] wrote, and is false for anything else.
func leaseNumber(token string) (int32, bool) {
	n, err := strconv.ParseInt(token, 10, 32)
	return int32(n), err == nil
}
