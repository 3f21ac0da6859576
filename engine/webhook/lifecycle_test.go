package webhook_test

import (
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestDeliveryPolicyAfter(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	schedule := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}
	policy := webhook.DeliveryPolicy{Retry: schedule, MaxRetryAfter: time.Hour, DisableAfter: 5}
	counting := policy
	counting.CountAttempts = true
	deaf := policy
	deaf.MaxRetryAfter = 0
	once := webhook.DeliveryPolicy{DisableAfter: 5}

	pending := func(wait time.Duration, why string) webhook.Next {
		return webhook.Next{State: webhook.Pending, Due: now.Add(wait), Error: why}
	}
	const unavailable = "endpoint answered 503 Service Unavailable"
	tests := []struct {
		name    string
		policy  webhook.DeliveryPolicy
		made    int
		attempt webhook.Attempt
		jitter  float64
		want    webhook.Next
	}{
		{
			"success", policy, 1,
			webhook.Attempt{Status: 204},
			0.5,
			webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
		},
		{
			"success at last", policy, 4,
			webhook.Attempt{Status: 200},
			0,
			webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
		},
		{"first failure", policy, 1, webhook.Attempt{Status: 503}, 0, pending(time.Minute, unavailable)},
		{"second failure", policy, 2, webhook.Attempt{Status: 503}, 0, pending(5*time.Minute, unavailable)},
		{"third failure", policy, 3, webhook.Attempt{Status: 503}, 0, pending(15*time.Minute, unavailable)},
		{
			"last failure", policy, 4,
			webhook.Attempt{Status: 503},
			0,
			webhook.Next{State: webhook.Exhausted, Error: unavailable, Health: webhook.HealthBad},
		},
		{
			"beyond the schedule", policy, 9,
			webhook.Attempt{Status: 503},
			0,
			webhook.Next{State: webhook.Exhausted, Error: unavailable, Health: webhook.HealthBad},
		},
		{
			"no retry at all", once, 1,
			webhook.Attempt{Status: 500},
			0,
			webhook.Next{State: webhook.Exhausted, Error: "endpoint answered 500 Internal Server Error", Health: webhook.HealthBad},
		},
		{"full jitter", policy, 1, webhook.Attempt{Status: 503}, 1, pending(72*time.Second, unavailable)},
		{"half jitter", policy, 3, webhook.Attempt{Status: 503}, 0.5, pending(16*time.Minute+30*time.Second, unavailable)},
		{"no response", policy, 1, webhook.Attempt{Error: "no response within 30s"}, 0, pending(time.Minute, "no response within 30s")},
		{"redirect", policy, 1, webhook.Attempt{Status: 302}, 0, pending(time.Minute, "endpoint answered 302 Found")},
		{"unnamed status", policy, 1, webhook.Attempt{Status: 599}, 0, pending(time.Minute, "endpoint answered 599")},
		{"429 keeps the schedule", policy, 1, webhook.Attempt{Status: 429}, 0, pending(time.Minute, "endpoint answered 429 Too Many Requests")},
		{"asked for longer", policy, 1, webhook.Attempt{Status: 503, RetryAfter: 10 * time.Minute}, 0, pending(10*time.Minute, unavailable)},
		{"asked for shorter", policy, 2, webhook.Attempt{Status: 503, RetryAfter: time.Second}, 0, pending(5*time.Minute, unavailable)},
		{"asked for too long", policy, 1, webhook.Attempt{Status: 503, RetryAfter: 24 * time.Hour}, 0, pending(time.Hour, unavailable)},
		{"asked within the jitter", policy, 1, webhook.Attempt{Status: 503, RetryAfter: 61 * time.Second}, 1, pending(72*time.Second, unavailable)},
		{"asked of a deaf policy", deaf, 1, webhook.Attempt{Status: 503, RetryAfter: 10 * time.Minute}, 0, pending(time.Minute, unavailable)},
		{
			"asked after the last", policy, 4,
			webhook.Attempt{Status: 503, RetryAfter: 10 * time.Minute},
			0,
			webhook.Next{State: webhook.Exhausted, Error: unavailable, Health: webhook.HealthBad},
		},
		{
			"gone", policy, 1,
			webhook.Attempt{Status: 410, RetryAfter: time.Minute},
			0,
			webhook.Next{State: webhook.Held, Error: "endpoint answered 410 Gone", Health: webhook.HealthGone},
		},
		{
			"gone at the last attempt", policy, 4,
			webhook.Attempt{Status: 410},
			0,
			webhook.Next{State: webhook.Held, Error: "endpoint answered 410 Gone", Health: webhook.HealthGone},
		},
		{
			"every attempt counts", counting, 1,
			webhook.Attempt{Status: 503},
			0,
			webhook.Next{State: webhook.Pending, Due: now.Add(time.Minute), Error: unavailable, Health: webhook.HealthBad},
		},
		{
			"the last attempt counts once", counting, 4,
			webhook.Attempt{Status: 503},
			0,
			webhook.Next{State: webhook.Exhausted, Error: unavailable, Health: webhook.HealthBad},
		},
	}
	for _, test := range tests {
		if got := test.policy.After(test.made, test.attempt, now, test.jitter); got != test.want {
			t.Errorf("%s: After(%d) = %+v, want %+v", test.name, test.made, got, test.want)
		}
	}
}

