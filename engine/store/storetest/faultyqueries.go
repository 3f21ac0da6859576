package storetest

import (
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Health is that of [store.Store], unless it fails.
func (f *Faulty) Health(ctx context.Context) ([]webhook.Health, error) {
	return try(f, "Health", func() ([]webhook.Health, error) { return f.Store.Health(ctx) })
}

// Changes is that of [store.Store], unless it fails.
func (f *Faulty) Changes(ctx context.Context, limit int) ([]store.Change, error) {
	return try(f, "Changes", func() ([]store.Change, error) { return f.Store.Changes(ctx, limit) })
}

// Event is that of [store.Store], unless it fails.
func (f *Faulty) Event(ctx context.Context, id string) (webhook.Event, error) {
	return try(f, "Event", func() (webhook.Event, error) { return f.Store.Event(ctx, id) })
}

// Events is that of [store.Store], unless it fails.
func (f *Faulty) Events(ctx context.Context, q store.EventQuery) ([]webhook.Event, error) {
	return try(f, "Events", func() ([]webhook.Event, error) { return f.Store.Events(ctx, q) })
}

// Delivery is that of [store.Store], unless it fails.
func (f *Faulty) Delivery(ctx context.Context, id string) (webhook.Delivery, error) {
	return try(f, "Delivery", func() (webhook.Delivery, error) { return f.Store.Delivery(ctx, id) })
}

// Deliveries is that of [store.Store], unless it fails.
func (f *Faulty) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]webhook.Delivery, error) {
	return try(f, "Deliveries", func() ([]webhook.Delivery, error) { return f.Store.Deliveries(ctx, q) })
}

// Attempts is that of [store.Store], unless it fails.
func (f *Faulty) Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error) {
	return try(f, "Attempts", func() ([]webhook.Attempt, error) { return f.Store.Attempts(ctx, delivery) })
}

// Counts is that of [store.Store], unless it fails.
func (f *Faulty) Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error) {
	return try(f, "Counts", func() (map[webhook.DeliveryState]int64, error) { return f.Store.Counts(ctx) })
}

// Prune is that of [store.Store], unless it fails.
func (f *Faulty) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	return try(f, "Prune", func() (store.Pruned, error) { return f.Store.Prune(ctx, req) })
}

// Erase is that of [store.Store], unless it fails.
func (f *Faulty) Erase(ctx context.Context, id string, now time.Time) error {
	return tryAll(f, "Erase", func() error { return f.Store.Erase(ctx, id, now) })
}

// Ping is that of [store.Store], unless it fails.
func (f *Faulty) Ping(ctx context.Context) error {
	return tryAll(f, "Ping", func() error { return f.Store.Ping(ctx) })
}
