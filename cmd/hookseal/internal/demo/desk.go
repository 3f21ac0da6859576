package demo

import (
	"maps"
	"sync"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// desk keeps count of what senders posted and what they were answered. It is
// the engine's observer, and safe for concurrent use.
type desk struct {
	// changed is called after every change of a count.
	changed func()
	// metrics is told everything as well.
	metrics engine.Observer

	mu      sync.Mutex
	sources map[string]*tally
	// tell prints what happens; nil while nobody looks.
	tell func(format string, args ...any)
}

// tally is what happened at one source.
type tally struct {
	// planned and sent count requests, wrong those whose answer was not the one
	// that was due.
	planned, sent int
	wrong         []string
	// What the engine says that it did.
	accepted, repeats, refused, unavailable int
	reasons                                 map[webhook.Reason]int
}

var _ engine.Observer = (*desk)(nil)

func newDesk(mail map[string][]posting, changed func(), metrics engine.Observer) *desk {
	d := &desk{changed: changed, metrics: metrics, sources: map[string]*tally{}}
	for source, postings := range mail {
		d.sources[source] = &tally{planned: len(postings), reasons: map[webhook.Reason]int{}}
	}
	return d
}

// answered records what a sender got; wrong is empty if that was due.
func (d *desk) answered(source, wrong string) {
	d.update(source, func(t *tally) {
		t.sent++
		if wrong != "" {
			t.wrong = append(t.wrong, wrong)
		}
	})
}

// Received counts an answer of the engine.
func (d *desk) Received(r engine.Reception) {
	d.metrics.Received(r)
	d.update(r.Source, func(t *tally) {
		switch r.Answer {
		case "accepted":
			t.accepted++
		case "duplicate":
			t.repeats++
		case "refused":
			t.refused++
			t.reasons[r.Reason]++
		default:
			t.unavailable++
		}
	})
	answer := r.Answer
	if r.Reason != "" {
		answer += ": " + string(r.Reason)
	}
	d.say("%-18s %s", r.Source, answer)
}

// Attempted tells of an attempt.
func (d *desk) Attempted(endpoint string, a webhook.Attempt) {
	d.metrics.Attempted(endpoint, a)
	if a.Status == 0 {
		d.say("%18s %s", "→ "+endpoint, a.Error)
		return
	}
	d.say("%18s %d", "→ "+endpoint, a.Status)
}

// Finished looks anew at what is still owed.
func (d *desk) Finished(delivery webhook.Delivery) {
	d.metrics.Finished(delivery)
	d.changed()
}

// TransformFailed tells of a guest that went wrong.
func (d *desk) TransformFailed(subscription string, err error) {
	d.metrics.TransformFailed(subscription, err)
	d.say("%-18s %v", subscription, err)
}

// EndpointDisabled tells of an endpoint that is given up.
func (d *desk) EndpointDisabled(h webhook.Health) {
	d.metrics.EndpointDisabled(h)
	d.say("%18s disabled: %s", "→ "+h.Endpoint, h.Why)
}

// GuestCalled counts a call.
func (d *desk) GuestCalled(c engine.GuestCall) { d.metrics.GuestCalled(c) }

// StoreCalled counts a call.
func (d *desk) StoreCalled(c engine.StoreCall) { d.metrics.StoreCalled(c) }

// announce has the desk print what happens from now on.
func (d *desk) announce(tell func(format string, args ...any)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tell = tell
}

func (d *desk) say(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tell != nil {
		d.tell(format, args...)
	}
}

func (d *desk) update(source string, change func(*tally)) {
	d.mu.Lock()
	if t := d.sources[source]; t != nil {
		change(t)
	}
	d.mu.Unlock()
	d.changed()
}

// settled reports whether sender and engine have counted every request.
func (d *desk) settled() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.sources {
		if t.sent < t.planned || t.accepted+t.repeats+t.refused+t.unavailable < t.planned {
			return false
		}
	}
	return true
}

// tally returns a copy of what happened at a source.
func (d *desk) tally(source string) tally {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := *d.sources[source]
	t.reasons = maps.Clone(t.reasons)
	return t
}
