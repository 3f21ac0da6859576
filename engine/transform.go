package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/webhook"
)

// liveTransforms finds the transforms of the current configuration.
type liveTransforms struct{ engine *Engine }

// Transform returns the guest of that name.
func (t liveTransforms) Transform(name string) (webhook.Guest, bool) {
	s := t.engine.acquire()
	if s == nil {
		return nil, false
	}
	defer s.release()
	guest, ok := s.transforms[name]
	return &liveGuest{Guest: guest, name: name, engine: t.engine}, ok
}

// liveGuest is a guest for one delivery: that of the configuration which holds
// when it is called.
type liveGuest struct {
	webhook.Guest
	name   string
	engine *Engine
}

// Transform holds the configuration until the call has ended.
func (g *liveGuest) Transform(ctx context.Context, ev *Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	s := g.engine.acquire()
	if s == nil {
		return nil, ErrClosed
	}
	defer s.release()
	guest, ok := s.transforms[g.name]
	if !ok {
		return nil, fmt.Errorf("no transform named %q is loaded", g.name)
	}
	g.Guest = guest
	tc.Settings = s.settings[tc.Subscription]
	return guest.Transform(ctx, ev, tc)
}

func (s *snapshot) openTransforms() error {
	var faults []error
	for name, code := range s.config.Transforms {
		guest, err := s.loadTransform(code)
		if err != nil {
			faults = append(faults, &Fault{Part: "transform", Name: name, Err: err})
			continue
		}
		s.transforms[name] = guest
	}
	return errors.Join(faults...)
}

func (s *snapshot) loadTransform(code GuestCode) (webhook.Guest, error) {
	ctx := context.Background()
	if code.Limits == (GuestLimits{}) {
		code.Limits = s.config.Limits.Guest
	}
	for _, loader := range s.config.Guests {
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
func (s *snapshot) checkSubscriptions() error {
	var found []error
	seen := make(map[string]bool, len(s.config.Subscriptions))
	s.intake.Subscriptions = make([]receive.Subscription, 0, len(s.config.Subscriptions))
	for i, sub := range s.config.Subscriptions {
		if sub.Name == "" {
			sub.Name = sub.Source + "->" + sub.Endpoint
		}
		f := &partFaults{part: "subscription", name: sub.Name, index: i}
		if seen[sub.Name] {
			f.note("name", "another subscription is called %q; give each a name of its own", sub.Name)
		}
		seen[sub.Name] = true
		if _, ok := s.config.Sources[sub.Source]; !ok && sub.Source != AppSource && sub.Source != NoticeSource {
			f.note("source", "no source is called %q; sources are %s", sub.Source, known(s.config.Sources))
		}
		if _, ok := s.config.Endpoints[sub.Endpoint]; !ok {
			f.note("endpoint", "no endpoint is called %q; endpoints are %s", sub.Endpoint, known(s.config.Endpoints))
		}
		if _, ok := s.config.Transforms[sub.Transform]; !ok && sub.Transform != "" {
			f.note("transform", "no transform is called %q", sub.Transform)
		}
		f.add("order_by", receive.CheckOrder(sub.OrderBy))
		found = append(found, f.found...)
		if sub.Settings != nil {
			s.settings[sub.Name] = sub.Settings
		}
		s.intake.Subscriptions = append(s.intake.Subscriptions, receive.Subscription{
			Name: sub.Name, Source: sub.Source, Types: sub.Types, Transform: sub.Transform, Endpoint: sub.Endpoint, OrderBy: sub.OrderBy,
		})
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
