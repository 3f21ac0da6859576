package webhook

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// DeliveryPolicy is how an endpoint's deliveries are tried.
type DeliveryPolicy struct {
	// Retry are the waits before the second, third … attempt. After the last
	// the delivery is exhausted.
	Retry []time.Duration
	// MaxRetryAfter bounds the wait that an endpoint may ask for; zero does not
	// listen to it.
	MaxRetryAfter time.Duration
	// DisableAfter disables the endpoint when the count of consecutive
	// failures exceeds it; zero never does.
	DisableAfter int
	// CountAttempts counts every failed attempt towards DisableAfter instead
	// of every exhausted delivery.
	CountAttempts bool
}

// Next is what follows from an attempt.
type Next struct {
	// State is where the delivery stands now.
	State DeliveryState
	// Due is when a pending delivery is tried again.
	Due time.Time
	// Error becomes the delivery's LastError, empty after success.
	Error string
	// Health is what the attempt says about the endpoint.
	Health HealthSignal
}

// HealthSignal is what an attempt says about its endpoint.
type HealthSignal uint8

// The signals.
const (
	// HealthUnchanged: the attempt does not count.
	HealthUnchanged HealthSignal = iota
	// HealthGood: the endpoint took an event.
	HealthGood
	// HealthBad: a failure that counts towards disabling.
	HealthBad
	// HealthGone: the endpoint said 410, and is disabled at once.
	HealthGone
)

// After decides what follows when attempt number made (counted from 1 since the
// delivery was last made due by an operator) ended as a. Jitter, from 0 to 1,
// adds up to a fifth to the wait.
func (p DeliveryPolicy) After(made int, a Attempt, now time.Time, jitter float64) Next {
	if a.Succeeded() {
		return Next{State: Delivered, Health: HealthGood}
	}
	next := Next{Error: a.Error}
	if a.Status != 0 {
		next.Error = strings.TrimSpace(fmt.Sprintf("endpoint answered %d %s", a.Status, http.StatusText(a.Status)))
	}
	if a.Status == http.StatusGone {
		next.State, next.Health = Held, HealthGone
		return next
	}
	if p.CountAttempts {
		next.Health = HealthBad
	}
	if made > len(p.Retry) {
		next.State, next.Health = Exhausted, HealthBad
		return next
	}
	wait := p.Retry[made-1]
	wait += time.Duration(float64(wait) * 0.2 * jitter)
	if asked := min(a.RetryAfter, p.MaxRetryAfter); asked > wait {
		wait = asked
	}
	next.State, next.Due = Pending, now.Add(wait)
	return next
}

// Health is the state of an endpoint as its deliveries have shaped it. The zero
// Health is enabled.
type Health struct {
	// Endpoint is its name.
	Endpoint string
	// Disabled holds its deliveries until an operator enables it.
	Disabled bool
	// Why says in one line why the endpoint is disabled.
	Why string
	// Since is when Disabled last changed.
	Since time.Time
	// Failures counts consecutive failures.
	Failures int
}

// Apply returns the health after a signal under the threshold of a policy.
func (h Health) Apply(signal HealthSignal, disableAfter int, now time.Time) Health {
	switch signal {
	case HealthGood:
		h.Failures = 0
	case HealthBad:
		h.Failures++
		if disableAfter > 0 && h.Failures > disableAfter && !h.Disabled {
			h.Disabled, h.Since = true, now
			h.Why = fmt.Sprintf("%d consecutive failures, more than %d", h.Failures, disableAfter)
		}
	case HealthGone:
		h.Failures++
		if !h.Disabled {
			h.Disabled, h.Since, h.Why = true, now, "endpoint answered 410 Gone"
		}
	}
	return h
}
