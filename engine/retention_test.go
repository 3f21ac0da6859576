package engine_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// prunedStore answers as a store with much to remove, and notes when it was asked.
type prunedStore struct {
	store.Store
	mu    sync.Mutex
	calls []prunedCall
}

type prunedCall struct{ at, events, keys time.Time }

func (s *prunedStore) Prune(_ context.Context, events, keys time.Time, limit int) (store.Pruned, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, prunedCall{time.Now(), events, keys})
	if len(s.calls) < 3 {
		return store.Pruned{Keys: limit}, nil
	}
	return store.Pruned{}, nil
}

func (*prunedStore) NextDue(context.Context, ...string) (time.Time, error) { return time.Time{}, nil }

func (*prunedStore) Lease(context.Context, store.LeaseRequest) ([]store.Lease, error) {
	return nil, nil
}

func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &prunedStore{}
		eng, err := engine.Open(engine.Config{Store: s, Retention: engine.Retention{Events: 48 * time.Hour}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		start := time.Now()
		if err := eng.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if err := eng.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.calls) != 5 {
			t.Fatalf("%d calls of Prune in 150 s, want 3 at once since there was more, and one after each minute", len(s.calls))
		}
		for i, c := range s.calls {
			if !c.events.Equal(c.at.Add(-48*time.Hour)) || !c.keys.Equal(c.at.Add(-30*24*time.Hour)) {
				t.Errorf("call %d at %s: events before %s and keys before %s, want 48 hours and 30 days back", i, c.at, c.events, c.keys)
			}
		}
		if late := s.calls[2].at.Sub(start); late > time.Second {
			t.Errorf("the third call came after %s, want it soon after the first: there was more to remove", late)
		}
	})
}

// Without a retention events are kept for good.
func TestRetentionKeeps(t *testing.T) {
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	old := webhook.Event{ID: "old", Source: "s", Time: time.Unix(1, 0), Body: []byte("{}")}
	if _, err := db.Accept(t.Context(), store.Acceptance{Event: old, DedupKey: "k"}); err != nil {
		t.Fatal(err)
	}
	pruned := &observedStore{Store: db, done: make(chan store.Pruned)}
	eng, err := engine.Open(engine.Config{Store: pruned})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- eng.Run(ctx) }()
	if got := <-pruned.done; got != (store.Pruned{Keys: 1}) {
		t.Errorf("Prune removed %+v, want the key of 1970 alone", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := db.Event(t.Context(), "old"); err != nil {
		t.Errorf("Event = %v, want it kept", err)
	}
	if err := eng.Close(); err != nil {
		t.Error(err)
	}
}

// observedStore hands on what was pruned first.
type observedStore struct {
	store.Store
	done chan store.Pruned
	once sync.Once
}

func (s *observedStore) Prune(ctx context.Context, events, keys time.Time, limit int) (store.Pruned, error) {
	gone, err := s.Store.Prune(ctx, events, keys, limit)
	s.once.Do(func() { s.done <- gone })
	return gone, err
}

func TestRetentionFault(t *testing.T) {
	if _, err := engine.Open(engine.Config{Retention: engine.Retention{Keys: -1}}); err == nil {
		t.Error("Open with a negative retention = nil, want an error")
	}
}
