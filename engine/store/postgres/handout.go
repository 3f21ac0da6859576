package postgres

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// firstToken is that of a lease that Accept hands out: [Store.Lease] has counted
// none. So a repeat of a transaction that may have been committed knows its own.
const firstToken int32 = 0

// handsOut reports whether a new delivery may be leased at once: its endpoint is
// new or known, and nothing else to it has been due for long. What another node has
// stored counts from when this one has heard of it.
func (w *acceptWork) handsOut(to endpoint, d *webhook.Delivery, due time.Time) bool {
	if d.State != webhook.Running || d.OrderKey != "" || to.disabled {
		return false
	}
	long := due.Add(-store.Overtakes)
	wake, waits := w.wakes[to]
	return (to.fresh || w.store.book.quietUntil(to.seq, long.UnixMicro())) && (!waits || wake.After(long))
}

// quietUntil reports whether an endpoint is known, and nothing of it to be due by a
// moment. While a statement finds the bound, the one before counts as well.
func (b *book) quietUntil(seq int32, at int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.bySeq[seq]
	return p != nil && min(p.item.Wake(), p.forgotten) > at
}

// handOut puts the lease of a new delivery into the receipt, as [Store.Lease] would
// read it.
func (a *acceptance) handOut(c *clock, d webhook.Delivery) {
	l := store.Lease{
		Ref:      store.LeaseRef{Delivery: d.ID, Token: token(firstToken)},
		Until:    kept(d.Due.Add(a.LeaseFor)),
		Delivery: d,
		Event:    a.Event,
	}
	l.Delivery.EventID, l.Delivery.State = a.Event.ID, webhook.Running
	l.Delivery.Due, l.Delivery.Created = c.toNode(kept(c.toDatabase(d.Due))), kept(d.Created)
	l.Event.Time, l.Event.Erased = kept(a.Event.Time), time.Time{}
	if len(l.Event.Header) == 0 {
		l.Event.Header = nil
	}
	if d.Output != nil {
		out := *d.Output
		if len(out.Header) == 0 {
			out.Header = nil
		}
		l.Delivery.Output = &out
	}
	a.receipt.Leases = append(a.receipt.Leases, l)
}

// answerAgain puts into the receipt of a repeat what the transaction before it has
// leased, and notes when all that it has stored wakes.
func (w *acceptWork) answerAgain(a *acceptance) {
	for i := range a.Deliveries {
		d := &a.Deliveries[i]
		wake := d.Due
		if w.handedOut[d.ID] {
			a.handOut(&w.store.clock, *d)
			wake = d.Due.Add(a.LeaseFor)
		} else {
			w.news = true
		}
		w.wake(w.to[d.Endpoint], w.store.clock.toDatabase(wake))
	}
}

// kept returns a moment as it is read back.
func kept(t time.Time) time.Time { return t.UTC().Round(0).Truncate(time.Microsecond) }
