package dispatch_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestDayOfBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		retry := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour}
		internet := &network{answer: func(n int, _ received) (*http.Response, error) {
			if n <= len(retry) {
				return status(503), nil
			}
			return status(204), nil
		}}
		runs := 0
		shape := guest{hash: "h1", transform: func(_ context.Context, ev *webhook.Event, _ webhook.TransformContext) ([]webhook.Output, error) {
			runs++
			return []webhook.Output{{
				Type: "shaped", ContentType: "text/plain", Header: http.Header{"X-Run": {strconv.Itoa(runs)}},
				Body: append([]byte("shaped "), ev.Body...),
			}}, nil
		}}
		config := dispatch.Config{
			Store: st, Transport: internet,
			Endpoints:  map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{Retry: retry})},
			Transforms: &guests{byName: map[string]webhook.Guest{"shape": shape}},
		}
		began := time.Now()
		accept(t, st, 1, "shape", "crm")
		start(t, config)
		pass(24 * time.Hour)

		d := wantState(t, st, 1, "crm", webhook.Delivered)
		if d.Attempts != len(retry)+1 || d.LastError != "" || d.TransformHash != "h1" {
			t.Errorf("delivery = %d attempts, error %q, hash %q; want %d, none and h1", d.Attempts, d.LastError, d.TransformHash, len(retry)+1)
		}
		got := internet.requests("crm")
		if len(got) != len(retry)+1 {
			t.Fatalf("%d requests, want %d", len(got), len(retry)+1)
		}
		due := began
		for i, r := range got {
			if i > 0 {
				due = due.Add(retry[i-1])
			}
			if late := r.at.Sub(due); late < 0 || late > time.Millisecond {
				t.Errorf("attempt %d came %v after it was due", i+1, late)
			}
			if r.body != got[0].body || r.target != got[0].target || !equalHeaders(r.header, got[0].header) {
				t.Errorf("attempt %d sent %v %q, the first %v %q", i+1, r.header, r.body, got[0].header, got[0].body)
			}
		}
		if id := got[0].id; id != eventID(1) {
			t.Errorf("webhook-id = %q, want %q", id, eventID(1))
		}
		if runs != 1 {
			t.Errorf("the transform ran %d times, want once", runs)
		}
		attempts, err := st.Attempts(t.Context(), d.ID)
		if err != nil || len(attempts) != len(retry)+1 {
			t.Fatalf("Attempts = %d, %v; want %d", len(attempts), err, len(retry)+1)
		}
		for i, a := range attempts {
			if a.Number != i+1 || a.Succeeded() != (i == len(retry)) {
				t.Errorf("attempt %d is recorded as number %d with status %d", i+1, a.Number, a.Status)
			}
		}
	})
}

func equalHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}

func TestExhausted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(int, received) (*http.Response, error) { return status(500), nil }}
		finished := make(chan webhook.Delivery, 8)
		config := dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{
				"crm":  endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}}),
				"once": endpoint("once", webhook.DeliveryPolicy{}),
			},
			Observer: dispatch.Observer{DeliveryFinished: func(d webhook.Delivery) { finished <- d }},
		}
		accept(t, st, 1, "", "crm", "once")
		d, _ := start(t, config)
		pass(21*time.Minute - time.Second)
		wantState(t, st, 1, "once", webhook.Exhausted)
		wantState(t, st, 1, "crm", webhook.Pending)
		pass(2 * time.Second)
		got := wantState(t, st, 1, "crm", webhook.Exhausted)
		if want := "endpoint answered 500 Internal Server Error"; got.Attempts != 4 || got.LastError != want {
			t.Errorf("delivery = %d attempts, error %q; want 4, %q", got.Attempts, got.LastError, want)
		}
		if len(finished) != 2 {
			t.Fatalf("%d deliveries were reported as finished, want 2", len(finished))
		}
		<-finished
		if f := <-finished; f.ID != got.ID || f.State != webhook.Exhausted || f.Attempts != 4 || f.LastError != got.LastError {
			t.Errorf("reported as finished: %+v, want %+v", f, got)
		}

		if err := st.Redeliver(t.Context(), got.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		d.Wake()
		pass(time.Hour)
		if n := len(internet.requests("crm")); n != 8 {
			t.Errorf("%d requests after a redelivery, want a fresh allowance: 8", n)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, field string
		wait        time.Duration
	}{
		{"seconds", "600", 10 * time.Minute},
		{"shorter than the schedule", "1", time.Minute},
		{"beyond the bound", "999999999", time.Hour},
		{"malformed", "soon", time.Minute},
		{"none", "", time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				internet := &network{answer: func(n int, _ received) (*http.Response, error) {
					if n > 1 {
						return status(200), nil
					}
					busy := status(429)
					busy.Header.Set("Retry-After", test.field)
					return busy, nil
				}}
				policy := webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}, MaxRetryAfter: time.Hour}
				accept(t, st, 1, "", "crm")
				start(t, dispatch.Config{
					Store: st, Transport: internet,
					Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", policy)},
				})
				pass(2 * time.Hour)
				got := internet.requests("crm")
				if len(got) != 2 {
					t.Fatalf("%d requests, want 2", len(got))
				}
				if wait := got[1].at.Sub(got[0].at).Round(time.Millisecond); wait != test.wait {
					t.Errorf("the second attempt came after %v, want %v", wait, test.wait)
				}
			})
		})
	}
}

// TestIdleDispatcherRests counts how often the store is asked while a delivery
// waits for the next day.
func TestIdleDispatcherRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hooked{Store: openStore(t)}
		internet := &network{answer: func(int, received) (*http.Response, error) { return status(500), nil }}
		accept(t, st, 1, "", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{24 * time.Hour}})},
		})
		pass(time.Minute)
		before := st.asked.Load()
		pass(23 * time.Hour)
		if n := st.asked.Load() - before; n != 0 {
			t.Errorf("the store was asked %d times with nothing due, want 0", n)
		}
		pass(2 * time.Hour)
		if n := len(internet.requests("crm")); n != 2 {
			t.Errorf("%d requests after a day, want 2", n)
		}
	})
}
