package dispatch

import (
	"net/http"
	"time"

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

// change has an endpoint's gate learn something.
func (s *slots) change(name string, e Endpoint, learn func(g *gate)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gate(name, e)
	running := g.running
	s.count(g, -running)
	learn(g)
	s.count(g, running)
	s.watched[name] = g
	s.tidy(name, g)
}

// spared notes that an endpoint need not be sent a delivery.
func (s *slots) spared(name string, e Endpoint) {
	s.change(name, e, func(g *gate) { g.spared(e) })
}

// forget begins anew with an endpoint.
func (s *slots) forget(name string, e Endpoint) { s.change(name, e, (*gate).forget) }

// pause is what an endpoint's gate has come to.
type pause struct {
	// opened and closed say that the breaker did so just now.
	opened, closed bool
	// failures are in a row, and until is when the next attempt may begin.
	failures int
	until    time.Time
}

// learn notes what came of an attempt.
func (s *slots) learn(name string, e Endpoint, a webhook.Attempt, jitter float64) (p pause) {
	now := time.Now()
	s.change(name, e, func(g *gate) {
		open := !g.opened.IsZero()
		if isOverloaded(a) {
			g.overloaded(min(a.RetryAfter, e.Policy.MaxRetryAfter), now, jitter)
		}
		switch {
		case isAbsent(a):
			p.opened = g.absent(e, now, jitter)
		// One that is gone is about to be disabled, and gets no more meanwhile.
		case !isOverloaded(a) && a.Status != http.StatusGone:
			g.answered(e, now)
		}
		p.closed = open && g.opened.IsZero()
		p.failures, p.until = g.failures, g.opened
	})
	return p
}
