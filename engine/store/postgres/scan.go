package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hookseal/hookseal/engine/webhook"
)

// eventOf are the columns of an event e but for its body.
const eventOf = "e.id, e.source, e.provider, e.provider_id, e.type, e.time, e.secret, e.candidate, e.covers, e.header, e.erased"

// eventInto returns where the columns of eventOf are read to.
func eventInto(e *webhook.Event, covers *int32) []any {
	return []any{
		text{&e.ID},
		text{&e.Source},
		text{&e.Provider},
		text{&e.ProviderID},
		text{&e.Type},
		&e.Time,
		text{&e.Secret},
		text{&e.Candidate},
		covers,
		header{&e.Header},
		moment{&e.Erased},
	}
}

// moment is a column of a time that may be null, which reads as zero.
type moment struct{ into *time.Time }

// ScanTimestamptz implements [pgtype.TimestamptzScanner].
func (m moment) ScanTimestamptz(v pgtype.Timestamptz) error {
	*m.into = v.Time.UTC()
	if !v.Valid {
		*m.into = time.Time{}
	}
	return nil
}

// scanEvent reads an event, and its body if that is a column.
func scanEvent(row pgx.Row, body bool) (e webhook.Event, err error) {
	var covers int32
	into := eventInto(&e, &covers)
	if body {
		into = append(into, &e.Body)
	}
	err = row.Scan(into...)
	e.Covers = webhook.Coverage(covers)
	return e, err
}

// deliveryOf are the columns of a delivery d with its endpoint p, outputOf those of
// its output o, but for that one's body.
const (
	deliveryOf = "d.id, d.message_id, d.event, d.subscription, p.name, d.transform, d.state, d.due, d.attempts, d.created," +
		" d.last_error, d.transform_hash, d.order_key"
	outputOf = "o.type, o.content_type, o.header"
)

// deliveryRow is a delivery that is being read.
type deliveryRow struct {
	webhook.Delivery
	state       int16
	transformed bool
	output      webhook.Output
}

// into returns where the columns of deliveryOf are read to.
func (r *deliveryRow) into() []any {
	d := &r.Delivery
	return []any{
		text{&d.ID},
		text{&d.MessageID},
		text{&d.EventID},
		text{&d.Subscription},
		text{&d.Endpoint},
		text{&d.Transform},
		&r.state, &d.Due, &d.Attempts, &d.Created,
		text{&d.LastError},
		text{&d.TransformHash},
		text{&d.OrderKey},
	}
}

// outputInto returns where the columns of outputOf are read to.
func outputInto(out *webhook.Output) []any {
	return []any{text{&out.Type}, text{&out.ContentType}, header{&out.Header}}
}

// delivery returns what was read, in the moments of this node.
func (r *deliveryRow) delivery(c *clock) (webhook.Delivery, error) {
	if r.transformed {
		r.Output = &r.output
	}
	r.Due = c.toNode(r.Due)
	var err error
	r.State, err = stateName(r.state)
	return r.Delivery, err
}

// scanDelivery reads a delivery whose output is joined to it, and the body of that
// if it is a column.
func (q *queries) scanDelivery(row pgx.Row, body bool) (webhook.Delivery, error) {
	r := new(deliveryRow)
	into := append(append(r.into(), &r.transformed), outputInto(&r.output)...)
	if body {
		into = append(into, &r.output.Body)
	}
	if err := row.Scan(into...); err != nil {
		return webhook.Delivery{}, err
	}
	return r.delivery(&q.clock)
}
