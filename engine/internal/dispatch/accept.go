package dispatch

import (
	"bytes"
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
// body and header must not be changed any more. A commit that has not ended when
// the grace period of Run has is given up.
func (d *Dispatcher) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	a.Deliveries = slices.Clone(a.Deliveries)
	a.LeaseFor = d.config.Lease
	work := d.reserve(a.Deliveries)
	if work != nil { // Run waits for the slots
		held, letGo := context.WithCancel(ctx)
		defer letGo()
		defer context.AfterFunc(work, letGo)()
		ctx = held
	}
	receipt, err := d.config.Store.Accept(ctx, a)
	leases := slices.DeleteFunc(receipt.Leases, d.isOver)
	receipt.Leases = nil
	for i, lease := range leases {
		if i < len(leases)-1 { // each transform has an event of its own
			lease.Event.Header, lease.Event.Body = lease.Event.Header.Clone(), bytes.Clone(lease.Event.Body)
		}
		d.workers.start(work, lease)
	}
	stored := err == nil && !receipt.Duplicate
	wanted := d.giveBack(a.Deliveries, leases, stored)
	// After an error there may be a lease in the store that nobody holds.
	if wanted || err != nil || stored && len(leases) < len(a.Deliveries) {
		d.Wake()
	}
	return receipt, err
}

// isOver reports whether a lease has too little time left, since its event came or
// was stored very slowly. The delivery is leased anew once it has ended.
func (d *Dispatcher) isOver(l store.Lease) bool { return time.Until(l.Until) <= d.leaseMargin() }

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
