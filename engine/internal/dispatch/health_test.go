package dispatch_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// oneByOne is an endpoint that takes one delivery at a time.
func oneByOne(name string, policy webhook.DeliveryPolicy) dispatch.Endpoint {
	e := endpoint(name, policy)
	e.Concurrency = 1
	return e
}

func TestGoneHoldsAndResumesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		gone := true
		internet := &network{answer: func(int, received) (*http.Response, error) {
			if gone {
				return status(http.StatusGone), nil
			}
			return status(200), nil
		}}
		var disabled []webhook.Health
		for n := range 5 {
			accept(t, st, n, "", "crm")
		}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Second}})},
			Observer:  dispatch.Observer{EndpointDisabled: func(h webhook.Health) { disabled = append(disabled, h) }},
		})
		pass(time.Hour)
		accept(t, st, 5, "", "crm")
		d.Wake()
		pass(24 * time.Hour)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Held: 6})
		if n := len(internet.requests("crm")); n != 1 {
			t.Errorf("%d requests to an endpoint that is gone, want 1", n)
		}
		if len(disabled) != 1 || disabled[0].Endpoint != "crm" || disabled[0].Why != "endpoint answered 410 Gone" {
			t.Errorf("reported as disabled: %+v, want crm once, for its 410", disabled)
		}

		gone = false
		if _, err := st.SetDisabled(t.Context(), "crm", false, "", time.Now()); err != nil {
			t.Fatal(err)
		}
		d.Wake()
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 6})
		for i, r := range internet.requests("crm")[1:] {
			if r.id != eventID(i) {
				t.Errorf("resumed delivery %d is %s, want %s", i, r.id, eventID(i))
			}
		}
	})
}

func TestDisablingRule(t *testing.T) {
	fail := func(int, received) (*http.Response, error) { return status(500), nil }
	tests := []struct {
		name   string
		policy webhook.DeliveryPolicy
		answer func(n int, r received) (*http.Response, error)
		events int
		want   map[webhook.DeliveryState]int64
	}{
		{
			"at the threshold",
			webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5}},
			fail, 5,
			map[webhook.DeliveryState]int64{webhook.Exhausted: 5},
		},
		{
			"beyond the threshold",
			webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5}},
			fail, 10,
			map[webhook.DeliveryState]int64{webhook.Exhausted: 6, webhook.Held: 4},
		},
		{
			"a success between",
			webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5}},
			func(n int, _ received) (*http.Response, error) {
				if n%6 == 0 {
					return status(200), nil
				}
				return status(500), nil
			}, 12,
			map[webhook.DeliveryState]int64{webhook.Exhausted: 10, webhook.Delivered: 2},
		},
		{
			"attempts count",
			webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5, Attempts: true}, Retry: make([]time.Duration, 9)},
			fail, 2,
			map[webhook.DeliveryState]int64{webhook.Held: 2},
		},
		{
			"deliveries count",
			webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 5}, Retry: make([]time.Duration, 9)},
			fail, 2,
			map[webhook.DeliveryState]int64{webhook.Exhausted: 2},
		},
		{
			"never",
			webhook.DeliveryPolicy{},
			fail, 20,
			map[webhook.DeliveryState]int64{webhook.Exhausted: 20},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				for n := range test.events {
					accept(t, st, n, "", "crm")
				}
				start(t, dispatch.Config{
					Store: st, Transport: &network{answer: test.answer},
					Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", test.policy)},
				})
				pass(time.Hour)
				wantCounts(t, st, test.want)
			})
		})
	}
}

// TestSignErrorIsNotTheEndpoints retries what cannot be signed, without ever
// disabling the endpoint for it.
func TestSignErrorIsNotTheEndpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{}
		crm := oneByOne("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}, DisableAfter: webhook.DisableRule{Failures: 1, Attempts: true}})
		crm.Sign = func(context.Context, *webhook.Request, dispatch.Message) error {
			return errors.New("secret \"env:CRM_SECRET\" is not there\nyet")
		}
		for n := range 3 {
			accept(t, st, n, "", "crm")
		}
		start(t, dispatch.Config{
			Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm},
			Observer: dispatch.Observer{AttemptDone: func(string, webhook.Attempt) { t.Error("an attempt was reported") }},
		})
		pass(time.Hour)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Exhausted: 3})
		d := wantState(t, st, 0, "crm", webhook.Exhausted)
		if want := `sign: secret "env:CRM_SECRET" is not there yet`; d.LastError != want || d.Attempts != 2 {
			t.Errorf("delivery = %d attempts, error %q; want 2, %q", d.Attempts, d.LastError, want)
		}
		if n := len(internet.requests("crm")); n != 0 {
			t.Errorf("%d requests were sent, want 0", n)
		}
	})
}

// A delivery waits for an endpoint that this node does not know yet, or no more,
// and is failed after three days.
func TestUnknownEndpoint(t *testing.T) {
	for _, tt := range []struct {
		back time.Duration
		want webhook.DeliveryState
	}{{30 * time.Second, webhook.Delivered}, {71 * time.Hour, webhook.Delivered}, {80 * time.Hour, webhook.Failed}} {
		t.Run(tt.back.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				accept(t, st, 1, "", "removed")
				d, _ := start(t, dispatch.Config{Store: st, Transport: &network{}})
				pass(time.Second)
				got := wantState(t, st, 1, "removed", webhook.Pending)
				if !strings.Contains(got.LastError, `no endpoint named "removed"`) || got.Attempts != 0 {
					t.Errorf("error = %q after %d attempts, want it to name the endpoint after none", got.LastError, got.Attempts)
				}
				pass(tt.back)
				if err := d.SetEndpoints(map[string]dispatch.Endpoint{"removed": endpoint("removed", webhook.DeliveryPolicy{})}); err != nil {
					t.Fatal(err)
				}
				pass(15 * time.Minute)
				got = wantState(t, st, 1, "removed", tt.want)
				if tt.want != webhook.Failed {
					return
				}
				if err := st.Redeliver(t.Context(), got.ID, time.Now()); err != nil {
					t.Fatal(err)
				}
				d.Wake()
				pass(time.Second)
				wantState(t, st, 1, "removed", webhook.Delivered)
			})
		})
	}
}
