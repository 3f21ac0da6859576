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
	x := &expansion{ref: ref, outputs: outputs, hash: hash}
	if err := s.submit(ctx, "expand delivery "+ref.Delivery, &request{expand: x}); err != nil {
		return webhook.Delivery{}, err
	}
	return x.expanded, nil
}

// expansion is a call of Expand on its way through the writer.
type expansion struct {
	ref      store.LeaseRef
	outputs  []webhook.Output
	hash     string
	expanded webhook.Delivery
}

// expandAll makes the expansions of a batch.
func (t *tx) expandAll(batch []*request) error {
	var ids []string
	for _, r := range batch {
		if r.expand != nil {
			ids = append(ids, r.expand.ref.Delivery)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := t.learnRunning(ids); err != nil {
		return err
	}
	found, err := t.deliveries(ids)
	if err != nil {
		return err
	}
	rows := expandRows{deliveryRows: t.deliveryRows(), hashed: map[string][]string{}}
	for _, r := range batch {
		if r.expand == nil {
			continue
		}
		r.expand.expanded = found[r.expand.ref.Delivery]
		if r.err = t.expand(r.expand, rows); r.err != nil && !refused(r.err) {
			return r.err
		}
	}
	return rows.flush(t)
}

// expandRows gather what expansions write.
type expandRows struct {
	deliveryRows
	// hashed are the deliveries that carry their output, by the hash of the code.
	hashed map[string][]string
}

func (rows expandRows) flush(t *tx) error {
	for hash, ids := range rows.hashed {
		err := chunks(ids, func(group []any) error {
			_, err := t.exec("UPDATE deliveries SET transform_hash = ? WHERE id IN ("+
				placeholders(len(group))+")", append([]any{hash}, group...)...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return rows.deliveryRows.flush()
}

func (t *tx) expand(x *expansion, rows expandRows) error {
	of, err := t.findLease(x.ref)
	if err != nil {
		return err
	}
	if x.expanded.Output != nil {
		return fmt.Errorf("delivery %q has an output already", x.ref.Delivery)
	}
	x.expanded.TransformHash = x.hash
	if len(x.outputs) == 0 {
		return t.drop(&x.expanded, of)
	}
	return t.carry(x, of, rows)
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

// carry has a delivery carry the first output, and new ones the others.
func (t *tx) carry(x *expansion, of leased, rows expandRows) error {
	d := &x.expanded
	message := d.MessageID
	d.Output = &x.outputs[0]
	rows.addOutput(d.ID, d.Output)
	rows.hashed[x.hash] = append(rows.hashed[x.hash], d.ID)
	if len(x.outputs) == 1 {
		return nil
	}
	d.MessageID += "_1"
	if _, err := t.exec("UPDATE deliveries SET message_id = ? WHERE id = ?", d.MessageID, d.ID); err != nil {
		return err
	}
	for i := 1; i < len(x.outputs); i++ {
		next := *d
		next.ID = fmt.Sprintf("%s_%04d", d.ID, i+1)
		next.MessageID = fmt.Sprintf("%s_%d", message, i+1)
		next.Attempts, next.LastError, next.Output = 0, "", &x.outputs[i]
		if err := t.addDelivery(rows.deliveryRows, of.event, of.endpoint, &next); err != nil {
			return err
		}
	}
	return nil
}

// deliveries returns deliveries by their IDs, without the bodies of their outputs.
func (t *tx) deliveries(ids []string) (map[string]webhook.Delivery, error) {
	found := make(map[string]webhook.Delivery, len(ids))
	err := chunks(ids, func(group []any) error {
		return t.each(func(r *row) error {
			d, err := scanDelivery(r)
			found[d.ID] = d
			return err
		}, "SELECT "+deliveryOf+deliveryJoin+" WHERE d.id IN ("+placeholders(len(group))+")", group...)
	})
	return found, err
}
