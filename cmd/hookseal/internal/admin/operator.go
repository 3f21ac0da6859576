package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Operator does what an operator may do to deliveries and endpoints.
type Operator interface {
	// Redeliver makes a final delivery due again. It returns
	// [store.ErrNotFound], [store.ErrNotFinal] and [store.ErrErased].
	Redeliver(ctx context.Context, id string) error
	// Erase removes what an event says. It returns [store.ErrNotFound].
	Erase(ctx context.Context, event string) error
	// SetDisabled disables or enables an endpoint. It returns
	// [store.ErrNotFound] for one that is not configured.
	SetDisabled(ctx context.Context, endpoint string, disabled bool) (webhook.Health, error)
	// Pauses returns the endpoints that a server leaves alone for now.
	Pauses(ctx context.Context) (map[string]engine.EndpointPause, error)
}

// Local is the operator of a store that this process has open.
type Local struct {
	Store store.Store
	// Endpoints returns the names of those that are configured.
	Endpoints func() []string
	// Wake is called after a change that made something due, and Changed after an
	// endpoint was disabled or enabled; nil is not called.
	Wake    func()
	Changed func(endpoint string)
	// Paused returns the endpoints that are left alone for now; nil is none.
	Paused func() map[string]engine.EndpointPause
}

// Redeliver implements [Operator].
func (l *Local) Redeliver(ctx context.Context, id string) error {
	if err := l.Store.Redeliver(ctx, id, time.Now()); err != nil {
		return err
	}
	l.wake()
	return nil
}

// Erase implements [Operator].
func (l *Local) Erase(ctx context.Context, event string) error {
	err := l.Store.Erase(ctx, event, time.Now())
	// What waited in an order for a delivery of the event may go now, also where
	// the event was erased and the log was not emptied.
	l.wake()
	return err
}

// SetDisabled implements [Operator].
func (l *Local) SetDisabled(ctx context.Context, endpoint string, disabled bool) (webhook.Health, error) {
	if names := l.Endpoints(); !slices.Contains(names, endpoint) {
		return webhook.Health{}, fmt.Errorf("endpoint %q: %w; endpoints are %s", endpoint, store.ErrNotFound, strings.Join(names, ", "))
	}
	why := ""
	if disabled {
		why = "disabled by an operator"
	}
	h, err := l.Store.SetDisabled(ctx, endpoint, disabled, why, time.Now())
	if err == nil && l.Changed != nil {
		l.Changed(endpoint)
	}
	return h, err
}

// Pauses implements [Operator].
func (l *Local) Pauses(context.Context) (map[string]engine.EndpointPause, error) {
	if l.Paused == nil {
		return nil, nil
	}
	return l.Paused(), nil
}

func (l *Local) wake() {
	if l.Wake != nil {
		l.Wake()
	}
}
