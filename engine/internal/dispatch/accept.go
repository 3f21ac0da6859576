package dispatch

import (
	"context"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Accept commits an event as [store.Store] does, and begins at once with those of
// its deliveries whose endpoints have a slot free and nothing older that is due:
// they need not be looked for in the store. The others begin in their turn.
//
// Of the receipt's leases there are none: they are the dispatcher's. The event's
// body and header must not be changed any more.
func (d *Dispatcher) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	a.Deliveries = slices.Clone(a.Deliveries)
	a.LeaseFor = d.config.Lease
	work := d.reserve(a.Deliveries)
	receipt, err := d.config.Store.Accept(ctx, a)
	for _, lease := range receipt.Leases {
		d.workers.start(work, lease)
	}
	stored := err == nil && !receipt.Duplicate
	if d.giveBack(a.Deliveries, receipt.Leases, stored) || stored && len(receipt.Leases) < len(a.Deliveries) {
		d.Wake()
	}
	receipt.Leases = nil
	return receipt, err
}

// reserve asks for those deliveries that could begin now, and takes a slot for
// each. It returns the context of their work.
func (d *Dispatcher) reserve(deliveries []webhook.Delivery) (work context.Context) {
	endpoints, now := *d.endpoints.Load(), time.Now()
	for i := range deliveries {
		if e, ok := endpoints[deliveries[i].Endpoint]; ok && !deliveries[i].Due.After(now) {
			if ctx := d.slots.reserve(deliveries[i].Endpoint, e, now); ctx != nil {
				deliveries[i].State, work = webhook.Running, ctx
			}
		}
	}
	return work
}

// giveBack frees the slots of what was asked for and not had, and reports whether
// something may wait for one.
func (d *Dispatcher) giveBack(deliveries []webhook.Delivery, had []store.Lease, stored bool) (wanted bool) {
	for i := range deliveries {
		isOurs := func(l store.Lease) bool { return l.Delivery.ID == deliveries[i].ID }
		if deliveries[i].State == webhook.Running && !slices.ContainsFunc(had, isOurs) {
			wanted = d.slots.release(deliveries[i].Endpoint, stored) || wanted
		}
	}
	return wanted
}
