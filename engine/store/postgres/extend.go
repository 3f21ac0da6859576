package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// Extend moves the end of a lease; see [store.Store]. It returns
// [store.ErrLeaseLost] if the lease is no longer held.
func (s *Store) Extend(ctx context.Context, ref store.LeaseRef, until time.Time) error {
	leases, ok := leaseNumber(ref.Token)
	var to endpoint
	end := s.clock.toDatabase(until)
	err := s.write(ctx, "extend lease of delivery "+ref.Delivery, func(ctx context.Context, t *tx) error {
		if !ok {
			return store.ErrLeaseLost
		}
		held := false
		t.queue("UPDATE hookseal.open d SET wake = $3 FROM hookseal.endpoints p"+
			" WHERE d.id = $1 AND d.state = 1 AND d.leases = $2 AND p.seq = d.endpoint RETURNING p.seq, p.name, p.disabled",
			encodeText(ref.Delivery), leases, end).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					held = true
					return rows.Scan(&to.seq, text{&to.name}, &to.disabled)
				})
			})
		if err := t.flush(ctx); err != nil {
			return err
		}
		if !held {
			return store.ErrLeaseLost
		}
		return nil
	})
	if err == nil {
		s.book.wakeAt(to, end)
	}
	return err
}
