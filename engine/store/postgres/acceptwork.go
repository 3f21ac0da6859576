package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
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
	// to are the endpoints by name.
	to map[string]endpoint
	// turns are the orders of the new deliveries in which none has the turn.
	turns turns
	// due is when the first of the new deliveries of each endpoint is.
	due map[endpoint]time.Time
}

func (w *acceptWork) run(ctx context.Context, t *tx) error {
	w.known, w.stored = map[keyName]store.Receipt{}, map[string]bool{}
	w.to, w.due = map[string]endpoint{}, map[endpoint]time.Time{}
	w.ask(t)
	if err := t.flush(ctx); err != nil {
		return err
	}
	if err := w.askTurns(ctx, t); err != nil {
		return err
	}
	return w.insert(t)
}

// askTurns learns in which of the orders of the new deliveries none is open.
func (w *acceptWork) askTurns(ctx context.Context, t *tx) (err error) {
	var orders []order
	for _, a := range w.batch {
		for i := range a.Deliveries {
			d := &a.Deliveries[i]
			orders = append(orders, orderOf(w.to[d.Endpoint].seq, d.OrderKey)...)
		}
	}
	w.turns, err = t.freeTurns(ctx, orders)
	return err
}

// ask queues the questions: which endpoints are disabled, which keys are known.
func (w *acceptWork) ask(t *tx) {
	names := map[string]bool{}
	var keys [][]byte
	var ids []string
	for _, a := range w.batch {
		for i := range a.Deliveries {
			names[a.Deliveries[i].Endpoint] = true
		}
		if a.keyed {
			keys = append(keys, a.name[:])
		}
		ids = append(ids, encodeText(a.Event.ID))
	}
	if len(names) > 0 {
		t.lockEndpoints(slices.Sorted(maps.Keys(names)), w.to)
	}
	if len(keys) > 0 {
		t.queue("SELECT name, event, digest FROM hookseal.dedup WHERE name = ANY($1::bytea[])", keys).
			Query(func(rows pgx.Rows) error {
				return each(rows, func() error {
					name, receipt, err := scanKey(rows)
					w.known[name] = receipt
					return err
				})
			})
	}
	if w.again {
		t.queue("SELECT id FROM hookseal.events WHERE id = ANY($1::text[])", ids).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var id string
				err := rows.Scan(text{&id})
				w.stored[id] = true
				return err
			})
		})
	}
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

// committed tells this node and others what is due.
func (w *acceptWork) committed() {
	for e, due := range w.due {
		w.store.book.wakeAt(e, due)
	}
	if len(w.due) > 0 {
		w.store.herald.announce()
	}
}
