package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// waits is an observer of what the engine waited for.
type waits struct {
	receptions
	settled chan struct{}

	waitsMu sync.Mutex
	guests  []webhook.Hook
	store   []string
	faults  []error
}

func (w *waits) GuestCalled(c engine.GuestCall) {
	w.waitsMu.Lock()
	defer w.waitsMu.Unlock()
	w.guests = append(w.guests, c.Hook)
}

func (w *waits) StoreCalled(c engine.StoreCall) {
	w.waitsMu.Lock()
	defer w.waitsMu.Unlock()
	w.store = append(w.store, c.Operation)
	if c.Err != nil {
		w.faults = append(w.faults, c.Err)
	}
}

func (w *waits) Finished(webhook.Delivery) { w.settled <- struct{}{} }

// What carries an event shows how long it waits for the store and the guests.
func TestObservedCalls(t *testing.T) {
	server, got := sink(t)
	seen := &waits{settled: make(chan struct{}, 1)}
	eng := open(t, engine.Config{
		Endpoints:     map[string]engine.Endpoint{"e": {URL: server.URL, Sign: engine.NoVerification}},
		Subscriptions: []engine.Subscription{{Source: engine.AppSource, Endpoint: "e", Transform: "t.js"}},
		Transforms:    map[string]engine.GuestCode{"t.js": {Name: "t.js", Code: []byte("export default (event) => event")}},
		Guests:        rulesOnly, Store: openStore(t), AllowNetworks: loopback, Observer: seen,
	})
	// What is there before the engine runs is leased.
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "a.b", Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	run(t, eng)
	<-got
	<-seen.settled
	seen.waitsMu.Lock()
	defer seen.waitsMu.Unlock()
	if want := []webhook.Hook{webhook.HookTransform}; !slices.Equal(seen.guests, want) {
		t.Errorf("guests called = %v, want %v", seen.guests, want)
	}
	for _, want := range []string{"accept", "next_due", "lease", "expand", "settle"} {
		if !slices.Contains(seen.store, want) {
			t.Errorf("operations = %v, want %s among them", seen.store, want)
		}
	}
	if len(seen.faults) > 0 {
		t.Errorf("faults = %v, want none", seen.faults)
	}
}

// An error of the store is told with the call.
func TestObservedStoreFailure(t *testing.T) {
	seen := &waits{}
	broken := errors.New("disk full")
	eng := open(t, engine.Config{Store: full{openStore(t), broken}, Observer: seen})
	if _, err := eng.Publish(t.Context(), engine.Publication{Body: []byte(`{}`)}); !errors.Is(err, broken) {
		t.Fatalf("Publish = %v, want %v", err, broken)
	}
	if want := []error{broken}; !slices.Equal(seen.faults, want) {
		t.Errorf("faults = %v, want %v", seen.faults, want)
	}
}

// full is a store that accepts nothing.
type full struct {
	store.Store
	err error
}

func (s full) Accept(context.Context, store.Acceptance) (store.Receipt, error) {
	return store.Receipt{}, s.err
}
