package engine

import (
	"context"
	"errors"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// observedStore tells the observer of the calls that carry events. Whatever else
// a store may be (a [store.Waker]) is asked of the store itself.
type observedStore struct {
	store.Store
	observer Observer
}

// called reports a call that began at start and ends now.
func (s *observedStore) called(operation string, start time.Time, err error) {
	if errors.Is(err, store.ErrLeaseLost) {
		err = nil
	}
	s.observer.StoreCalled(StoreCall{Operation: operation, Took: time.Since(start), Err: err})
}

func (s *observedStore) Accept(ctx context.Context, a store.Acceptance) (receipt store.Receipt, err error) {
	start := time.Now()
	receipt, err = s.Store.Accept(ctx, a)
	s.called("accept", start, err)
	return receipt, err
}

func (s *observedStore) Lookup(ctx context.Context, source, dedupKey string) (store.Receipt, bool, error) {
	start := time.Now()
	receipt, kept, err := s.Store.Lookup(ctx, source, dedupKey)
	s.called("lookup", start, err)
	return receipt, kept, err
}

func (s *observedStore) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	start := time.Now()
	due, err := s.Store.NextDue(ctx, except...)
	s.called("next_due", start, err)
	return due, err
}

func (s *observedStore) Lease(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	start := time.Now()
	leases, err := s.Store.Lease(ctx, req)
	s.called("lease", start, err)
	return leases, err
}

func (s *observedStore) Extend(ctx context.Context, ref store.LeaseRef, until time.Time) error {
	start := time.Now()
	err := s.Store.Extend(ctx, ref, until)
	s.called("extend", start, err)
	return err
}

func (s *observedStore) Expand(ctx context.Context, ref store.LeaseRef, outputs []webhook.Output, hash string) (webhook.Delivery, error) {
	start := time.Now()
	delivery, err := s.Store.Expand(ctx, ref, outputs, hash)
	s.called("expand", start, err)
	return delivery, err
}

func (s *observedStore) Settle(ctx context.Context, settlements []store.Settlement) ([]webhook.Health, error) {
	start := time.Now()
	changed, err := s.Store.Settle(ctx, settlements)
	s.called("settle", start, err)
	return changed, err
}

func (s *observedStore) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	start := time.Now()
	gone, err := s.Store.Prune(ctx, req)
	s.called("prune", start, err)
	return gone, err
}

// observedLoader loads guests whose calls the observer is told of.
type observedLoader struct {
	webhook.GuestLoader
	observer Observer
}

func observedLoaders(loaders []webhook.GuestLoader, observer Observer) []webhook.GuestLoader {
	observed := make([]webhook.GuestLoader, len(loaders))
	for i, loader := range loaders {
		observed[i] = observedLoader{loader, observer}
	}
	return observed
}

func (l observedLoader) Load(ctx context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	guest, err := l.GuestLoader.Load(ctx, code)
	if err != nil {
		return nil, err
	}
	return &observedGuest{guest, l.observer}, nil
}

// observedGuest tells the observer of each call.
type observedGuest struct {
	webhook.Guest
	observer Observer
}

func (g *observedGuest) called(hook webhook.Hook, start time.Time, err error) {
	g.observer.GuestCalled(GuestCall{Guest: g.Name(), Hook: hook, Took: time.Since(start), Err: err})
}

func (g *observedGuest) Claim(ctx context.Context, req *Request, settings map[string]string) (*webhook.Claim, error) {
	start := time.Now()
	claim, err := g.Guest.Claim(ctx, req, settings)
	g.called(webhook.HookClaim, start, err)
	return claim, err
}

func (g *observedGuest) Transform(ctx context.Context, ev *Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	start := time.Now()
	outputs, err := g.Guest.Transform(ctx, ev, tc)
	g.called(webhook.HookTransform, start, err)
	return outputs, err
}
