package sqlite

import (
	"context"

	"github.com/hookseal/hookseal/engine/store"
)

var _ store.Vault = (*Store)(nil)

// Sealed returns every sealed secret; see [store.Vault].
func (s *Store) Sealed(ctx context.Context) (all []store.Sealed, err error) {
	err = s.read(ctx, "sealed secrets", func(c *conn) error {
		all = nil
		return c.query(ctx, func(r *row) error {
			all = append(all, store.Sealed{Name: r.text(), Key: r.text(), Data: r.blob()})
			return nil
		}, "SELECT name, key, data FROM sealed ORDER BY name")
	})
	return all, err
}

// KeepSealed stores a sealed secret unless there is one; see [store.Vault].
func (s *Store) KeepSealed(ctx context.Context, sealed store.Sealed) (kept bool, err error) {
	err = s.write(ctx, "keep sealed secret "+sealed.Name, func(t *tx) error {
		n, err := t.exec("INSERT INTO sealed (name, key, data) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
			sealed.Name, sealed.Key, sealed.Data)
		kept = n > 0
		return err
	})
	return kept && err == nil, err
}

// ReplaceSealed stores another sealed secret; see [store.Vault].
func (s *Store) ReplaceSealed(ctx context.Context, old, next store.Sealed) (replaced bool, err error) {
	err = s.write(ctx, "replace sealed secret "+old.Name, func(t *tx) error {
		n, err := t.exec("UPDATE sealed SET key = ?, data = ? WHERE name = ? AND key = ? AND data = ?",
			next.Key, next.Data, old.Name, old.Key, old.Data)
		replaced = n > 0
		return err
	})
	return replaced && err == nil, err
}
