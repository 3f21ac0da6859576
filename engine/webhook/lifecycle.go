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
	// DisableAfter says when failures disable the endpoint.
	DisableAfter DisableRule
}

// DisableRule says when failures disable an endpoint. The zero rule never does.
type DisableRule struct {
	// Failures disables when the count of consecutive failures exceeds it; zero
	// does not look at the count.
	Failures int
	// Attempts counts every failed attempt instead of every exhausted delivery.
	Attempts bool
	// For disables at a failed attempt that comes so long after the first of a
	// row of failures; zero does not look at the time.
	For time.Duration
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
	// HealthFailing: an attempt failed, which is not counted.
	HealthFailing
	// HealthBad: a failure that is counted towards disabling.
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
	next := Next{Error: a.Error, Health: HealthFailing}
	if a.Status != 0 {
		next.Error = strings.TrimSpace(fmt.Sprintf("endpoint answered %d %s", a.Status, http.StatusText(a.Status)))
	}
	if a.Status == http.StatusGone {
		next.State, next.Health = Held, HealthGone
		return next
	}
	if p.DisableAfter.Attempts {
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
	// FailingSince is when the first failed attempt since the last success was
	// settled, zero if none has failed since.
	FailingSince time.Time
}

// Apply returns the health after a signal, under the rule of a policy.
func (h Health) Apply(signal HealthSignal, rule DisableRule, now time.Time) Health {
	switch signal {
	case HealthUnchanged:
		return h
	case HealthGood:
		h.Failures = 0
		if !h.FailingSince.IsZero() {
			h.FailingSince = time.Time{}
		}
		return h
	}
	if h.FailingSince.IsZero() {
		h.FailingSince = now
	}
	if signal != HealthFailing {
		h.Failures++
	}
	if why := rule.broken(h, signal, now); why != "" && !h.Disabled {
		h.Disabled, h.Since, h.Why = true, now, why
	}
	return h
}

// broken says in one line why an endpoint is to be disabled, empty if it is not.
func (r DisableRule) broken(h Health, signal HealthSignal, now time.Time) string {
	switch lasted := now.Sub(h.FailingSince); {
	case signal == HealthGone:
		return "endpoint answered 410 Gone"
	case r.Failures > 0 && signal == HealthBad && h.Failures > r.Failures:
		what := "exhausted deliveries"
		if r.Attempts {
			what = "failed attempts"
		}
		return fmt.Sprintf("%d %s in a row, more than %d", h.Failures, what, r.Failures)
	case r.For > 0 && lasted >= r.For:
		return fmt.Sprintf("no success for %v, since a failure at %s", r.For, h.FailingSince.UTC().Format(time.RFC3339))
	}
	return ""
}

// Enable returns the health of an endpoint that an operator enables: nothing of
// its failures is left. Since moves only if it was disabled.
func (h Health) Enable(now time.Time) Health {
	if h.Disabled {
		h.Since = now
	}
	return Health{Endpoint: h.Endpoint, Since: h.Since}
}

// Disable returns the health of an endpoint that an operator disables. Since
// moves only if it was enabled.
func (h Health) Disable(why string, now time.Time) Health {
	if !h.Disabled {
		h.Disabled, h.Since = true, now
	}
	h.Why = why
	return h
}
