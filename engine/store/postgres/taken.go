package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// taken is a delivery that is leased, before its event is read.
type taken struct {
	store.Lease
	day day
	// was is the state that it had before.
	was int16
	// transformed says that it has an output, whole that its event was found.
	transformed, whole bool
}

// scanTaken reads a row of updateDue.
func (q *queries) scanTaken(row pgx.Row) (*taken, error) {
	one, r := new(taken), new(deliveryRow)
	var leases int32
	into := append([]any{&one.was, nil, nil, (*int32)(&one.day), &one.transformed, &leases}, r.into()...)
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	var err error
	one.Delivery, err = r.delivery(&q.clock)
	one.Ref = store.LeaseRef{Delivery: one.Delivery.ID, Token: token(leases)}
	return one, err
}

// takenOfDay are deliveries of a day that are leased.
type takenOfDay struct{ events, outputs contentsOf }

// contentsOf are deliveries whose events, or outputs, are to be read.
type contentsOf struct {
	ids  []string
	list []*taken
}

func (c *contentsOf) add(id string, one *taken) {
	c.ids, c.list = append(c.ids, encodeText(id)), append(c.list, one)
}

// queueContents queues the reading of the events and outputs of leased deliveries,
// day by day.
func (t *tx) queueContents(list []*taken) {
	var days byDay[takenOfDay]
	for _, one := range list {
		of := days.of(one.day)
		of.events.add(one.Delivery.EventID, one)
		if one.transformed {
			of.outputs.add(one.Delivery.ID, one)
		}
	}
	days.each(func(d day, of *takenOfDay) {
		t.queueEvents(d, &of.events)
		if len(of.outputs.list) > 0 {
			t.queueOutputs(d, &of.outputs)
		}
	})
}

func (t *tx) queueEvents(d day, want *contentsOf) {
	t.queue(d.of("SELECT w.n, "+eventOf+", e.body FROM unnest($1::text[]) WITH ORDINALITY w(id, n)"+
		" JOIN hookseal.events_DAY e ON e.id = w.id"), want.ids).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var n int64
			var covers int32
			var e webhook.Event
			if err := rows.Scan(append(append([]any{&n}, eventInto(&e, &covers)...), &e.Body)...); err != nil {
				return err
			}
			e.Covers = webhook.Coverage(covers)
			one := want.list[n-1]
			one.Event, one.whole = e, true
			return nil
		})
	})
}

func (t *tx) queueOutputs(d day, want *contentsOf) {
	t.queue(d.of("SELECT w.n, "+outputOf+", o.body FROM unnest($1::text[]) WITH ORDINALITY w(id, n)"+
		" JOIN hookseal.outputs_DAY o ON o.delivery = w.id"), want.ids).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var n int64
			out := new(webhook.Output)
			if err := rows.Scan(append(append([]any{&n}, outputInto(out)...), &out.Body)...); err != nil {
				return err
			}
			want.list[n-1].Delivery.Output = out
			return nil
		})
	})
}
