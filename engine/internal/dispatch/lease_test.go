package dispatch_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestSlowEndpointDelaysNobody gives a dead endpoint the older deliveries, and
// more of them than the dispatcher has slots.
func TestSlowEndpointDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(_ int, r received) (*http.Response, error) {
			if r.endpoint == "dead" {
				return hang(r)
			}
			return status(200), nil
		}}
		const events = 300
		for n := range events {
			accept(t, st, n, "", "dead")
		}
		for n := range events {
			accept(t, st, events+n, "", "fast")
		}
		began := time.Now()
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{
				"dead": endpoint("dead", webhook.DeliveryPolicy{Retry: []time.Duration{time.Minute}}),
				"fast": endpoint("fast", webhook.DeliveryPolicy{}),
			},
		})
		pass(time.Second)
		if n := len(internet.requests("fast")); n != events {
			t.Errorf("the fast endpoint got %d of %d deliveries in the first second", n, events)
		}
		if n := len(internet.requests("dead")); n != 1 {
			t.Errorf("the dead endpoint was sent %d requests at a time, want 1", n)
		}

		pass(10 * time.Second)
		accept(t, st, 2*events, "", "fast")
		d.Wake()
		woken := time.Now()
		pass(time.Millisecond)
		fast := internet.requests("fast")
		if last := fast[len(fast)-1]; len(fast) != events+1 || last.at.Sub(woken) > time.Millisecond {
			t.Errorf("a new delivery came %v after the wake-up", last.at.Sub(woken))
		}
		if since := time.Since(began); since > 30*time.Second {
			t.Fatalf("the test took %v, beyond the first timeout", since)
		}
	})
}

// TestTotalLimit gives slow endpoints more deliveries than all slots: one that
// has none under way is served next all the same.
func TestTotalLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		var running, most atomic.Int64
		internet := &network{answer: func(int, received) (*http.Response, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(time.Second)
			return status(200), nil
		}}
		names := []string{"a", "b", "c"}
		endpoints := map[string]dispatch.Endpoint{"late": endpoint("late", webhook.DeliveryPolicy{})}
		for _, name := range names {
			endpoints[name] = endpoint(name, webhook.DeliveryPolicy{})
		}
		for n := range 200 {
			accept(t, st, n, "", names...)
		}
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: endpoints, Concurrency: 24})
		pass(20 * time.Second)
		if n := running.Load(); n < 16 {
			t.Errorf("%d requests at a time, want most of 24", n)
		}
		accept(t, st, 999, "", "late")
		d.Wake()
		pass(time.Second)
		if n := len(internet.requests("late")); n != 1 {
			t.Errorf("an endpoint that had nothing under way got %d requests in a second, want 1", n)
		}
		pass(time.Minute)
		if n := most.Load(); n > 24 {
			t.Errorf("%d requests at a time, want at most 24", n)
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 601})
	})
}

// TestRetryBesideSaturatedEndpoint keeps a retry of one endpoint on time while
// the backlog of another has long been due.
func TestRetryBesideSaturatedEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hooked{Store: openStore(t)}
		internet := &network{answer: func(n int, r received) (*http.Response, error) {
			switch {
			case r.endpoint == "dead":
				return hang(r)
			case n == 1:
				return status(500), nil
			}
			return status(200), nil
		}}
		for n := range 3 {
			accept(t, st, n, "", "dead")
		}
		accept(t, st, 3, "", "fast")
		dead := oneByOne("dead", webhook.DeliveryPolicy{})
		dead.Timeout = time.Hour
		start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{
				"dead": dead,
				"fast": endpoint("fast", webhook.DeliveryPolicy{Retry: []time.Duration{10 * time.Second}}),
			},
		})
		pass(time.Minute)
		fast := internet.requests("fast")
		if len(fast) != 2 {
			t.Fatalf("%d requests to the fast endpoint, want 2", len(fast))
		}
		if wait := fast[1].at.Sub(fast[0].at); wait != 10*time.Second {
			t.Errorf("the retry came after %v, want 10s", wait)
		}
		if n := st.asked.Load(); n > 20 {
			t.Errorf("the store was asked %d times in a minute, want only when something changed", n)
		}
	})
}

// TestAttemptOutlivesLease extends the lease of a slow attempt: there is one
// request, and what came of it counts.
func TestAttemptOutlivesLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(_ int, r received) (*http.Response, error) {
			select {
			case <-time.After(55 * time.Second):
				return status(200), nil
			case <-r.ctx.Done():
				return nil, r.ctx.Err()
			}
		}}
		slow := endpoint("slow", webhook.DeliveryPolicy{})
		slow.Timeout = time.Minute
		accept(t, st, 1, "", "slow")
		start(t, dispatch.Config{
			Store: st, Transport: internet, Lease: 10 * time.Second,
			Endpoints: map[string]dispatch.Endpoint{"slow": slow},
		})
		pass(2 * time.Minute)
		wantState(t, st, 1, "slow", webhook.Delivered)
		if n := len(internet.requests("slow")); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// TestExtendFailsForAWhile keeps the lease over a failure of the store that is
