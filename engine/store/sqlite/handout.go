package sqlite

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// handsOut reports whether a new delivery may be leased at once: nothing else to
// its endpoint has been due for long.
func handsOut(to *endpoint, d *webhook.Delivery) bool {
	return !to.health.Disabled && d.OrderKey == "" && to.wake() > micros(d.Due.Add(-store.Overtakes))
}

// addLeased adds a new delivery under its first lease, which the receipt hands out.
func (t *tx) addLeased(rows deliveryRows, event int64, to *endpoint, a *acceptance, d *webhook.Delivery) {
	until := micros(d.Due.Add(a.LeaseFor))
	to.wakeAt(until)
	first := standing{state: running, wake: until, leases: 1}
	l := a.lease(d, first)
	a.receipt.Leases = append(a.receipt.Leases, l)
	t.book.running[d.ID] = leased{
		token: l.Ref.Token, endpoint: to, event: event, attempts: int64(d.Attempts), tried: int64(d.Attempts),
	}
	t.putDelivery(rows, event, to, d, first)
}

// lease returns what [Store.Lease] would read of a delivery.
func (a *acceptance) lease(d *webhook.Delivery, at standing) store.Lease {
	l := store.Lease{
		Ref:      store.LeaseRef{Delivery: d.ID, Token: token(at.leases)},
		Until:    moment(at.wake.(int64)),
		Delivery: *d,
		Event:    a.Event,
	}
	l.Event.Time, l.Event.Erased = moment(micros(a.Event.Time)), time.Time{}
	l.Delivery.EventID = a.Event.ID
	l.Delivery.Due, l.Delivery.Created = moment(micros(d.Due)), moment(micros(d.Created))
	if d.Output != nil {
		out := *d.Output
		l.Delivery.Output = &out
	}
	return l
}
