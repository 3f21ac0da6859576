package receive

import (
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Subscription says which events go to which endpoint.
type Subscription struct {
	Name   string
	Source string
	// Types are patterns: "*" is everything, "a.*" any depth below a. None is
	// everything.
	Types     []string
	Transform string
	Endpoint  string
	// OrderBy is a text that [CheckOrder] passes.
	OrderBy string
}

// routes finds the subscriptions that take an event, without looking at the others.
type routes struct {
	subscriptions []Subscription
	// byPattern are the places of the subscriptions that have a pattern.
	byPattern map[routeKey][]int
	// longest is the length of the longest name above a star. A type may be as long
	// as its sender likes, and no more of it is looked up.
	longest int
}

// routeKey is a pattern of a source.
type routeKey struct {
	source string
	kind   patternKind
	// name is the type, or what stands above the star.
	name string
}

type patternKind byte

const (
	everything patternKind = iota
	exactly
	below
)

func newRoutes(subscriptions []Subscription) *routes {
	r := &routes{subscriptions: subscriptions, byPattern: map[routeKey][]int{}}
	for i, s := range subscriptions {
		if len(s.Types) == 0 {
			r.add(routeKey{source: s.Source, kind: everything}, i)
		}
		for _, pattern := range s.Types {
			r.add(keyOf(s.Source, pattern), i)
		}
	}
	return r
}

func (r *routes) add(k routeKey, i int) {
	r.byPattern[k] = append(r.byPattern[k], i)
	if k.kind == below {
		r.longest = max(r.longest, len(k.name))
	}
}

func keyOf(source, pattern string) routeKey {
	if pattern == "*" {
		return routeKey{source: source, kind: everything}
	}
	if above, ok := strings.CutSuffix(pattern, ".*"); ok {
		return routeKey{source, below, above}
	}
	return routeKey{source, exactly, pattern}
}

// takers returns the places of the subscriptions that take events of that source
// and type, in their order and each once.
func (r *routes) takers(source, typ string) []int {
	found := slices.Clone(r.byPattern[routeKey{source: source, kind: everything}])
	found = append(found, r.byPattern[routeKey{source, exactly, typ}]...)
	for i := range min(len(typ), r.longest+1) {
		if typ[i] == '.' {
			found = append(found, r.byPattern[routeKey{source, below, typ[:i]}]...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Route returns the deliveries that are owed for an event. The intake is prepared.
func (in *Intake) Route(ev *webhook.Event, now time.Time) []webhook.Delivery {
	var owed []webhook.Delivery
	for _, i := range in.routes.takers(ev.Source, ev.Type) {
		s := &in.routes.subscriptions[i]
		owed = append(owed, webhook.Delivery{
			ID: identifier.NewDelivery(), MessageID: ev.ID, EventID: ev.ID,
			Subscription: s.Name, Endpoint: s.Endpoint, Transform: s.Transform, OrderKey: orderKey(ev, s.OrderBy),
			State: webhook.Pending, Due: now, Created: now,
		})
	}
	return owed
}
