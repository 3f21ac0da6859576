package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hookseal/hookseal/engine/store"
)

var _ store.Vault = (*Store)(nil)

// Sealed returns every sealed secret; see [store.Vault].
func (s *Store) Sealed(ctx context.Context) ([]store.Sealed, error) {
	return list(ctx, &s.queries, "sealed secrets", func(row pgx.Row) (sealed store.Sealed, err error) {
		err = row.Scan(text{&sealed.Name}, text{&sealed.Key}, &sealed.Data)
		return sealed, err
	}, "SELECT name, key, data FROM hookseal.sealed ORDER BY name", planned)
}

// KeepSealed stores a sealed secret unless there is one; see [store.Vault].
func (s *Store) KeepSealed(ctx context.Context, sealed store.Sealed) (bool, error) {
	return s.changeOne(ctx, "keep sealed secret "+sealed.Name,
		"INSERT INTO hookseal.sealed (name, key, data) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
		encodeText(sealed.Name), encodeText(sealed.Key), sealed.Data)
}

// ReplaceSealed stores another sealed secret; see [store.Vault].
func (s *Store) ReplaceSealed(ctx context.Context, old, next store.Sealed) (bool, error) {
	return s.changeOne(ctx, "replace sealed secret "+old.Name,
		"UPDATE hookseal.sealed SET key = $1, data = $2 WHERE name = $3 AND key = $4 AND data = $5",
		encodeText(next.Key), next.Data, encodeText(old.Name), encodeText(old.Key), old.Data)
}

// changeOne runs a statement, and reports whether it changed a row.
func (s *Store) changeOne(ctx context.Context, what, statement string, args ...any) (changed bool, err error) {
	err = s.write(ctx, what, func(_ context.Context, t *tx) error {
		t.queue(statement, args...).Exec(func(tag pgconn.CommandTag) error {
			changed = tag.RowsAffected() > 0
			return nil
		})
		return nil
	})
	return changed && err == nil, err
}
