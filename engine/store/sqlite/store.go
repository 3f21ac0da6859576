package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hookseal/hookseal/engine/store"
)

// Store is a [store.Store] in one file. It is safe for concurrent use; close it
// with [Store.Close].
type Store struct {
	path    string
	lock    *fileLock
	writer  *writer
	readers chan *conn

	// mu is held for reading by every call, and for writing by Close.
	mu     sync.RWMutex
	closed bool
}

var _ store.Store = (*Store)(nil)

// Path returns the absolute path of the file.
func (s *Store) Path() string { return s.path }

// Ping commits a change of nothing, and so reports whether the store can
// commit now.
func (s *Store) Ping(ctx context.Context) error {
	return s.write(ctx, "ping", func(t *tx) error {
		_, err := t.exec("UPDATE counts SET n = n WHERE state = 0")
		return err
	})
}

// Close waits for running calls, ends the writing goroutine and closes the
// file. Every later call returns [store.ErrClosed], a second Close nil.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := errors.Join(closeReaders(s.readers), s.writer.stop(), s.lock.release())
	if err != nil {
		return fmt.Errorf("close store %q: %w", s.path, err)
	}
	return nil
}

// write has the writer run change in a transaction, and returns once that is
// committed. A change may run more than once: see [request].
func (s *Store) write(ctx context.Context, what string, change func(*tx) error) error {
	return s.submit(ctx, what, &request{change: change})
}

func (s *Store) submit(ctx context.Context, what string, r *request) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	if err := s.writer.do(ctx, r); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// read runs queries on a connection that nobody else uses meanwhile.
func (s *Store) read(ctx context.Context, what string, queries func(*conn) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	var c *conn
	select {
	case c = <-s.readers:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	defer func() { s.readers <- c }()
	if err := queries(c); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
