package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// gate lets a test keep the writer in OnCommit, so that calls gather.
type gate struct {
	mu      sync.Mutex
	closed  chan struct{}
	entered chan struct{}
	commits []sqlite.Commit
}

func (g *gate) onCommit(c sqlite.Commit) {
	g.mu.Lock()
	g.commits = append(g.commits, c)
	closed := g.closed
	g.mu.Unlock()
	if closed != nil {
		g.entered <- struct{}{}
		<-closed
	}
}

func (g *gate) seen() []sqlite.Commit {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.commits
}

// inBubble runs a test with a store whose writer is inside a commit that the
// returned function ends. The bubble proves as well that the store needs no
// more than its goroutines, and that they end with Close.
func inBubble(t *testing.T, test func(t *testing.T, s *sqlite.Store, g *gate, release func())) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	synctest.Test(t, func(t *testing.T) {
		g := &gate{entered: make(chan struct{})}
		s, err := sqlite.Open(path, sqlite.Options{OnCommit: g.onCommit})
		if err != nil {
			t.Fatal(err)
		}
		accept(t, s, "taken")
		g.mu.Lock()
		g.closed, g.commits = make(chan struct{}), nil
		g.mu.Unlock()
		go s.Ping(t.Context())
		<-g.entered
		test(t, s, g, func() {
			g.mu.Lock()
			closed := g.closed
			g.closed, g.commits = nil, nil
			g.mu.Unlock()
			close(closed)
			synctest.Wait()
		})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCallsShareACommit(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, g *gate, release func()) {
		const callers = 100
		for i := range callers {
			go func() {
				if _, err := s.Accept(t.Context(), acceptance(fmt.Sprint(i))); err != nil {
					t.Errorf("Accept: %v", err)
				}
			}()
		}
		synctest.Wait()
		release()
		if got := g.seen(); len(got) != 1 || got[0].Calls != callers || got[0].Err != nil {
			t.Errorf("commits = %+v, want one of %d calls", got, callers)
		}
	})
}

func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, g *gate, release func()) {
		answered := make(chan error, 1)
		go func() {
			_, err := s.Accept(t.Context(), acceptance("e1"))
			answered <- err
		}()
		synctest.Wait()
		select {
		case err := <-answered:
			t.Errorf("Accept = %v while the writer was in another commit", err)
		default:
		}
		if _, err := s.Event(t.Context(), "e1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Event before the commit = %v, want %v", err, store.ErrNotFound)
		}
		release()
		if err := <-answered; err != nil {
			t.Errorf("Accept: %v", err)
		}
	})
}

func TestLookupDoesNotWaitForTheWriter(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, _ *gate, release func()) {
		a := acceptance("e1")
		a.DedupKey = "key"
		go func() {
			if _, err := s.Accept(t.Context(), a); err != nil {
				t.Errorf("Accept: %v", err)
			}
		}()
		synctest.Wait()
		if _, kept, err := s.Lookup(t.Context(), "s", "key"); kept || err != nil {
			t.Errorf("Lookup while the writer was in another commit = %v, %v, want false", kept, err)
		}
		release()
		if r, kept, err := s.Lookup(t.Context(), "s", "key"); !kept || err != nil || r.EventID != "e1" {
			t.Errorf("Lookup after the commit = %+v, %v, %v, want e1", r, kept, err)
		}
	})
}

func TestAFailingCallDoesNotSpoilOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, g *gate, release func()) {
		ids := []string{"a", "taken", "b", "c"}
		faults := make([]error, len(ids))
		for i, id := range ids {
			go func() { _, faults[i] = s.Accept(t.Context(), acceptance(id)) }()
		}
		var lost, disabled error
		go func() { lost = s.Extend(t.Context(), store.LeaseRef{Delivery: "none", Token: "1"}, time.Now()) }()
		go func() { _, disabled = s.SetDisabled(t.Context(), "erp", true, "by hand", time.Now()) }()
		synctest.Wait()
		release()
		for i, id := range ids {
			if failed := faults[i] != nil; failed != (id == "taken") {
				t.Errorf("Accept(%s) = %v", id, faults[i])
			}
			if _, err := s.Event(t.Context(), id); err != nil {
				t.Errorf("Event(%s): %v", id, err)
			}
		}
		if !errors.Is(lost, store.ErrLeaseLost) || disabled != nil {
			t.Errorf("Extend = %v, SetDisabled = %v, want %v and nil", lost, disabled, store.ErrLeaseLost)
		}
		counts, err := s.Counts(t.Context())
		if err != nil || counts[webhook.Pending] != 4 {
			t.Errorf("Counts = %v, %v, want 4 pending", counts, err)
		}
		if first := g.seen()[0]; first.Calls != 6 || first.Err == nil {
			t.Errorf("first commit = %+v, want 6 calls that failed together", first)
		}
	})
}

func TestARefusalIsNoFailure(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, g *gate, release func()) {
		var lost, missing, open error
		go func() { lost = s.Extend(t.Context(), store.LeaseRef{Delivery: "d-taken", Token: "1"}, time.Now()) }()
		go func() { missing = s.Redeliver(t.Context(), "none", time.Now()) }()
		go func() { open = s.Redeliver(t.Context(), "d-taken", time.Now()) }()
		synctest.Wait()
		release()
		if !errors.Is(lost, store.ErrLeaseLost) || !errors.Is(missing, store.ErrNotFound) || !errors.Is(open, store.ErrNotFinal) {
			t.Errorf("Extend = %v, Redeliver = %v and %v, want lease lost, not found and not final", lost, missing, open)
		}
		if got := g.seen(); len(got) != 1 || got[0].Err != nil {
			t.Errorf("commits = %+v, want one that did not fail", got)
		}
	})
}

func TestACallerMayGiveUp(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, _ *gate, release func()) {
		ctx, cancel := context.WithCancel(t.Context())
		answered := make(chan error, 1)
		go func() {
			_, err := s.Accept(ctx, acceptance("e1"))
			answered <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("Accept = %v, want %v", err, context.Canceled)
		}
		release()
		if _, err := s.Event(t.Context(), "e1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Event of the caller who gave up = %v, want %v", err, store.ErrNotFound)
		}
		if _, err := s.Accept(ctx, acceptance("e2")); !errors.Is(err, context.Canceled) {
			t.Errorf("Accept under a context that is done = %v, want %v", err, context.Canceled)
		}
		if _, err := s.Events(ctx, store.EventQuery{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Events under a context that is done = %v, want %v", err, context.Canceled)
		}
	})
}

func TestCloseWaitsForQueuedCalls(t *testing.T) {
	inBubble(t, func(t *testing.T, s *sqlite.Store, _ *gate, release func()) {
		answered := make(chan error, 1)
		go func() {
			_, err := s.Accept(t.Context(), acceptance("e1"))
			answered <- err
		}()
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		release()
		if err := <-answered; err != nil {
			t.Errorf("Accept before Close = %v, want nil", err)
		}
		if err := <-closed; err != nil {
			t.Errorf("Close = %v, want nil", err)
		}
		if _, err := s.Accept(t.Context(), acceptance("e2")); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Accept after Close = %v, want %v", err, store.ErrClosed)
		}
	})
}
