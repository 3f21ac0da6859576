package sqlite

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

const deliveryColumns = "id, event, endpoint, state, due, wake, leases, attempts, tried, created," +
	" message_id, subscription, transform, transform_hash, last_error, order_key"

// deliveryRows gather new deliveries and outputs.
type deliveryRows struct{ deliveries, outputs *inserter }

func (t *tx) deliveryRows() deliveryRows {
	return deliveryRows{
		deliveries: t.insert("deliveries", deliveryColumns),
		outputs:    t.insert("outputs", "delivery, type, content_type, header, body, sum"),
	}
}

func (rows deliveryRows) flush() error {
	if err := rows.deliveries.flush(); err != nil {
		return fmt.Errorf("store delivery: %w", err)
	}
	if err := rows.outputs.flush(); err != nil {
		return fmt.Errorf("store output: %w", err)
	}
	return nil
}

// addDelivery adds a new delivery with its output, held if its endpoint is
// disabled.
func (t *tx) addDelivery(rows deliveryRows, event int64, to *endpoint, d *webhook.Delivery) error {
	state, wake := t.due(to, micros(d.Due))
	if d.OrderKey != "" && state == pending {
		taken, err := t.takeTurn(to, d.OrderKey)
		if err != nil {
			return err
		}
		if taken {
			wake = noTurn
		}
	}
	t.putDelivery(rows, event, to, d, standing{state: state, wake: wake})
	return nil
}

// standing is where a delivery stands in the file.
type standing struct {
	state  int64
	wake   any
	leases int64
}

// putDelivery adds a new delivery with its output.
func (t *tx) putDelivery(rows deliveryRows, event int64, to *endpoint, d *webhook.Delivery, at standing) {
	t.moved[at.state]++
	rows.deliveries.add(d.ID, event, to.seq, at.state, micros(d.Due), at.wake, at.leases, int64(d.Attempts), int64(d.Attempts),
		micros(d.Created), d.MessageID, d.Subscription, d.Transform, d.TransformHash, d.LastError, d.OrderKey)
	rows.addOutput(d.ID, d.Output)
}

// addOutput keeps what a delivery sends, if a transform has made it.
func (rows deliveryRows) addOutput(delivery string, out *webhook.Output) {
	if out == nil {
		return
	}
	header := encodeHeader(out.Header)
	rows.outputs.add(delivery, out.Type, out.ContentType, header, out.Body,
		checksum([]byte(out.Type), []byte(out.ContentType), header, out.Body))
}

// due returns the state and the wake of a delivery to the endpoint that is due
// at a moment: pending then, or held if the endpoint is disabled.
func (t *tx) due(to *endpoint, at int64) (state int64, wake any) {
	if to.health.Disabled {
		return held, nil
	}
	to.wakeAt(at)
	return pending, at
}
