package engine

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// MaxRetryAfter bounds the wait that an endpoint may ask for by Retry-After.
const MaxRetryAfter = 24 * time.Hour

// DefaultRetry returns the schedule of an endpoint that names none: that of the
// Standard Webhooks specification, nine retries over three days.
func DefaultRetry() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// DisableAfter says when failures disable an endpoint, whichever is first. Its
// zero value never does.
type DisableAfter struct {
	// Failures is the count of consecutive failures that disables once it is
	// exceeded; zero does not look at the count.
	Failures int
	// Attempts counts failed attempts instead of exhausted deliveries.
	Attempts bool
	// For disables at a failed attempt when there was no success for so long since
	// the first of a row of failures; zero does not look at the time.
	For time.Duration
}

// Breaker says when an endpoint that is not there is left alone: deliveries to it
// wait, and use up none of their attempts. Each node of a shared store has its
// own. The zero Breaker never opens.
type Breaker struct {
	// Failures opens it at so many consecutive attempts that got no answer, a 5xx
	// or a 408; zero never does.
	Failures int
	// Pause is how long nothing is sent then (10 seconds). One attempt follows,
	// with the delivery that is due for longest: if it fails, too, the pause is
	// doubled, up to MaxPause (5 minutes).
	Pause, MaxPause time.Duration
}

func (b *Breaker) check() error {
	switch {
	case b == nil:
		return nil
	case b.Failures < 0 || b.Pause < 0 || b.MaxPause < 0:
		return errors.New("must have no negative values")
	case b.MaxPause > 0 && b.Pause > b.MaxPause:
		return fmt.Errorf("begins with a pause of %v, which is more than the longest of %v", b.Pause, b.MaxPause)
	}
	return nil
}

// dispatched returns the breaker with its defaults, nil for those of the
// dispatcher.
func (b *Breaker) dispatched() *dispatch.Breaker {
	if b == nil {
		return nil
	}
	d := dispatch.Breaker(*b)
	if d.Pause == 0 {
		d.Pause = 10 * time.Second
	}
	if d.MaxPause == 0 {
		d.MaxPause = max(5*time.Minute, d.Pause)
	}
	return &d
}

func (c Endpoint) checkPolicy(f *partFaults) {
	f.add("breaker", c.Breaker.check())
	if !(c.Rate >= 0) || math.IsInf(c.Rate, 1) {
		f.note("rate", "%v must be a number that is not negative: zero is no limit", c.Rate)
	}
	if d := c.DisableAfter; d != nil && (d.Failures < 0 || d.For < 0) {
		f.note("disable_after", "must have no negative values: zero never disables")
	}
}

// defaultRetry is [DefaultRetry], of which all endpoints share one.
func (s *snapshot) defaultRetry() []time.Duration {
	if s.retry == nil {
		s.retry = DefaultRetry()
	}
	return s.retry
}

// policyOf joins what the endpoint says with the sender that it plays.
func (s *snapshot) policyOf(c Endpoint, pack *catalog.Pack) webhook.DeliveryPolicy {
	p := webhook.DeliveryPolicy{Retry: c.Retry, MaxRetryAfter: MaxRetryAfter}
	if c.As != "" {
		sender := pack.Provider.Sender
		if p.Retry == nil {
			p.Retry = catalog.Durations(sender.Retry)
		}
		after := sender.DisableAfter
		p.DisableAfter = webhook.DisableRule{Failures: after.Failures, Attempts: after.Of == "attempts", For: time.Duration(after.For)}
	}
	if p.Retry == nil {
		p.Retry = s.defaultRetry()
	}
	if d := c.DisableAfter; d != nil {
		p.DisableAfter = webhook.DisableRule{Failures: d.Failures, Attempts: d.Attempts, For: d.For}
	}
	return p
}
