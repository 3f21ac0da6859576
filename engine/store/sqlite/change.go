package sqlite

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
)

// Changes returns the changes of endpoints that nobody has forgotten; see
// [store.Store].
func (s *Store) Changes(ctx context.Context, limit int) ([]store.Change, error) {
	var changes []store.Change
	err := s.read(ctx, "changes of endpoints", func(c *conn) error {
		changes = nil
		return c.query(ctx, func(r *row) error {
			changes = append(changes, store.Change{Number: r.int(), Health: scanHealth(r)})
			return nil
		}, "SELECT seq, endpoint, disabled, why, since, failures, failing_since FROM changes ORDER BY seq LIMIT ?", int64(limit))
	})
	return changes, err
}

// Forget removes a change; see [store.Store].
func (s *Store) Forget(ctx context.Context, change int64) error {
	return s.write(ctx, fmt.Sprintf("forget change %d", change), func(t *tx) error {
		_, err := t.exec("DELETE FROM changes WHERE seq = ?", change)
		return err
	})
}
