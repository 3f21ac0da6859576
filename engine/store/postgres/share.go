package postgres

import (
	"slices"

	"github.com/hookseal/hookseal/engine/store"
)

// share is what an endpoint may still be handed in a call.
type share struct {
	*place
	capacity int
	want     int
}

// dueShares returns the endpoints that may have something due and may be handed
// it, beginning with the one whose turn it is, and those that are disabled.
func (b *book) dueShares(req store.LeaseRequest, now int64) (due []share, disabled []*place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, item := range b.wakes.Due(now) {
		p := item.Value
		if p.disabled {
			disabled = append(disabled, p)
			continue
		}
		if capacity := req.CapacityOf(p.name); capacity > 0 {
			due = append(due, share{place: p, capacity: capacity})
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
