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
	events     eventRows
	deliveries deliveryRows
	outputs    outputRows
	keys       []*acceptance
}

func (r *acceptRows) add(w *acceptWork, t *tx, a *acceptance) error {
	r.events.add(&a.Event, a.header)
	t.weigh(a.Event.Source, store.Weight(len(a.Event.Body)))
	for i := range a.Deliveries {
		d := a.Deliveries[i]
		d.EventID = a.Event.ID
		to, ok := w.to[d.Endpoint]
		if !ok {
			return fmt.Errorf("endpoint %q is not there after it was stored", d.Endpoint)
		}
		if err := r.outputs.add(d.ID, d.Output); err != nil {
			return err
		}
		due := t.store.clock.toDatabase(d.Due)
		if !r.deliveries.add(t, to, &d, due, w.turns.take(to.seq, d.OrderKey)) {
			continue
		}
		if first, seen := w.due[to]; !seen || due.Before(first) {
			w.due[to] = due
		}
	}
	return nil
}

func (r *acceptRows) queue(t *tx) {
	r.queueKeys(t)
	r.events.queue(t)
	r.deliveries.queue(t)
	r.outputs.queue(t)
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

func (r *eventRows) queue(t *tx) {
	if len(r.id) == 0 {
		return
	}
	t.queue("INSERT INTO hookseal.events (id, source, provider, provider_id, type, time, secret, candidate, covers, header, body)"+
		" SELECT id, source, provider, provider_id, type, time, secret, candidate, covers, nullif(header, '')::jsonb, body"+
		" FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],"+
		" $9::integer[], $10::text[], $11::bytea[])"+
		" e(id, source, provider, provider_id, type, time, secret, candidate, covers, header, body)",
		r.id, r.source, r.provider, r.providerID, r.kind, r.time, r.secret, r.candidate, r.covers, r.header, r.body)
}

// deliveryRows are rows of deliveries.
type deliveryRows struct {
	id, event, message, subscription, transform, hash, lastError, order []string

	endpoint     []int32
	state        []int16
	attempts     []int32
	due, created []time.Time
	wake         []*time.Time
}

// add adds a new delivery, held if the endpoint is disabled, and reports whether
// it wakes when it is due: it is pending, and has its turn.
func (r *deliveryRows) add(t *tx, to endpoint, d *webhook.Delivery, due time.Time, turn bool) bool {
	state, wake := pending, &due
	switch {
	case to.disabled:
		state, wake = held, nil
	case !turn:
		later := noTurn()
		wake = &later
	}
	t.moved[state]++
	r.id = append(r.id, encodeText(d.ID))
	r.event = append(r.event, encodeText(d.EventID))
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
	return wake == &due
}

func (r *deliveryRows) queue(t *tx) {
	if len(r.id) == 0 {
		return
	}
	t.queue("INSERT INTO hookseal.deliveries (id, event, endpoint, state, due, wake, attempts, tried, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key)"+
		" SELECT id, event, endpoint, state, due, wake, attempts, attempts, created,"+
		" message_id, subscription, transform, transform_hash, last_error, order_key"+
		" FROM unnest($1::text[], $2::text[], $3::integer[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::integer[],"+
		" $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])"+
		" d(id, event, endpoint, state, due, wake, attempts, created, message_id, subscription, transform, transform_hash, last_error, order_key)",
		r.id, r.event, r.endpoint, r.state, r.due, r.wake, r.attempts, r.created,
		r.message, r.subscription, r.transform, r.hash, r.lastError, r.order)
}

// outputRows are rows of outputs.
type outputRows struct {
	delivery, kind, contentType, header []string

	body [][]byte
}

// add adds what a delivery sends, if a transform has made it.
func (r *outputRows) add(delivery string, out *webhook.Output) error {
	if out == nil {
		return nil
	}
	fields, err := encodeHeader(out.Header)
	r.delivery = append(r.delivery, encodeText(delivery))
	r.kind = append(r.kind, encodeText(out.Type))
	r.contentType = append(r.contentType, encodeText(out.ContentType))
	r.header = append(r.header, fields)
	r.body = append(r.body, out.Body)
	return err
}

func (r *outputRows) queue(t *tx) {
	if len(r.delivery) == 0 {
		return
	}
	t.queue("INSERT INTO hookseal.outputs (delivery, type, content_type, header, body)"+
		" SELECT delivery, type, content_type, nullif(header, '')::jsonb, body"+
		" FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) o(delivery, type, content_type, header, body)",
		r.delivery, r.kind, r.contentType, r.header, r.body)
}
