package engine_test

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
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

type prunedCall struct {
	at  time.Time
	req store.PruneRequest
}

func (s *prunedStore) Prune(_ context.Context, req store.PruneRequest) (store.Pruned, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, prunedCall{time.Now(), req})
	if len(s.calls) < 3 {
		return [...]store.Pruned{{Keys: req.Limit}, {Bodies: req.Limit}}[len(s.calls)-1], nil
	}
	return store.Pruned{}, nil
}

func (*prunedStore) Changes(context.Context, int) ([]store.Change, error) { return nil, nil }

func (*prunedStore) NextDue(context.Context, ...string) (time.Time, error) { return time.Time{}, nil }

func (*prunedStore) Lease(context.Context, store.LeaseRequest) ([]store.Lease, error) {
	return nil, nil
}

func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &prunedStore{}
		eng, err := engine.Open(engine.Config{
			Store: s, Retention: engine.Retention{Events: 240 * time.Hour, Bodies: time.Hour, Size: 1 << 30},
			Sources: map[string]engine.Source{
				"brief": {Provider: engine.NoVerification, Retention: engine.SourceRetention{Events: 24 * time.Hour, Size: 1 << 20}},
				"plain": {Provider: engine.NoVerification},
			},
		})
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
			want := store.PruneRequest{
				Now:     c.at,
				Default: store.Keep{Events: c.at.Add(-240 * time.Hour), Bodies: c.at.Add(-time.Hour), Leeway: 24 * time.Hour},
				Sources: map[string]store.Keep{
					"brief": {Events: c.at.Add(-24 * time.Hour), Bodies: c.at.Add(-time.Hour), Size: 1 << 20},
				},
				Size: 1 << 30, Keys: c.at.Add(-30 * 24 * time.Hour), Limit: c.req.Limit,
			}
			if !reflect.DeepEqual(c.req, want) {
				t.Errorf("call %d at %s = %+v, want %+v", i, c.at, c.req, want)
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

func (s *observedStore) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	gone, err := s.Store.Prune(ctx, req)
	s.once.Do(func() { s.done <- gone })
	return gone, err
}

func TestRetentionFault(t *testing.T) {
	for want, c := range map[string]engine.Config{
		"retention: keys: is -1ns":                           {Retention: engine.Retention{Keys: -1}},
		"retention: bodies: is 2h0m0s, longer than the 1h":   {Retention: engine.Retention{Events: time.Hour, Bodies: 2 * time.Hour}},
		"retention: size: is -1 bytes":                       {Retention: engine.Retention{Size: -1}},
		`source "s": retention.bodies: is 2h0m0s, longer th`: {Retention: engine.Retention{Bodies: 2 * time.Hour}, Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification, Retention: engine.SourceRetention{Events: time.Hour}}}},
	} {
		if _, err := engine.Open(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open = %v, want an error with %q", err, want)
		}
	}
}
