package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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
	var to endpoint
	var woke time.Time
	err := s.write(ctx, "expand delivery "+ref.Delivery, func(ctx context.Context, t *tx) (err error) {
		if expanded, to, err = t.leasedDelivery(ctx, ref); err != nil {
			return err
		}
		if expanded.Output != nil {
			return fmt.Errorf("delivery %q has an output already", ref.Delivery)
		}
		expanded.TransformHash = hash
		if len(outputs) == 0 {
			t.drop(&expanded, to, func(_ int32, at time.Time) { woke = at })
			return nil
		}
		return t.expand(&expanded, to, outputs)
	})
	if err != nil {
		return webhook.Delivery{}, err
	}
	switch {
	case len(outputs) > 1 && !to.disabled:
		s.book.wakeAt(to, s.clock.toDatabase(expanded.Due))
		s.herald.announce()
	case !woke.IsZero():
		s.book.wakeAt(to, woke)
	}
	return expanded, nil
}

// leasedDelivery returns the delivery whose lease is held under ref, locked with
// its endpoint, without its output's body.
func (t *tx) leasedDelivery(ctx context.Context, ref store.LeaseRef) (d webhook.Delivery, to endpoint, err error) {
	id := encodeText(ref.Delivery)
	health, leases := map[int32]webhook.Health{}, map[string]leased{}
	t.lockEndpointsOf([]string{id}, lockState, health)
	t.lockRunning([]string{id}, leases)
	t.queue("SELECT "+deliveryOf+deliveryJoin+" WHERE d.id = $1", id).Query(func(rows pgx.Rows) error {
		return each(rows, func() (err error) {
			d, err = t.store.scanDelivery(rows, false)
			return err
		})
	})
	if err := t.flush(ctx); err != nil {
		return d, to, err
	}
	held, ok := leases[ref.Delivery]
	if !ok || held.token != ref.Token {
		return d, to, store.ErrLeaseLost
	}
	return d, endpoint{held.endpoint, d.Endpoint, health[held.endpoint].Disabled}, nil
}

// drop ends a delivery for which there is nothing to send. woke is that of
// endTurns.
func (t *tx) drop(d *webhook.Delivery, to endpoint, woke func(int32, time.Time)) {
	d.State, d.LastError = webhook.Dropped, ""
	t.move(running, dropped, 1)
	t.endTurns(orderOf(to.seq, d.OrderKey), func() {
		t.queue("UPDATE hookseal.deliveries SET state = 4, wake = NULL, transform_hash = $2, last_error = '' WHERE id = $1",
			encodeText(d.ID), encodeText(d.TransformHash))
	}, woke)
}

func (t *tx) expand(d *webhook.Delivery, to endpoint, outputs []webhook.Output) error {
	message := d.MessageID
	if len(outputs) > 1 {
		d.MessageID += "_1"
	}
	d.Output = &outputs[0]
	t.queue("UPDATE hookseal.deliveries SET message_id = $2, transform_hash = $3 WHERE id = $1",
		encodeText(d.ID), encodeText(d.MessageID), encodeText(d.TransformHash))
	var made outputRows
	if err := made.add(d.ID, d.Output); err != nil {
		return err
	}
	var rows deliveryRows
	for i := 1; i < len(outputs); i++ {
		next := *d
		next.ID = fmt.Sprintf("%s_%04d", d.ID, i+1)
		next.MessageID = fmt.Sprintf("%s_%d", message, i+1)
		next.Attempts, next.LastError = 0, ""
		// The first of an order has the turn.
		rows.add(t, to, &next, t.store.clock.toDatabase(next.Due), next.OrderKey == "")
		if err := made.add(next.ID, &outputs[i]); err != nil {
			return err
		}
	}
	rows.queue(t)
	made.queue(t)
	return nil
}
