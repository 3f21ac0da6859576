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
		var of day
		if expanded, of, to, err = t.leasedDelivery(ctx, ref); err != nil {
			return err
		}
		expanded.TransformHash = hash
		if len(outputs) == 0 {
			t.drop(&expanded, of, to, func(_ int32, at time.Time) { woke = at })
			return nil
		}
		return t.expand(&expanded, of, to, outputs)
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
// its endpoint, and its day. One that has an output is an error.
func (t *tx) leasedDelivery(ctx context.Context, ref store.LeaseRef) (d webhook.Delivery, of day, to endpoint, err error) {
	id := encodeText(ref.Delivery)
	health, leases := map[int32]webhook.Health{}, map[string]leased{}
	t.lockEndpointsOf([]string{id}, lockState, health)
	t.lockRunning([]string{id}, leases)
	var r deliveryRow
	t.queue("SELECT "+deliveryOf+", d.transformed FROM hookseal.open d JOIN hookseal.endpoints p ON p.seq = d.endpoint WHERE d.id = $1", id).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error { return rows.Scan(append(r.into(), &r.transformed)...) })
		})
	if err := t.flush(ctx); err != nil {
		return d, rest, to, err
	}
	held, ok := leases[ref.Delivery]
	switch {
	case !ok || held.token != ref.Token:
		return d, rest, to, store.ErrLeaseLost
	case r.transformed:
		return d, rest, to, fmt.Errorf("delivery %q has an output already", ref.Delivery)
	}
	d, err = r.delivery(&t.store.clock)
	return d, held.day, endpoint{seq: held.endpoint, name: d.Endpoint, disabled: health[held.endpoint].Disabled}, err
}

// drop ends a delivery for which there is nothing to send. woke is that of
// endTurns.
func (t *tx) drop(d *webhook.Delivery, of day, to endpoint, woke func(int32, time.Time)) {
	d.State, d.LastError = webhook.Dropped, ""
	t.move(of, running, dropped, 1)
	t.endTurns(orderOf(to.seq, d.OrderKey), func() {
		t.queue(of.of("WITH ended AS (DELETE FROM hookseal.open d WHERE d.id = $1"+
			" RETURNING "+finalOf("4::smallint", "d.attempts", "d.tried", "$2::text", "''::text")+")"+
			" INSERT INTO hookseal.deliveries_DAY ("+finalColumns+") SELECT * FROM ended"),
			encodeText(d.ID), encodeText(d.TransformHash))
	}, woke)
}

func (t *tx) expand(d *webhook.Delivery, of day, to endpoint, outputs []webhook.Output) error {
	message := d.MessageID
	if len(outputs) > 1 {
		d.MessageID += "_1"
	}
	d.Output = &outputs[0]
	t.queue("UPDATE hookseal.open SET message_id = $2, transform_hash = $3, transformed = true WHERE id = $1",
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
		next.Attempts, next.LastError, next.Output = 0, "", &outputs[i]
		// The first of an order has the turn.
		rows.add(t, of, to, &next, t.store.clock.toDatabase(next.Due), next.OrderKey == "")
		if err := made.add(next.ID, next.Output); err != nil {
			return err
		}
	}
	rows.queue(t)
	made.queue(t, of)
	return nil
}
