package sqlite

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Expand commits what a transform made; see [store.Store].
//
// The further deliveries are named after the first, "ID_0002" and on, so that
// they follow it in every list, and are held if the endpoint is disabled. A
// delivery that has an output already is not expanded again, which is an error.
// It returns [store.ErrLeaseLost] if the lease is no longer held.
func (s *Store) Expand(ctx context.Context, ref store.LeaseRef, outputs []webhook.Output, hash string) (webhook.Delivery, error) {
	var expanded webhook.Delivery
	err := s.write(ctx, "expand delivery "+ref.Delivery, func(t *tx) error {
		d, err := t.findLease(ref)
		if err != nil {
			return err
		}
		if expanded, err = t.delivery(ref.Delivery); err != nil {
			return err
		}
		if expanded.Output != nil {
			return fmt.Errorf("delivery %q has an output already", ref.Delivery)
		}
		expanded.TransformHash = hash
		if len(outputs) == 0 {
			return t.drop(&expanded, d)
		}
		return t.expand(&expanded, d, outputs)
	})
	if err != nil {
		return webhook.Delivery{}, err
	}
	return expanded, nil
}

// drop ends a delivery for which there is nothing to send.
func (t *tx) drop(d *webhook.Delivery, of leased) error {
	d.State, d.LastError = webhook.Dropped, ""
	t.move(running, dropped, 1)
	delete(t.book.running, d.ID)
	_, err := t.exec("UPDATE deliveries SET state = 4, wake = NULL, transform_hash = ?, last_error = '' WHERE id = ?",
		d.TransformHash, d.ID)
	if err == nil && d.OrderKey != "" {
		err = t.passTurn(of.endpoint, d.OrderKey)
	}
	return err
}

func (t *tx) expand(d *webhook.Delivery, of leased, outputs []webhook.Output) error {
	message := d.MessageID
	if len(outputs) > 1 {
		d.MessageID += "_1"
	}
	d.Output = &outputs[0]
	_, err := t.exec("UPDATE deliveries SET message_id = ?, transform_hash = ? WHERE id = ?", d.MessageID, d.TransformHash, d.ID)
	if err != nil {
		return err
	}
	if err := t.putOutput(d.ID, d.Output); err != nil {
		return err
	}
	rows := t.insert("deliveries", deliveryColumns)
	for i := 1; i < len(outputs); i++ {
		next := *d
		next.ID = fmt.Sprintf("%s_%04d", d.ID, i+1)
		next.MessageID = fmt.Sprintf("%s_%d", message, i+1)
		next.Attempts, next.LastError, next.Output = 0, "", &outputs[i]
		if err := t.addDelivery(rows, of.event, of.endpoint, &next); err != nil {
			return err
		}
	}
	return rows.flush()
}

// delivery returns one delivery without its output's body, or
// [store.ErrNotFound].
func (t *tx) delivery(id string) (d webhook.Delivery, err error) {
	err = store.ErrNotFound
	failed := t.each(func(r *row) error {
		d, err = scanDelivery(r)
		return err
	}, "SELECT "+deliveryOf+deliveryJoin+" WHERE d.id = ?", id)
	if failed != nil {
		return d, failed
	}
	return d, err
}
