package sqlite

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

const deliveryColumns = "id, event, endpoint, state, due, wake, leases, attempts, tried, created," +
	" message_id, subscription, transform, transform_hash, last_error, order_key"

// addDelivery adds a new delivery with its output, held if its endpoint is
// disabled.
func (t *tx) addDelivery(rows *inserter, event int64, to *endpoint, d *webhook.Delivery) error {
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
	return t.putDelivery(rows, event, to, d, standing{state: state, wake: wake})
}

// standing is where a delivery stands in the file.
type standing struct {
	state  int64
	wake   any
	leases int64
}

// putDelivery adds a new delivery with its output.
func (t *tx) putDelivery(rows *inserter, event int64, to *endpoint, d *webhook.Delivery, at standing) error {
	t.moved[at.state]++
	rows.add(d.ID, event, to.seq, at.state, micros(d.Due), at.wake, at.leases, int64(d.Attempts), int64(d.Attempts),
		micros(d.Created), d.MessageID, d.Subscription, d.Transform, d.TransformHash, d.LastError, d.OrderKey)
	return t.putOutput(d.ID, d.Output)
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

// putOutput keeps what a delivery sends, if a transform has made it.
func (t *tx) putOutput(delivery string, out *webhook.Output) error {
	if out == nil {
		return nil
	}
	_, err := t.exec("INSERT INTO outputs (delivery, type, content_type, header, body) VALUES (?, ?, ?, ?, ?)",
		delivery, out.Type, out.ContentType, encodeHeader(out.Header), out.Body)
	if err != nil {
		return fmt.Errorf("store output: %w", err)
	}
	return nil
}
