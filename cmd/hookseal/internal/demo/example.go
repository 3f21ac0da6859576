package demo

import (
	"context"
	"slices"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// examples finds an event for each guest, before and after it.
func (j *jury) examples(ctx context.Context) ([]Example, error) {
	var all []Example
	for _, pick := range []struct{ endpoint, source, typ string }{
		{"crm", chaindoc, "document.created"}, {"lake", standard, "invoice.paid"},
	} {
		deliveries, err := j.stage.store.Deliveries(ctx, store.DeliveryQuery{Endpoint: pick.endpoint, State: webhook.Delivered})
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(deliveries, func(d webhook.Delivery) bool {
			e := j.events[d.EventID]
			return e.Source == pick.source && e.Type == pick.typ
		})
		if at < 0 {
			continue
		}
		d, err := j.stage.store.Delivery(ctx, deliveries[at].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, Example{
			Transform: d.Transform, Source: pick.source, Endpoint: pick.endpoint,
			In: string(j.events[d.EventID].Body), Out: string(d.Output.Body),
		})
	}
	return all, nil
}
