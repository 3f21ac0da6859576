package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/webhook"
)

// transforms are the loaded guests by name.
type transforms struct {
	guests atomic.Pointer[map[string]webhook.Guest]
}

// Transform returns the guest of that name.
func (t *transforms) Transform(name string) (webhook.Guest, bool) {
	guest, ok := (*t.guests.Load())[name]
	return guest, ok
}

func (t *transforms) close(ctx context.Context) error {
	var faults []error
	for _, guest := range *t.guests.Load() {
		faults = append(faults, guest.Close(ctx))
	}
	return errors.Join(faults...)
}

func (e *Engine) openTransforms() error {
	guests := map[string]webhook.Guest{}
	e.transforms = &transforms{}
	e.transforms.guests.Store(&guests)
	var faults []error
	for name, code := range e.config.Transforms {
		guest, err := e.loadTransform(code)
		if err != nil {
			faults = append(faults, &Fault{Part: "transform", Name: name, Err: err})
			continue
		}
		guests[name] = guest
	}
	return errors.Join(faults...)
}

func (e *Engine) loadTransform(code GuestCode) (webhook.Guest, error) {
	ctx := context.Background()
	if code.Limits == (GuestLimits{}) {
		code.Limits = e.config.Limits.Guest
	}
	for _, loader := range e.config.Guests {
		if !slices.Contains(loader.Extensions(), path.Ext(code.Name)) {
			continue
		}
		guest, err := loader.Load(ctx, code)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(guest.Hooks(), webhook.HookTransform) {
			return nil, errors.Join(fmt.Errorf("%s has no transform", code.Name), guest.Close(ctx))
		}
		return guest, nil
	}
	return nil, fmt.Errorf("no guest loader takes %s", code.Name)
}

// checkSubscriptions names the subscriptions and checks what they refer to.
func (e *Engine) checkSubscriptions() error {
	var found []error
	seen := map[string]bool{}
	for i, s := range e.config.Subscriptions {
		if s.Name == "" {
			s.Name = s.Source + "->" + s.Endpoint
		}
		f := &partFaults{part: "subscription", name: s.Name, index: i}
		if seen[s.Name] {
			f.note("name", "another subscription is called %q; give each a name of its own", s.Name)
		}
		seen[s.Name] = true
		if _, ok := e.config.Sources[s.Source]; !ok && s.Source != AppSource {
			f.note("source", "no source is called %q; sources are %s", s.Source, known(e.config.Sources))
		}
		if _, ok := e.config.Endpoints[s.Endpoint]; !ok {
			f.note("endpoint", "no endpoint is called %q; endpoints are %s", s.Endpoint, known(e.config.Endpoints))
		}
		if _, ok := e.config.Transforms[s.Transform]; !ok && s.Transform != "" {
			f.note("transform", "no transform is called %q", s.Transform)
		}
		found = append(found, f.found...)
		e.intake.Subscriptions = append(e.intake.Subscriptions, receive.Subscription(s))
	}
	return errors.Join(found...)
}

// known lists the names of a map in order.
func known[T any](parts map[string]T) string {
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(parts)), ", ")
}
