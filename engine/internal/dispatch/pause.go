package dispatch

import (
	"fmt"
	"time"
)

// Pause says that nothing is sent to an endpoint for now, though it is enabled.
type Pause struct {
	// Until is when the next attempt may begin.
	Until time.Time `json:"until"`
	// Why is one line.
	Why string `json:"why"`
}

// Pauses returns the endpoints that are left alone at present, since their breaker
// is open or since they asked for it.
func (d *Dispatcher) Pauses() map[string]Pause { return d.slots.pauses(time.Now()) }

func (s *slots) pauses(now time.Time) map[string]Pause {
	s.mu.Lock()
	defer s.mu.Unlock()
	paused := map[string]Pause{}
	for name, g := range s.watched {
		if until, why := g.paused(now); why != "" {
			paused[name] = Pause{Until: until, Why: why}
		}
	}
	return paused
}

// paused says until when, and why nothing may begin but for the rate; why is empty
// where something may.
func (g *gate) paused(now time.Time) (until time.Time, why string) {
	switch {
	case g.opened.After(now) && !g.slowed.After(g.opened):
		return g.opened, fmt.Sprintf("no answer or a 5xx, %d in a row", g.failures)
	case g.slowed.After(now):
		return g.slowed, "the endpoint asked for a pause by 429 or 503"
	}
	return time.Time{}, ""
}
