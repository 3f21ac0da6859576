package receive

import (
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
}

// Wants reports whether the subscription takes the event.
func (s *Subscription) Wants(ev *webhook.Event) bool {
	if s.Source != ev.Source {
		return false
	}
	if len(s.Types) == 0 {
		return true
	}
	for _, pattern := range s.Types {
		if matchType(pattern, ev.Type) {
			return true
		}
	}
	return false
}

func matchType(pattern, typ string) bool {
	if pattern == "*" {
		return true
	}
	if above, ok := strings.CutSuffix(pattern, ".*"); ok {
		return strings.HasPrefix(typ, above+".")
	}
	return pattern == typ
}

// Route returns the deliveries that are owed for an event.
func Route(subscriptions []Subscription, ev *webhook.Event, now time.Time) []webhook.Delivery {
	var owed []webhook.Delivery
	for i := range subscriptions {
		s := &subscriptions[i]
		if !s.Wants(ev) {
			continue
		}
		owed = append(owed, webhook.Delivery{
			ID: identifier.NewDelivery(), MessageID: ev.ID, EventID: ev.ID,
			Subscription: s.Name, Endpoint: s.Endpoint, Transform: s.Transform,
			State: webhook.Pending, Due: now, Created: now,
		})
	}
	return owed
}
