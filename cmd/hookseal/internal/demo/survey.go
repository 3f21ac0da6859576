package demo

import (
	"context"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// intakes counts what has come in by now.
func (s *stage) intakes() []Intake {
	var all []Intake
	for _, provider := range providers {
		t := s.desk.tally(provider)
		all = append(all, Intake{
			Provider: provider, Planned: t.planned, Sent: t.sent,
			Accepted: t.accepted, Repeats: t.repeats, Refused: t.refused, Reasons: t.reasons,
		})
	}
	return all
}

// outflows counts what the store says of the deliveries by now.
func (s *stage) outflows(ctx context.Context) ([]Outflow, error) {
	health, err := s.store.Health(ctx)
	if err != nil {
		return nil, err
	}
	disabled := map[string]string{}
	for _, h := range health {
		if h.Disabled {
			disabled[h.Endpoint] = h.Why
		}
	}
	var all []Outflow
	for _, r := range s.roles {
		deliveries, err := s.store.Deliveries(ctx, store.DeliveryQuery{Endpoint: r.name})
		if err != nil {
			return nil, err
		}
		out := Outflow{Endpoint: r.name, Role: r.story, Disabled: disabled[r.name]}
		for i := range deliveries {
			out.count(&deliveries[i])
		}
		all = append(all, out)
	}
	return all, nil
}

func (o *Outflow) count(d *webhook.Delivery) {
	o.Owed++
	o.Attempts += d.Attempts
	o.Retries += max(0, d.Attempts-1)
	switch d.State {
	case webhook.Delivered:
		o.Delivered++
	case webhook.Dropped:
		o.Dropped++
	case webhook.Exhausted:
		o.Exhausted++
	case webhook.Failed:
		o.Failed++
	case webhook.Held:
		o.Held++
	default:
		o.Open++
	}
}

// ended reports whether nothing is left to do for any endpoint but one.
func (s *stage) ended(ctx context.Context, but string) (bool, error) {
	if !s.desk.settled() {
		return false, nil
	}
	outflows, err := s.outflows(ctx)
	if err != nil {
		return false, err
	}
	for _, out := range outflows {
		if out.Open > 0 && out.Endpoint != but {
			return false, nil
		}
	}
	return true, nil
}
