package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/store"
)

// Changes returns the changes of endpoints that nobody has forgotten; see
// [store.Store]. One of another node that commits meanwhile may have a smaller
// number than those that are returned.
func (s *Store) Changes(ctx context.Context, limit int) ([]store.Change, error) {
	return list(ctx, &s.queries, "changes of endpoints", func(row pgx.Row) (c store.Change, err error) {
		h := &c.Health
		err = row.Scan(&c.Number, text{&h.Endpoint}, &h.Disabled, text{&h.Why}, &h.Since, &h.Failures, &h.FailingSince)
		h.Since, h.FailingSince = h.Since.UTC(), h.FailingSince.UTC()
		return c, err
	}, "SELECT seq, endpoint, disabled, why, since, failures, failing_since FROM hookseal.changes ORDER BY seq LIMIT $1",
		planned, limit)
}

// Forget removes a change; see [store.Store].
func (s *Store) Forget(ctx context.Context, change int64) error {
	return s.write(ctx, fmt.Sprintf("forget change %d", change), func(_ context.Context, t *tx) error {
		t.queue("DELETE FROM hookseal.changes WHERE seq = $1", change)
		return nil
	})
}
