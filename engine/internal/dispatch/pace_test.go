package dispatch_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestOverloadedEndpointIsLeftAlone has an endpoint say when it can take more:
// nothing else is sent to it before, and what waits keeps its attempts.
func TestOverloadedEndpointIsLeftAlone(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			st := openStore(t)
			began := time.Now()
			internet := &network{answer: func(n int, r received) (*http.Response, error) {
				if time.Since(began) < time.Second {
					busy := status(code)
					busy.Header.Set("Retry-After", "600")
					return busy, nil
				}
				return status(200), nil
			}}
			for n := range 40 {
				accept(t, st, n, "", "crm")
			}
			accept(t, st, 40, "", "other")
			start(t, dispatch.Config{
				Store: st, Transport: internet,
				Endpoints: map[string]dispatch.Endpoint{
					"crm":   endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}, MaxRetryAfter: time.Hour}),
					"other": endpoint("other", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}}),
				},
			})
			pass(10*time.Minute - time.Second)
			if n := len(internet.requests("crm")); n != 1 {
				t.Errorf("%d requests before the %d said so, want 1", n, code)
			}
			pass(2 * time.Second)
			wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 41})
			for n := 1; n < 40; n++ {
				if d := wantState(t, st, n, "crm", webhook.Delivered); d.Attempts != 1 {
					t.Errorf("delivery %d took %d attempts, want the 1 after the pause", n, d.Attempts)
				}
			}
		})
	}
}

// TestOverloadedWithoutAWord waits longer each time for an endpoint that does not
// say how long, and begins anew once it has answered.
func TestOverloadedWithoutAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		began := time.Now()
		internet := &network{answer: func(n int, _ received) (*http.Response, error) {
			if n <= 9 || n == 11 {
				return status(429), nil
			}
			return status(200), nil
		}}
		for n := range 12 {
			accept(t, st, n, "", "crm")
		}
		start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{
			"crm": oneByOne("crm", webhook.DeliveryPolicy{Retry: make([]time.Duration, 20)}),
		}})
		pass(time.Hour)
		want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 243, 244}
		for i, r := range internet.requests("crm")[:len(want)] {
			if got := r.at.Sub(began).Round(time.Second); got != want[i]*time.Second {
				t.Errorf("attempt %d came after %v, want %v", i+1, got, want[i]*time.Second)
			}
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 12})
	})
}

// TestRate sends a backlog at an even pace.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{}
		const events = 200
		for n := range events {
			accept(t, st, n, "", "slow", "free")
		}
		slow := endpoint("slow", webhook.DeliveryPolicy{})
		slow.Rate = 20
		began := time.Now()
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{
			"slow": slow, "free": endpoint("free", webhook.DeliveryPolicy{}),
		}})
		pass(time.Millisecond)
		if n := len(internet.requests("free")); n != events {
			t.Errorf("an endpoint without a rate got %d at once, want %d", n, events)
		}
		pass(5 * time.Second)
		wantPace(t, internet.requests("slow"), began, 20, 2)

		slow.Rate = 50
		if err := d.SetEndpoints(map[string]dispatch.Endpoint{"slow": slow}); err != nil {
			t.Fatal(err)
		}
		faster := time.Now()
		before := len(internet.requests("slow"))
		pass(time.Second)
		wantPace(t, internet.requests("slow")[before:], faster, 50, 5)
		pass(time.Minute)
		if n := len(internet.requests("slow")); n != events {
			t.Errorf("%d requests in the end, want %d", n, events)
		}
	})
}

// wantPace checks that requests came at a rate since a moment until now, and no
// more than burst ahead of it.
func wantPace(t *testing.T, got []received, since time.Time, perSecond float64, burst int) {
	t.Helper()
	for i, r := range got {
		if allowed := r.at.Sub(since).Seconds()*perSecond + float64(burst) + 1e-6; float64(i+1) > allowed {
			t.Errorf("request %d came after %v, at most %.1f may by then", i+1, r.at.Sub(since), allowed)
		}
	}
	if want := int(time.Since(since).Seconds()*perSecond) - 1; len(got) < want {
		t.Errorf("%d requests in %v, want %d", len(got), time.Since(since), want)
	}
}

// TestResumeIsPaced enables an endpoint for which many deliveries are held: they
// come in their order, at its rate and one at a time to begin with.
func TestResumeIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		var running, most atomic.Int64
		internet := &network{answer: func(n int, _ received) (*http.Response, error) {
			if n == 1 {
				return status(http.StatusGone), nil
			}
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(100 * time.Millisecond)
			return status(200), nil
		}}
		const events = 1500
		for n := range events {
			accept(t, st, n, "", "crm")
		}
		crm := endpoint("crm", webhook.DeliveryPolicy{})
		crm.Rate, crm.Concurrency = 100, 8
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm}})
		pass(time.Minute)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Held: events})

		if _, err := st.SetDisabled(t.Context(), "crm", false, "", time.Now()); err != nil {
			t.Fatal(err)
		}
		resumed := time.Now()
		d.Forgive("crm")
		pass(50 * time.Millisecond)
		if n := len(internet.requests("crm")); n != 2 {
			t.Errorf("%d requests at once after enabling, want 1", n-1)
		}
		pass(10 * time.Second)
		got := internet.requests("crm")[1:]
		for i, r := range got {
			if allowed := r.at.Sub(resumed).Seconds()*100 + 11; float64(i) > allowed {
				t.Fatalf("request %d came %v after enabling, at most %.0f may by then", i+1, r.at.Sub(resumed), allowed)
			}
		}
		pass(time.Minute)
		if got = internet.requests("crm")[1:]; len(got) != events || most.Load() > 8 {
			t.Fatalf("%d requests, %d at a time; want %d, at most 8", len(got), most.Load(), events)
		}
		// Those that begin together may arrive in any order.
		for i, r := range got {
			if at := eventNumber(t, r.id); at > i+8 || at < i-8 {
				t.Fatalf("resumed delivery %d is number %d, want them in order", i, at)
			}
		}
	})
}

func eventNumber(t *testing.T, id string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(id, "evt_%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
