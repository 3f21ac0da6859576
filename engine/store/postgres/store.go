package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine/store"
)

// Store is a [store.Store] in a database that other nodes may share. It is safe
// for concurrent use; close it with [Store.Close].
type Store struct {
	queries
	opts    Options
	book    book
	days    days
	slots   chan int16
	accepts *lane
	herald  *herald
	// leasing is held by the one call that leases or asks what is due.
	leasing chan struct{}
	// ordered says that a delivery in an order was settled, as others will be.
	ordered atomic.Bool
}

var (
	_ store.Store = (*Store)(nil)
	_ store.Waker = (*Store)(nil)
)

// Ping commits a change of nothing, and so reports whether the store can
// commit now.
func (s *Store) Ping(ctx context.Context) error {
	return s.write(ctx, "ping", func(_ context.Context, t *tx) error {
		t.queue("UPDATE hookseal.counts SET n = n WHERE day = 0 AND slot = $1 AND state = 0", t.slot)
		return nil
	})
}

// Close waits for running calls and closes the connections. Every later call
// returns [store.ErrClosed], a second Close nil.
func (s *Store) Close() error {
	if !s.door.close() {
		return nil
	}
	s.accepts.stop()
	s.herald.stop()
	s.pool.Close()
	return nil
}

// write runs do in a transaction, and returns once that is committed. It may run
// more than once.
func (s *Store) write(ctx context.Context, what string, do func(context.Context, *tx) error) error {
	if !s.door.enter() {
		return store.ErrClosed
	}
	defer s.door.leave()
	if err := s.transact(ctx, do); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// door counts the calls that are inside, and lets nobody in once it is closed.
type door struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

func (d *door) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.inside.Add(1)
	return true
}

func (d *door) leave() { d.inside.Done() }

// close waits until nobody is inside. It returns false if it was closed before.
func (d *door) close() bool {
	d.mu.Lock()
	was := d.closed
	d.closed = true
	d.mu.Unlock()
	d.inside.Wait()
	return !was
}
