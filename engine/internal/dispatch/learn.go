package dispatch

import (
	"github.com/hookseal/hookseal/engine/webhook"
)

// learn has the next attempts at an endpoint follow from this one.
func (d *Dispatcher) learn(name string, e Endpoint, made webhook.Attempt) {
	switch p := d.slots.learn(name, e, made, d.config.Jitter()); {
	case p.opened:
		d.config.Log.Warn("endpoint is left alone for a while", "endpoint", name, "failures", p.failures, "next_try", p.until)
	case p.closed:
		d.config.Log.Info("endpoint is back", "endpoint", name)
	}
}

// disabled deals with an endpoint that its policy has disabled: when it is enabled
// again it begins anew.
func (d *Dispatcher) disabled(h webhook.Health) {
	d.config.Log.Warn("endpoint disabled, its deliveries are held", "endpoint", h.Endpoint, "why", h.Why)
	d.slots.forget(h.Endpoint, (*d.endpoints.Load())[h.Endpoint])
	if d.config.Observer.EndpointDisabled != nil {
		d.config.Observer.EndpointDisabled(h)
	}
}
