package sqlite

import (
	"errors"
	"maps"
	"strconv"

	"github.com/hookseal/hookseal/engine/store"
)

// leased is a running delivery.
type leased struct {
	token    string
	endpoint *endpoint
	event    int64
	attempts int64
	tried    int64
	orderKey string
}

// token names a lease: how many the delivery has had.
func token(leases int64) string { return strconv.FormatInt(leases, 10) }

var errNoEndpoint = errors.New("delivery names an endpoint that the database does not hold")

// findLease returns the delivery whose lease is held under ref, or
// [store.ErrLeaseLost]. A lease that has run out is its holder's until another
// takes the delivery.
func (t *tx) findLease(ref store.LeaseRef) (leased, error) {
	if err := t.learnRunning([]string{ref.Delivery}); err != nil {
		return leased{}, err
	}
	if d, ok := t.book.running[ref.Delivery]; ok && d.token == ref.Token {
		return d, nil
	}
	return leased{}, store.ErrLeaseLost
}

// learnRunning has the book know those of the deliveries that are running. It knows
// what this process leased, so that there is nothing to read but after a failed
// transaction, and of leases that were lost.
func (t *tx) learnRunning(ids []string) error {
	var unknown []string
	for _, id := range ids {
		if _, known := t.book.running[id]; !known {
			unknown = append(unknown, id)
		}
	}
	return chunks(unknown, func(group []any) error {
		return t.each(func(r *row) error {
			id, e := r.text(), t.book.bySeq[r.int()]
			if e == nil {
				return errNoEndpoint
			}
			t.book.running[id] = leased{endpoint: e, token: token(r.int()), event: r.int(), attempts: r.int(), tried: r.int(), orderKey: r.text()}
			return nil
		}, "SELECT id, endpoint, leases, event, attempts, tried, order_key FROM deliveries WHERE state = 1 AND id IN ("+
			placeholders(len(group))+")", group...)
	})
}

// forgetRunning has the book forget the running deliveries of which some may have
// ended.
func (b *book) forgetRunning(some func(leased) bool) {
	maps.DeleteFunc(b.running, func(_ string, d leased) bool { return some(d) })
}
