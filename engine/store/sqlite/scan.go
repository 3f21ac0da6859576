package sqlite

import (
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// The columns of an event but for its body, as table events names them, and
// how they are read.
const eventColumns = "id, source, provider, provider_id, type, time, secret, candidate, covers, header, erased"

// eventOf are the same columns in a join in which the event is e.
const eventOf = "e.id, e.source, e.provider, e.provider_id, e.type, e.time, e.secret, e.candidate, e.covers, e.header, e.erased"

func scanEvent(r *row) (webhook.Event, error) {
	e, header := scanEventFields(r)
	var err error
	e.Header, err = decodeHeader(header)
	return e, err
}

// scanWholeEvent reads the columns of an event, its body and its checksum. It returns
// an error for one that is not as it was stored.
func scanWholeEvent(r *row) (webhook.Event, error) {
	e, header := scanEventFields(r)
	e.Body = r.blob()
	err := r.verify([]byte(e.Type), header, e.Body)
	if err == nil {
		e.Header, err = decodeHeader(header)
	}
	return e, err
}

func scanEventFields(r *row) (e webhook.Event, header []byte) {
	e = webhook.Event{
		ID: r.text(), Source: r.text(), Provider: r.text(), ProviderID: r.text(), Type: r.text(),
		Time: r.time(), Secret: r.text(), Candidate: r.text(), Covers: webhook.Coverage(r.int()),
	}
	header = r.blob()
	if erased := r.int(); erased != 0 {
		e.Erased = moment(erased)
	}
	return e, header
}

// deliveryOf are the columns of a delivery d, with its event e, its endpoint p
// and its output o, but for the output's body.
const (
	deliveryOf = "d.id, d.message_id, e.id, d.subscription, p.name, d.transform, d.state, d.due, d.attempts, d.created," +
		" d.last_error, d.transform_hash, d.order_key, o.delivery, o.type, o.content_type, o.header"
	deliveryJoin = " FROM deliveries d JOIN events e ON e.seq = d.event JOIN endpoints p ON p.seq = d.endpoint" +
		" LEFT JOIN outputs o ON o.delivery = d.id"
)

func scanDelivery(r *row) (webhook.Delivery, error) {
	d, header, err := scanDeliveryFields(r)
	if err == nil && d.Output != nil {
		d.Output.Header, err = decodeHeader(header)
	}
	return d, err
}

// readOutput reads the body and the checksum of a delivery's output. It returns an
// error for one that is not as it was stored.
func readOutput(r *row, out *webhook.Output, header []byte) (err error) {
	if out == nil {
		r.at += 2
		return nil
	}
	out.Body = r.blob()
	if err = r.verify([]byte(out.Type), []byte(out.ContentType), header, out.Body); err == nil {
		out.Header, err = decodeHeader(header)
	}
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return nil
}

// scanDeliveryFields returns an error for a state that there is not.
func scanDeliveryFields(r *row) (d webhook.Delivery, header []byte, err error) {
	d = webhook.Delivery{
		ID: r.text(), MessageID: r.text(), EventID: r.text(), Subscription: r.text(), Endpoint: r.text(), Transform: r.text(),
	}
	if d.State, err = stateName(r.int()); err != nil {
		return d, nil, err
	}
	d.Due, d.Attempts, d.Created = r.time(), int(r.int()), r.time()
	d.LastError, d.TransformHash, d.OrderKey = r.text(), r.text(), r.text()
	transformed := r.text() != ""
	out := webhook.Output{Type: r.text(), ContentType: r.text()}
	if transformed {
		d.Output = &out
	}
	return d, r.blob(), nil
}

func scanAttempt(r *row) webhook.Attempt {
	return webhook.Attempt{
		Number: int(r.int()), At: r.time(), Duration: time.Duration(r.int()), Status: int(r.int()),
		Error: r.text(), RetryAfter: time.Duration(r.int()), Response: r.blob(),
	}
}
