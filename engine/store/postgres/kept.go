package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Delivery returns one delivery, or [store.ErrNotFound].
func (q *queries) Delivery(ctx context.Context, id string) (d webhook.Delivery, err error) {
	err = q.read(ctx, "delivery "+strconv.Quote(id), func() (err error) {
		d, err = q.scanDelivery(q.pool.QueryRow(ctx, selectDeliveries(", o.body", bothKept)+" WHERE d.id = $1", planned, encodeText(id)), true)
		return err
	})
	if err != nil {
		return webhook.Delivery{}, err
	}
	return d, nil
}

// Deliveries lists deliveries, newest first, without their outputs' bodies.
func (q *queries) Deliveries(ctx context.Context, query store.DeliveryQuery) ([]webhook.Delivery, error) {
	var f filter
	kept := bothKept
	f.text("d.event = $", query.Event)
	f.text("d.endpoint = (SELECT seq FROM hookseal.endpoints WHERE name = $)", query.Endpoint)
	if query.State != "" {
		number, err := stateNumber(query.State)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		var term string
		kept, term = keptIn(number)
		f.terms = append(f.terms, term)
	}
	f.text("d.id < $", query.Before)
	end, args := f.end("d.id DESC", query.Limit)
	return list(ctx, q, "list deliveries", func(row pgx.Row) (webhook.Delivery, error) { return q.scanDelivery(row, false) },
		selectDeliveries("", kept)+end, args...)
}

// Where deliveries are kept: while they are open, and once they are final.
const (
	keptColumns = "SELECT id, message_id, event, day, subscription, endpoint, transform, state, due, attempts, created," +
		" last_error, transform_hash, order_key FROM hookseal."
	openKept  = keptColumns + "open"
	finalKept = keptColumns + "deliveries"
	bothKept  = openKept + " UNION ALL " + finalKept
)

// selectDeliveries returns a query of deliveries d from where they are kept, with
// further columns.
func selectDeliveries(further, kept string) string {
	return "SELECT " + deliveryOf + ", o.delivery IS NOT NULL, " + outputOf + further +
		" FROM (" + kept + ") d JOIN hookseal.endpoints p ON p.seq = d.endpoint" +
		" LEFT JOIN hookseal.outputs o ON o.day = d.day AND o.delivery = d.id"
}

// keptIn returns where deliveries of a state are kept, and what selects them there,
// in words from which the planner sees that a partial index holds them.
func keptIn(number int16) (kept, term string) {
	term = "d.state = " + strconv.Itoa(int(number))
	switch number {
	case pending, running, held:
		return openKept, term
	case delivered:
		return finalKept, term
	}
	return finalKept, term + " AND d.state NOT IN (0, 1, 3)"
}
