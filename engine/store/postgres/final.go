package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// finalColumns are those of the deliveries of a day, which are final.
const finalColumns = "id, event, endpoint, due, leases, created, message_id, subscription, transform, order_key," +
	" state, attempts, tried, transform_hash, last_error"

// finalOf returns them of an open delivery d, the last of them as they become.
func finalOf(state, attempts, tried, hash, lastError string) string {
	return "d.id, d.event, d.endpoint, d.due, d.leases, d.created, d.message_id, d.subscription, d.transform, d.order_key, " +
		state + " AS state, " + attempts + " AS attempts, " + tried + " AS tried, " +
		hash + " AS transform_hash, " + lastError + " AS last_error"
}

// dayOfFinal returns the day of a final delivery, or an error for one that is not
// kept or is open. Nothing is locked thereby but that the day stays.
func (t *tx) dayOfFinal(ctx context.Context, id string) (of day, err error) {
	return t.dayIn(ctx, "SELECT day, false FROM hookseal.deliveries WHERE id = $1"+
		" UNION ALL SELECT day, true FROM hookseal.open WHERE id = $1", id)
}

// dayOfEvent returns the day of an event, or [store.ErrNotFound].
func (t *tx) dayOfEvent(ctx context.Context, id string) (of day, err error) {
	return t.dayIn(ctx, "SELECT day, false FROM hookseal.events WHERE id = $1", id)
}

// dayIn looks an ID up in the tables of all days.
func (t *tx) dayIn(ctx context.Context, query, id string) (of day, err error) {
	found, open := false, false
	t.queue(query, encodeText(id)).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			found = true
			return rows.Scan((*int32)(&of), &open)
		})
	})
	switch err := t.flush(ctx); {
	case err != nil:
		return rest, err
	case !found:
		return rest, store.ErrNotFound
	case open:
		return rest, store.ErrNotFinal
	}
	return of, nil
}
