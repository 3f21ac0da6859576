package sqlite

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Extend moves the end of a lease; see [store.Store]. It returns
// [store.ErrLeaseLost] if the lease is no longer held.
func (s *Store) Extend(ctx context.Context, ref store.LeaseRef, until time.Time) error {
	return s.write(ctx, "extend lease of delivery "+ref.Delivery, func(t *tx) error {
		d, err := t.findLease(ref)
		if err != nil {
			return err
		}
		d.endpoint.wakeAt(micros(until))
		_, err = t.exec("UPDATE deliveries SET wake = ? WHERE id = ?", micros(until), ref.Delivery)
		return err
	})
}
