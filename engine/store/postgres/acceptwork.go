package postgres

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// acceptWork is one transaction of acceptances.
type acceptWork struct {
	store *Store
	batch []*acceptance
	// again says that the transaction may have been committed before.
	again bool

	// known are the keys that are kept, stored the events of a repeat that are
	// there already.
	known  map[keyName]store.Receipt
	stored map[string]bool
	// final are the IDs of new deliveries under which others are final.
	final map[string]bool
	// to are the endpoints by name.
	to map[string]endpoint
	// turns are the orders of the new deliveries in which none has the turn.
	turns turns
	// wakes are when the first of the new deliveries of each endpoint wakes, news
	// says that one is pending.
	wakes map[endpoint]time.Time
	news  bool
	// handedOut are the deliveries of a repeat that are leased already.
	handedOut map[string]bool
}

func (w *acceptWork) run(ctx context.Context, t *tx) error {
	w.known, w.stored, w.final = map[keyName]store.Receipt{}, map[string]bool{}, map[string]bool{}
	w.to, w.wakes, w.news, w.handedOut = map[string]endpoint{}, map[endpoint]time.Time{}, false, map[string]bool{}
	w.ask(t)
	if err := t.flush(ctx); err != nil {
		return err
	}
	if err := w.askTurns(ctx, t); err != nil {
		return err
	}
	return w.insert(t)
}

// insert queues the rows of what is new, and sets every receipt.
func (w *acceptWork) insert(t *tx) error {
	var rows acceptRows
	for _, a := range w.batch {
		a.receipt = store.Receipt{EventID: a.Event.ID, BodyDigest: a.BodyDigest}
		first, repeated := w.known[a.name]
		switch ours := w.stored[a.Event.ID]; {
		case a.keyed && repeated && !(ours && first.EventID == a.Event.ID):
			a.receipt = first
			continue
		case ours:
			w.answerAgain(a)
			continue
		case a.keyed:
			w.known[a.name] = store.Receipt{EventID: a.Event.ID, Duplicate: true, BodyDigest: a.BodyDigest}
			rows.keys = append(rows.keys, a)
		}
		if err := rows.add(w, t, a); err != nil {
			return err
		}
	}
	rows.queue(t)
	return nil
}

// add adds a new delivery to rows, leased where it is asked for and may be.
func (w *acceptWork) add(rows *deliveryRows, t *tx, a *acceptance, to endpoint, d *webhook.Delivery) {
	due := t.store.clock.toDatabase(d.Due)
	if w.handsOut(to, d, due) {
		until := t.store.clock.toDatabase(d.Due.Add(a.LeaseFor))
		rows.put(t, a.day, to, d, due, running, &until)
		a.handOut(&t.store.clock, *d)
		w.wake(to, until)
		return
	}
	if rows.add(t, a.day, to, d, due, w.turns.take(to.seq, d.OrderKey)) {
		w.wake(to, due)
		w.news = true
	}
}

// wake notes that a new delivery of an endpoint wakes at a moment.
func (w *acceptWork) wake(to endpoint, at time.Time) {
	if first, seen := w.wakes[to]; !seen || at.Before(first) {
		w.wakes[to] = at
	}
}

// committed tells this node and others what is due.
func (w *acceptWork) committed() {
	for e, at := range w.wakes {
		w.store.book.wakeAt(e, at)
	}
	if w.news {
		w.store.herald.announce()
	}
}
