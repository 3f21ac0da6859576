package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

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
	var ids byDay[acceptIDs]
	for _, a := range w.batch {
		of := ids.of(a.day)
		for i := range a.Deliveries {
			names[a.Deliveries[i].Endpoint] = true
			of.deliveries = append(of.deliveries, encodeText(a.Deliveries[i].ID))
		}
		if a.keyed {
			keys = append(keys, a.name[:])
		}
		of.events = append(of.events, encodeText(a.Event.ID))
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
	ids.each(func(d day, of *acceptIDs) { w.askIDs(t, d, of) })
}

// acceptIDs are what a batch stores of a day.
type acceptIDs struct{ events, deliveries []string }

// askIDs queues the questions what of a repeat is stored already, and whether a
// delivery is final that has the ID of a new one.
func (w *acceptWork) askIDs(t *tx, d day, of *acceptIDs) {
	if w.again {
		t.queue(d.of("SELECT id FROM hookseal.events_DAY WHERE id = ANY($1::text[])"), of.events).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var id string
				err := rows.Scan(text{&id})
				w.stored[id] = true
				return err
			})
		})
		w.askHandedOut(t, of.deliveries)
	}
	if len(of.deliveries) > 0 {
		t.queue(d.of("SELECT id FROM hookseal.deliveries_DAY WHERE id = ANY($1::text[])"), of.deliveries).Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var id string
				err := rows.Scan(text{&id})
				w.final[id] = true
				return err
			})
		})
	}
}

// askHandedOut queues the question which deliveries of a repeat the transaction
// before it has leased.
func (w *acceptWork) askHandedOut(t *tx, deliveries []string) {
	t.queue("SELECT id FROM hookseal.open WHERE id = ANY($1::text[]) AND state = 1 AND leases = $2", deliveries, firstToken).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var id string
				err := rows.Scan(text{&id})
				w.handedOut[id] = true
				return err
			})
		})
}
