package sqlite

import (
	"context"
	"errors"
	"strconv"
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

// leased is a running delivery.
type leased struct {
	token    string
	endpoint *endpoint
	event    int64
	attempts int64
	tried    int64
	orderKey string
}

var errNoEndpoint = errors.New("delivery names an endpoint that the database does not hold")

// findLease returns the delivery whose lease is held under ref, or
// [store.ErrLeaseLost]. A lease that has run out is its holder's until another
// takes the delivery.
func (t *tx) findLease(ref store.LeaseRef) (leased, error) {
	found, err := t.findRunning(ref.Delivery)
	if err != nil {
		return leased{}, err
	}
	if d, ok := found[ref.Delivery]; ok && d.token == ref.Token {
		return d, nil
	}
	return leased{}, store.ErrLeaseLost
}

// findRunning returns those of the deliveries that are running.
func (t *tx) findRunning(ids ...string) (map[string]leased, error) {
	found := make(map[string]leased, len(ids))
	err := chunks(ids, func(group []any) error {
		return t.each(func(r *row) error {
			id, seq := r.text(), r.int()
			e := t.book.bySeq[seq]
			if e == nil {
				return errNoEndpoint
			}
			found[id] = leased{endpoint: e, token: token(r.int()), event: r.int(), attempts: r.int(), tried: r.int(), orderKey: r.text()}
			return nil
		}, "SELECT id, endpoint, leases, event, attempts, tried, order_key FROM deliveries WHERE state = 1 AND id IN ("+
			placeholders(len(group))+")", group...)
	})
	return found, err
}

// token names a lease: how many the delivery has had.
func token(leases int64) string { return strconv.FormatInt(leases, 10) }
