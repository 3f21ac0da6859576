package dispatch

import (
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/internal/rate"
	"github.com/hookseal/hookseal/engine/webhook"
)

// gate is what this node has learned of an endpoint, and says by that how many
// deliveries may be under way to it.
type gate struct {
	running int
	// promised is how many more the call of Lease that is under way may bring.
	promised int
	// blocked says that nothing could begin when last looked, behind that something
	// may be due which was accepted before: what comes now waits its turn.
	blocked, behind bool
	// window is the most that may be: one to begin with, one more after each
	// answer, half as many after each failure.
	window int
	// failures counts those in a row that say that the endpoint is not there.
	failures int
	// opened is until when the breaker lets nothing through, and opens how often
	// it has opened in a row.
	opened time.Time
	opens  int
	// slowed is until when the endpoint is left alone since it asked for that,
	// and slows how often in a row.
	slowed time.Time
	slows  int
	// limiter is nil for an endpoint without a rate.
	limiter *rate.Limiter
}

// The wait for an endpoint that is overloaded and does not say for how long:
// doubled each time in a row.
const (
	firstSlowing = time.Second
	mostSlowing  = time.Minute
)

func newGate(e Endpoint) *gate {
	g := &gate{window: 1}
	g.setRate(e.Rate)
	return g
}

// setRate takes over a rate per second, zero for none. What was not used is kept
// for a tenth of a second, so that what is behind does not come all at once.
func (g *gate) setRate(perSecond float64) {
	burst := max(1, int(perSecond/10))
	switch {
	case perSecond <= 0:
		g.limiter = nil
	case g.limiter == nil || !g.limiter.Same(perSecond, burst):
		g.limiter = rate.New(perSecond, burst)
	}
}

// forget begins anew with the endpoint. What is under way stays, and what waits
// comes first.
func (g *gate) forget() {
	*g = gate{running: g.running, promised: g.promised, behind: true, window: 1, limiter: g.limiter}
}

// failing reports whether the endpoint was not there when last asked.
func (g *gate) failing() bool { return g.failures > 0 }

// opening is when something may begin, unless too much is under way: zero for at
// once.
func (g *gate) opening(now time.Time) time.Time {
	at := g.opened
	if g.slowed.After(at) {
		at = g.slowed
	}
	if g.limiter != nil {
		if _, wait := g.limiter.Left(now); now.Add(wait).After(at) {
			at = now.Add(wait)
		}
	}
	if !at.After(now) {
		return time.Time{}
	}
	return at
}

// room is how many more the gate lets through, of as many slots as its endpoint
// has.
func (g *gate) room(slots int, now time.Time) int {
	if !g.opening(now).IsZero() {
		return 0
	}
	n := min(g.window, slots) - g.running - g.promised
	if g.limiter != nil {
		left, _ := g.limiter.Left(now)
		n = min(n, left-g.promised)
	}
	return max(0, n)
}

// answered notes that the endpoint dealt with a delivery: an answer that concerns
// that delivery alone says, too, that the endpoint is there.
func (g *gate) answered(e Endpoint, now time.Time) {
	g.failures, g.opens, g.opened = 0, 0, time.Time{}
	if !now.Before(g.slowed) {
		g.slows = 0
	}
	g.window = min(g.window+1, e.slots())
}

// spared notes that a delivery ended without an attempt.
func (g *gate) spared(e Endpoint) {
	if !g.failing() {
		g.window = min(g.window+1, e.slots())
	}
}

// absent notes that the endpoint was not there, and reports whether the breaker
// opened thereby. What was under way when it opened does not open it further.
func (g *gate) absent(e Endpoint, now time.Time, jitter float64) (opened bool) {
	g.window = max(1, g.window/2)
	g.failures++
	b := e.breaker()
	if b.Failures == 0 || g.failures < b.Failures || now.Before(g.opened) {
		return false
	}
	g.opened = now.Add(grown(b.Pause, b.MaxPause, g.opens, jitter))
	g.opens++
	g.window = 1
	return true
}

// overloaded notes that the endpoint asked for less, and for how long if it said
// so. Answers to what was under way when it did so first count as one.
func (g *gate) overloaded(asked time.Duration, now time.Time, jitter float64) {
	g.window = max(1, g.window/2)
	if !now.Before(g.slowed) {
		g.slowed = now.Add(grown(firstSlowing, mostSlowing, g.slows, jitter))
		g.slows++
	}
	if until := now.Add(asked); until.After(g.slowed) {
		g.slowed = until
	}
}

// grown doubles a wait so many times, up to a bound, and adds up to a fifth.
func grown(first, most time.Duration, times int, jitter float64) time.Duration {
	wait := first
	for ; times > 0 && wait < most; times-- {
		wait *= 2
	}
	wait = min(wait, most)
	return wait + time.Duration(float64(wait)*0.2*jitter)
}

// isAbsent reports whether an attempt says that nobody is there who could judge a
// delivery.
func isAbsent(a webhook.Attempt) bool {
	return a.Status == 0 || a.Status >= 500 || a.Status == http.StatusRequestTimeout
}

// isOverloaded reports whether an attempt asks for less.
func isOverloaded(a webhook.Attempt) bool {
	return a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable
}