func TestHealthApply(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	const (
		good = webhook.HealthGood
		bad  = webhook.HealthBad
		gone = webhook.HealthGone
		none = webhook.HealthUnchanged
	)
	tests := []struct {
		name         string
		disableAfter int
		signals      []webhook.HealthSignal
		disabled     bool
		why          string
		failures     int
	}{
		{"nothing", 5, nil, false, "", 0},
		{"below the threshold", 5, []webhook.HealthSignal{bad, bad, bad, bad}, false, "", 4},
		{"at the threshold", 5, []webhook.HealthSignal{bad, bad, bad, bad, bad}, false, "", 5},
		{"beyond the threshold", 5, []webhook.HealthSignal{bad, bad, bad, bad, bad, bad}, true, "6 consecutive failures, more than 5", 6},
		{"not in a row", 2, []webhook.HealthSignal{bad, bad, good, bad, bad}, false, "", 2},
		{"what does not count between", 1, []webhook.HealthSignal{bad, none, bad}, true, "2 consecutive failures, more than 1", 2},
		{"never", 0, []webhook.HealthSignal{bad, bad, bad, bad, bad, bad, bad}, false, "", 7},
		{"gone", 0, []webhook.HealthSignal{gone}, true, "endpoint answered 410 Gone", 1},
		{"disabled once", 1, []webhook.HealthSignal{bad, bad, bad, gone}, true, "2 consecutive failures, more than 1", 4},
		{"success does not enable", 1, []webhook.HealthSignal{bad, bad, good}, true, "2 consecutive failures, more than 1", 0},
	}
	for _, test := range tests {
		health := webhook.Health{Endpoint: "crm"}
		var since time.Time
		for i, signal := range test.signals {
			at := now.Add(time.Duration(i) * time.Minute)
			was := health.Disabled
			health = health.Apply(signal, test.disableAfter, at)
			if health.Disabled != was {
				since = at
			}
		}
		want := webhook.Health{Endpoint: "crm", Disabled: test.disabled, Why: test.why, Since: since, Failures: test.failures}
		if health != want {
			t.Errorf("%s: Apply = %+v, want %+v", test.name, health, want)
		}
	}
}

func TestDeliveryStateFinal(t *testing.T) {
	for state, want := range map[webhook.DeliveryState]bool{
		webhook.Pending: false, webhook.Running: false, webhook.Held: false,
		webhook.Delivered: true, webhook.Dropped: true, webhook.Failed: true, webhook.Exhausted: true, webhook.Canceled: true,
	} {
		if got := state.Final(); got != want {
			t.Errorf("%s.Final() = %v, want %v", state, got, want)
		}
	}
}
