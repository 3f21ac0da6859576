package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Reader reads a store that this or another process may have open: it takes no
// lock and changes nothing. It is safe for concurrent use.
type Reader struct{ store *Store }

// OpenReader opens the store in the file at path for reading. It returns
// [fs.ErrNotExist] if there is none, and an error for a schema of another
// version than this program's.
func OpenReader(path string) (*Reader, error) {
	resolved, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	_, size, err := identify(resolved)
	if err == nil && size == 0 {
		err = fmt.Errorf("database %q: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	readers, err := openReaders(resolved)
	if err != nil {
		return nil, fmt.Errorf("open store %q: %w", path, err)
	}
	r := &Reader{&Store{path: resolved, readers: readers}}
	if err := r.checkVersion(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) checkVersion() error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return r.store.read(context.Background(), "open store", func(c *conn) error {
		version, err := c.number("PRAGMA user_version")
		if err == nil && version != int64(len(names)) {
			err = fmt.Errorf("database %q has schema version %d, this program reads version %d", r.store.path, version, len(names))
		}
		return err
	})
}

// Event returns one event, or [store.ErrNotFound].
func (r *Reader) Event(ctx context.Context, id string) (webhook.Event, error) {
	return r.store.Event(ctx, id)
}

// Events lists events, newest first, without their bodies.
func (r *Reader) Events(ctx context.Context, q store.EventQuery) ([]webhook.Event, error) {
	return r.store.Events(ctx, q)
}

// Delivery returns one delivery, or [store.ErrNotFound].
func (r *Reader) Delivery(ctx context.Context, id string) (webhook.Delivery, error) {
	return r.store.Delivery(ctx, id)
}

// Deliveries lists deliveries, newest first, without their outputs' bodies.
func (r *Reader) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]webhook.Delivery, error) {
	return r.store.Deliveries(ctx, q)
}

// Attempts returns the attempts of a delivery in order.
func (r *Reader) Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error) {
	return r.store.Attempts(ctx, delivery)
}

// Counts returns how many deliveries are in each state.
func (r *Reader) Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error) {
	return r.store.Counts(ctx)
}

// NextDue returns the earliest moment at which something becomes due.
func (r *Reader) NextDue(ctx context.Context) (time.Time, error) {
	var next time.Time
	err := r.store.read(ctx, "next due", func(c *conn) (err error) {
		next, err = readNextDue(ctx, c)
		return err
	})
	return next, err
}

// Health returns the state of every endpoint, ordered by name.
func (r *Reader) Health(ctx context.Context) ([]webhook.Health, error) { return r.store.Health(ctx) }

// Close waits for running queries and closes the file.
func (r *Reader) Close() error {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.store.closed {
		return nil
	}
	r.store.closed = true
	if err := closeReaders(r.store.readers); err != nil {
		return fmt.Errorf("close store %q: %w", r.store.path, err)
	}
	return nil
}
