package webhook_test

import (
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestDeliveryPolicyAfter(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	schedule := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}
	policy := webhook.DeliveryPolicy{Retry: schedule, MaxRetryAfter: time.Hour, DisableAfter: webhook.DisableRule{Failures: 5}}
	counting := policy
	counting.DisableAfter.Attempts = true
	deaf := policy
	deaf.MaxRetryAfter = 0
	once := webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5}}

	pending := func(wait time.Duration, why string) webhook.Next {
		return webhook.Next{State: webhook.Pending, Due: now.Add(wait), Error: why, Health: webhook.HealthFailing}
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
		fail = webhook.HealthFailing
		bad  = webhook.HealthBad
		gone = webhook.HealthGone
		none = webhook.HealthUnchanged
	)
	type signals = []webhook.HealthSignal
	tests := []struct {
		name     string
		rule     webhook.DisableRule
		signals  signals // one a minute
		disabled int     // the signal that disables, from 1
		why      string
		failures int
		failing  int // the signal since which it fails, from 1
	}{
		{"nothing", webhook.DisableRule{Failures: 5}, nil, 0, "", 0, 0},
		{"below the threshold", webhook.DisableRule{Failures: 5}, signals{bad, bad, bad, bad}, 0, "", 4, 1},
		{"at the threshold", webhook.DisableRule{Failures: 5}, signals{bad, bad, bad, bad, bad}, 0, "", 5, 1},
		{"beyond the threshold", webhook.DisableRule{Failures: 5}, signals{bad, bad, bad, bad, bad, bad}, 6, "6 exhausted deliveries in a row, more than 5", 6, 1},
		{"beyond the threshold of attempts", webhook.DisableRule{Failures: 1, Attempts: true}, signals{bad, bad}, 2, "2 failed attempts in a row, more than 1", 2, 1},
		{"not in a row", webhook.DisableRule{Failures: 2}, signals{bad, bad, good, bad, bad}, 0, "", 2, 4},
		{"what does not count between", webhook.DisableRule{Failures: 1}, signals{bad, none, bad}, 3, "2 exhausted deliveries in a row, more than 1", 2, 1},
		{"what is not counted", webhook.DisableRule{Failures: 1}, signals{none, fail, fail, bad, fail}, 0, "", 1, 2},
		{"never", webhook.DisableRule{}, signals{bad, bad, bad, bad, bad, bad, bad}, 0, "", 7, 1},
		{"gone", webhook.DisableRule{}, signals{gone}, 1, "endpoint answered 410 Gone", 1, 1},
		{"disabled once", webhook.DisableRule{Failures: 1}, signals{bad, bad, bad, gone}, 2, "2 exhausted deliveries in a row, more than 1", 4, 1},
		{"success does not enable", webhook.DisableRule{Failures: 1}, signals{bad, bad, good}, 2, "2 exhausted deliveries in a row, more than 1", 0, 0},
		{"success says nothing of failures", webhook.DisableRule{}, signals{fail, bad, good}, 0, "", 0, 0},
		{"before the time", webhook.DisableRule{For: 3 * time.Minute}, signals{fail, fail, bad}, 0, "", 1, 1},
		{
			"at the time",
			webhook.DisableRule{For: 3 * time.Minute},
			signals{none, fail, fail, none, fail},
			5, "no success for 3m0s, since a failure at 2026-03-14T15:10:26Z", 0, 2,
		},
		{"the time begins anew", webhook.DisableRule{For: 3 * time.Minute}, signals{fail, fail, fail, good, fail, fail}, 0, "", 0, 5},
		{"time alone disables nothing", webhook.DisableRule{For: 3 * time.Minute}, signals{fail, none, none, none, none}, 0, "", 0, 1},
		{
			"whichever is first",
			webhook.DisableRule{Failures: 9, For: 2 * time.Minute},
			signals{bad, bad, bad},
			3, "no success for 2m0s, since a failure at 2026-03-14T15:09:26Z", 3, 1,
		},
	}
	at := func(signal int) time.Time {
		if signal == 0 {
			return time.Time{}
		}
		return now.Add(time.Duration(signal-1) * time.Minute)
	}
	for _, test := range tests {
		health := webhook.Health{Endpoint: "crm"}
		for i, signal := range test.signals {
			health = health.Apply(signal, test.rule, at(i+1))
		}
		want := webhook.Health{
			Endpoint: "crm", Disabled: test.disabled > 0, Why: test.why, Since: at(test.disabled),
			Failures: test.failures, FailingSince: at(test.failing),
		}
		if health != want {
			t.Errorf("%s: Apply = %+v, want %+v", test.name, health, want)
		}
	}
}

func TestHealthByHand(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	failing := webhook.Health{Endpoint: "crm", Since: now, Failures: 3, FailingSince: now}
	later, last := now.Add(time.Hour), now.Add(2*time.Hour)

	disabled := failing.Disable("by hand", later)
	want := webhook.Health{Endpoint: "crm", Disabled: true, Why: "by hand", Since: later, Failures: 3, FailingSince: now}
	if disabled != want {
		t.Errorf("Disable = %+v, want %+v", disabled, want)
	}
	if want.Why = "again"; disabled.Disable("again", last) != want {
		t.Errorf("second Disable = %+v, want %+v", disabled.Disable("again", last), want)
	}
	if got, want := disabled.Enable(last), (webhook.Health{Endpoint: "crm", Since: last}); got != want {
		t.Errorf("Enable = %+v, want %+v", got, want)
	}
	if got, want := failing.Enable(last), (webhook.Health{Endpoint: "crm", Since: now}); got != want {
		t.Errorf("Enable of an enabled endpoint = %+v, want %+v", got, want)
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
