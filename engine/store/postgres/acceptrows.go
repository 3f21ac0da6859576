package postgres

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// acceptRows gathers the rows of a batch, column by column: one statement writes
// all of a table.
type acceptRows struct {
	events     byDay[eventRows]
	deliveries deliveryRows
	outputs    byDay[outputRows]
	keys       []*acceptance
}

func (r *acceptRows) add(w *acceptWork, t *tx, a *acceptance) error {
	r.events.of(a.day).add(&a.Event, a.header)
	t.weigh(a.day, a.Event.Source, 1, store.Weight(len(a.Event.Body)))
	for i := range a.Deliveries {
		d := a.Deliveries[i]
		d.EventID = a.Event.ID
		to, ok := w.to[d.Endpoint]
		if !ok {
			return fmt.Errorf("endpoint %q is not there after it was stored", d.Endpoint)
		}
		if w.final[d.ID] {
			return fmt.Errorf("delivery %q is kept already", d.ID)
		}
		if d.Output != nil {
			if err := r.outputs.of(a.day).add(d.ID, d.Output); err != nil {
				return err
			}
		}
		w.add(&r.deliveries, t, a, to, &d)
	}
	return nil
}

func (r *acceptRows) queue(t *tx) {
	r.queueKeys(t)
	r.events.each(func(d day, rows *eventRows) { rows.queue(t, d) })
	r.deliveries.queue(t)
	r.outputs.each(func(d day, rows *outputRows) { rows.queue(t, d) })
}

// queueKeys writes the keys first and in one order on all nodes: two that store
// the same keys then wait for each other, and not both at once.
func (r *acceptRows) queueKeys(t *tx) {
	if len(r.keys) == 0 {
		return
	}
	slices.SortFunc(r.keys, func(a, b *acceptance) int { return bytes.Compare(a.name[:], b.name[:]) })
	n := len(r.keys)
	names, events := make([][]byte, n), make([]string, n)
	digests, times := make([][]byte, n), make([]time.Time, n)
	for i, a := range r.keys {
		names[i], events[i], digests[i], times[i] = a.name[:], encodeText(a.Event.ID), a.BodyDigest[:], a.Event.Time.UTC()
	}
	t.queue("INSERT INTO hookseal.dedup (name, event, digest, time)"+
		" SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::timestamptz[])", names, events, digests, times)
}

// eventRows are rows of events.
type eventRows struct {
	id, source, provider, providerID, kind, secret, candidate, header []string

	time   []time.Time
	covers []int32
	body   [][]byte
}

func (r *eventRows) add(e *webhook.Event, header string) {
	r.id = append(r.id, encodeText(e.ID))
	r.source = append(r.source, encodeText(e.Source))
	r.provider = append(r.provider, encodeText(e.Provider))
	r.providerID = append(r.providerID, encodeText(e.ProviderID))
	r.kind = append(r.kind, encodeText(e.Type))
	r.time = append(r.time, e.Time.UTC())
	r.secret = append(r.secret, encodeText(e.Secret))
	r.candidate = append(r.candidate, encodeText(e.Candidate))
	r.covers = append(r.covers, int32(e.Covers))
	r.header = append(r.header, header)
	r.body = append(r.body, e.Body)
}

func (r *eventRows) queue(t *tx, d day) {
	t.queue(d.of("INSERT INTO hookseal.events_DAY (id, source, provider, provider_id, type, time, secret, candidate, covers, header, body)"+
		" SELECT id, source, provider, provider_id, type, time, secret, candidate, covers, nullif(header, '')::jsonb, body"+
		" FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],"+
		" $9::integer[], $10::text[], $11::bytea[])"+
		" e(id, source, provider, provider_id, type, time, secret, candidate, covers, header, body)"),
		r.id, r.source, r.provider, r.providerID, r.kind, r.time, r.secret, r.candidate, r.covers, r.header, r.body)
}

// deliveryRows are rows of deliveries that are open.
type deliveryRows struct {
	id, event, message, subscription, transform, hash, lastError, order []string

	day          []int32
	endpoint     []int32
	state        []int16
	transformed  []bool
	attempts     []int32
	due, created []time.Time
	wake         []*time.Time
}

// add adds a new delivery, held if the endpoint is disabled, and reports whether
// it wakes when it is due: it is pending, and has its turn.
func (r *deliveryRows) add(t *tx, of day, to endpoint, d *webhook.Delivery, due time.Time, turn bool) bool {
	state, wake := pending, &due
	switch {
	case to.disabled:
		state, wake = held, nil
	case !turn:
		later := noTurn()
		wake = &later
	}
	r.put(t, of, to, d, due, state, wake)
	return wake == &due
}

// put adds a new delivery in a state. One that is running has its first lease.
func (r *deliveryRows) put(t *tx, of day, to endpoint, d *webhook.Delivery, due time.Time, state int16, wake *time.Time) {
	t.count(of, state, 1)
	r.id = append(r.id, encodeText(d.ID))
	r.event = append(r.event, encodeText(d.EventID))
	r.day = append(r.day, int32(of))
	r.transformed = append(r.transformed, d.Output != nil)
	r.endpoint = append(r.endpoint, to.seq)
	r.state = append(r.state, state)
	r.due = append(r.due, due)
	r.wake = append(r.wake, wake)
	r.order = append(r.order, encodeText(d.OrderKey))
	r.attempts = append(r.attempts, int32(d.Attempts))
	r.created = append(r.created, d.Created.UTC())
	r.message = append(r.message, encodeText(d.MessageID))
	r.subscription = append(r.subscription, encodeText(d.Subscription))
	r.transform = append(r.transform, encodeText(d.Transform))
	r.hash = append(r.hash, encodeText(d.TransformHash))
	r.lastError = append(r.lastError, encodeText(d.LastError))
}

func (r *deliveryRows) queue(t *tx) {
	if len(r.id) == 0 {
		return
	}
	t.queue("INSERT INTO hookseal.open (id, event, day, endpoint, state, transformed, due, wake, leases, attempts, tried, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key)"+
		" SELECT id, event, day, endpoint, state, transformed, due, wake, $17, attempts, attempts, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key"+
		" FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::smallint[], $6::boolean[], $7::timestamptz[], $8::timestamptz[],"+
		" $9::integer[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])"+
		" d(id, event, day, endpoint, state, transformed, due, wake, attempts, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key)",
		r.id, r.event, r.day, r.endpoint, r.state, r.transformed, r.due, r.wake, r.attempts, r.created,
		r.message, r.subscription, r.transform, r.hash, r.lastError, r.order, firstToken)
}

// outputRows are rows of outputs.
type outputRows struct {
	delivery, kind, contentType, header []string

	body [][]byte
}

// add adds what a transform has made for a delivery.
func (r *outputRows) add(delivery string, out *webhook.Output) error {
	fields, err := encodeHeader(out.Header)
	r.delivery = append(r.delivery, encodeText(delivery))
	r.kind = append(r.kind, encodeText(out.Type))
	r.contentType = append(r.contentType, encodeText(out.ContentType))
	r.header = append(r.header, fields)
	r.body = append(r.body, out.Body)
	return err
}

func (r *outputRows) queue(t *tx, d day) {
	t.queue(d.of("INSERT INTO hookseal.outputs_DAY (delivery, type, content_type, header, body)"+
		" SELECT delivery, type, content_type, nullif(header, '')::jsonb, body"+
		" FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) o(delivery, type, content_type, header, body)"),
		r.delivery, r.kind, r.contentType, r.header, r.body)
}
