package dispatch_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// outage answers as broken does until the moment at which the endpoint is back.
func outage(back time.Time, broken func(r received) (*http.Response, error)) *network {
	return &network{answer: func(_ int, r received) (*http.Response, error) {
		if time.Now().Before(back) {
			return broken(r)
		}
		return status(200), nil
	}}
}

func answers500(received) (*http.Response, error) { return status(500), nil }

// TestBreakerSparesTheWaiting keeps an endpoint down for a day: it is asked ever
// more rarely, what waits keeps its attempts, and all of it is delivered within
// the longest pause after the end.
func TestBreakerSparesTheWaiting(t *testing.T) {
	for name, broken := range map[string]func(received) (*http.Response, error){"answers 500": answers500, "hangs": hang} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				began := time.Now()
				internet := outage(began.Add(24*time.Hour), broken)
				const events = 300
				for n := range events {
					accept(t, st, n, "", "crm")
				}
				start(t, dispatch.Config{
					Store: st, Transport: internet,
					Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{
						Retry: []time.Duration{time.Second, time.Second, time.Second, time.Second},
					})},
				})
				pass(24*time.Hour - time.Second)
				// 10 to open it, 5 while the pause grows, then one in 5 minutes.
				if n := len(internet.requests("crm")); n > 10+5+24*12 {
					t.Errorf("%d requests in a day, want one in 5 minutes", n)
				}
				pass(10 * time.Minute)
				counts, err := st.Counts(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if counts[webhook.Delivered] < events-100 || counts[webhook.Delivered]+counts[webhook.Exhausted] != events {
					t.Errorf("counts = %v, want %d delivered, but for those whose attempts were the probes", counts, events)
				}
			})
		})
	}
}

// TestBreakerSchedule sees when the attempts at an endpoint that is down are made.
func TestBreakerSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		began := time.Now()
		internet := outage(began.Add(time.Hour), answers500)
		for n := range 20 {
			accept(t, st, n, "", "crm")
		}
		crm := endpoint("crm", webhook.DeliveryPolicy{Retry: make([]time.Duration, 50)})
		crm.Breaker = &dispatch.Breaker{Failures: 3, Pause: time.Minute, MaxPause: 5 * time.Minute}
		start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm}})
		pass(58 * time.Minute)
		var got []time.Duration
		for _, r := range internet.requests("crm")[2:] {
			got = append(got, r.at.Sub(began).Round(time.Second))
		}
		want := []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute}
		for at := 12 * time.Minute; at < 58*time.Minute; at += 5 * time.Minute {
			want = append(want, at)
		}
		if !slices.Equal(got, want) {
			t.Errorf("attempts from the third on came after %v, want %v", got, want)
		}
		pass(10 * time.Minute)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 20})
	})
}

// TestBreakerIsForTheAbsent goes on at full speed with an endpoint that refuses
// deliveries for what they are.
func TestBreakerIsForTheAbsent(t *testing.T) {
	for code, opens := range map[int]bool{400: false, 404: false, 422: false, 302: false, 408: true, 500: true, 502: true} {
		synctest.Test(t, func(t *testing.T) {
			st := openStore(t)
			for n := range 50 {
				accept(t, st, n, "", "crm")
			}
			internet := &network{answer: func(int, received) (*http.Response, error) { return status(code), nil }}
			start(t, dispatch.Config{
				Store: st, Transport: internet,
				Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
			})
			pass(time.Second)
			if n := len(internet.requests("crm")); (n < 50) != opens {
				t.Errorf("%d requests that were answered %d, want all 50: %t", n, code, !opens)
			}
		})
	}
}

// TestBreakerProbesWithOne opens the breaker at an endpoint that has shown that it
// takes many at a time: one delivery is sent to see whether it is back.
func TestBreakerProbesWithOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		down := false
		internet := &network{answer: func(_ int, r received) (*http.Response, error) {
			if down {
				return status(500), nil
			}
			return status(200), nil
		}}
		for n := range 50 {
			accept(t, st, n, "", "crm")
		}
		crm := endpoint("crm", webhook.DeliveryPolicy{Retry: make([]time.Duration, 50)})
		crm.Breaker = &dispatch.Breaker{Failures: 1, Pause: time.Minute, MaxPause: time.Minute}
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm}})
		pass(time.Second)
		down = true
		accept(t, st, 50, "", "crm")
		d.Wake()
		pass(time.Second)
		for n := 51; n < 90; n++ {
			accept(t, st, n, "", "crm")
		}
		d.Wake()
		pass(time.Minute)
		if n := len(internet.requests("crm")); n != 52 {
			t.Errorf("%d requests, want 50 answered, one that failed, and one when the pause was over", n)
		}
	})
}

// TestRemovedEndpointIsForgotten removes an endpoint while it is being sent to:
// one that has its name later begins anew.
func TestRemovedEndpointIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(n int, r received) (*http.Response, error) {
			if n == 1 {
				return hang(r)
			}
			return status(200), nil
		}}
		crm := endpoint("crm", webhook.DeliveryPolicy{})
		crm.Timeout, crm.Breaker = time.Minute, &dispatch.Breaker{Failures: 1, Pause: time.Hour, MaxPause: time.Hour}
		with := map[string]dispatch.Endpoint{"crm": crm}
		accept(t, st, 1, "", "crm")
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: with})
		pass(time.Second)
		if err := d.SetEndpoints(nil); err != nil {
			t.Fatal(err)
		}
		pass(2 * time.Minute)
		if err := d.SetEndpoints(with); err != nil {
			t.Fatal(err)
		}
		accept(t, st, 2, "", "crm")
		d.Wake()
		pass(time.Second)
		wantState(t, st, 2, "crm", webhook.Delivered)
	})
}

func TestBreakerOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		for n := range 50 {
			accept(t, st, n, "", "crm")
		}
		internet := outage(time.Now().Add(time.Hour), answers500)
		crm := endpoint("crm", webhook.DeliveryPolicy{})
		crm.Breaker = &dispatch.Breaker{}
		start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm}})
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Exhausted: 50})
	})
}

// TestForgive has an operator say that an endpoint is back before the pause ends.
func TestForgive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		began := time.Now()
		internet := outage(began.Add(20*time.Minute), answers500)
		for n := range 30 {
			accept(t, st, n, "", "crm")
		}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{Retry: make([]time.Duration, 50)})},
		})
		pass(20*time.Minute + time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Pending: 30})
		d.Forgive("crm")
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 30})
	})
}