// shorter than what is left of it.
func TestExtendFailsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 3
		st := &hooked{Store: openStore(t), onExtend: func(store.LeaseRef) error {
			if failures--; failures >= 0 {
				return errors.New("disk is busy")
			}
			return nil
		}}
		internet := &network{answer: func(int, received) (*http.Response, error) {
			time.Sleep(25 * time.Second)
			return status(200), nil
		}}
		accept(t, st, 1, "", "slow")
		start(t, dispatch.Config{
			Store: st, Transport: internet, Lease: 10 * time.Second,
			Endpoints: map[string]dispatch.Endpoint{"slow": endpoint("slow", webhook.DeliveryPolicy{})},
		})
		pass(time.Minute)
		wantState(t, st, 1, "slow", webhook.Delivered)
		if n := len(internet.requests("slow")); n != 1 || failures >= 0 {
			t.Errorf("%d requests with %d failures left, want 1 and none", n, failures)
		}
	})
}

// TestLostLeaseEndsAttempt gives an attempt up whose lease is no longer held,
// before another holder sends the same.
func TestLostLeaseEndsAttempt(t *testing.T) {
	for name, failure := range map[string]error{"lost": store.ErrLeaseLost, "store fails": errors.New("disk is gone")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var broken atomic.Bool
				broken.Store(true)
				st := &hooked{Store: openStore(t), onExtend: func(store.LeaseRef) error {
					if broken.Load() {
						return failure
					}
					return nil
				}}
				var running, most atomic.Int64
				internet := &network{answer: func(n int, r received) (*http.Response, error) {
					most.Store(max(most.Load(), running.Add(1)))
					defer running.Add(-1)
					if n == 1 {
						defer broken.Store(false)
						return hang(r)
					}
					return status(200), nil
				}}
				slow := endpoint("slow", webhook.DeliveryPolicy{})
				slow.Timeout = time.Hour
				accept(t, st, 1, "", "slow")
				start(t, dispatch.Config{
					Store: st, Transport: internet, Lease: 10 * time.Second,
					Endpoints: map[string]dispatch.Endpoint{"slow": slow},
				})
				pass(time.Minute)
				d := wantState(t, st, 1, "slow", webhook.Delivered)
				if d.Attempts != 1 {
					t.Errorf("%d attempts are recorded, want the one that was settled", d.Attempts)
				}
				if n := len(internet.requests("slow")); n != 2 || most.Load() != 1 {
					t.Errorf("%d requests, %d at a time; want 2, one at a time", n, most.Load())
				}
			})
		})
	}
}

// TestCrashedHolder takes over what a process that is no more had leased, once
// the lease has ended and not before.
func TestCrashedHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{}
		accept(t, st, 1, "", "crm")
		began := time.Now()
		leases, err := st.Lease(t.Context(), store.LeaseRequest{Now: began, For: 90 * time.Second, Max: 1, Default: 1})
		if err != nil || len(leases) != 1 {
			t.Fatalf("Lease = %d, %v; want 1", len(leases), err)
		}
		start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(5 * time.Minute)
		wantState(t, st, 1, "crm", webhook.Delivered)
		got := internet.requests("crm")
		if len(got) != 1 {
			t.Fatalf("%d requests, want 1", len(got))
		}
		if wait := got[0].at.Sub(began); wait < 90*time.Second || wait > 91*time.Second {
			t.Errorf("taken over after %v, want 90s", wait)
		}
	})
}

func TestLeaseFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 5
		st := &hooked{Store: openStore(t), onLease: func() error {
			if failures--; failures >= 0 {
				return errors.New("disk is busy")
			}
			return nil
		}}
		accept(t, st, 1, "", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: &network{},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(3 * time.Second)
		wantState(t, st, 1, "crm", webhook.Pending)
		pass(time.Second) // 0.1 + 0.2 + 0.4 + 0.8 + 1.6 = 3.1 s
		wantState(t, st, 1, "crm", webhook.Delivered)
	})
}

func TestClosedStoreEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hooked{Store: openStore(t), onLease: func() error { return store.ErrClosed }}
		accept(t, st, 1, "", "crm")
		d, err := dispatch.New(dispatch.Config{Store: st, Transport: &network{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Run(context.Background()); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Run = %v, want ErrClosed", err)
		}
	})
}
