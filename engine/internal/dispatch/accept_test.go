package dispatch_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestAcceptDelivers begins with what it accepts, without a look into the store.
func TestAcceptDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := &hooked{Store: openStore(t)}, &network{}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{
				"crm": endpoint("crm", webhook.DeliveryPolicy{}), "erp": endpoint("erp", webhook.DeliveryPolicy{}),
			},
		})
		pass(time.Second)
		asked := st.asked.Load()
		const events = 20
		for n := range events {
			receipt, err := d.Accept(t.Context(), acceptance(n, "", "crm", "erp"))
			if err != nil || receipt.Leases != nil {
				t.Fatalf("Accept = %+v, %v; want the dispatcher to keep the leases", receipt, err)
			}
			pass(time.Millisecond)
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2 * events})
		for _, name := range []string{"crm", "erp"} {
			for n, r := range internet.requests(name) {
				if want := string(acceptance(n, "", name).Event.Body); r.id != eventID(n) || r.body != want {
					t.Errorf("request %d is %s %q, want %s %q", n, r.id, r.body, eventID(n), want)
				}
			}
		}
		if n := st.asked.Load() - asked; n != 0 {
			t.Errorf("the store was asked %d times for what is due, want none", n)
		}
	})
}

// TestAcceptWaitsForSlots accepts more than an endpoint takes at a time.
func TestAcceptWaitsForSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		running, most := 0, 0
		internet := &network{answer: func(int, received) (*http.Response, error) {
			running++
			most = max(most, running)
			time.Sleep(time.Second)
			running--
			return status(200), nil
		}}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet, Concurrency: 3,
			Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", webhook.DeliveryPolicy{})},
		})
		synctest.Wait()
		for n := range 5 {
			accept(t, d, n, "", "crm")
		}
		pass(10 * time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 5})
		var ids []string
		for _, r := range internet.requests("crm") {
			ids = append(ids, r.id)
		}
		if most != 1 || !slices.IsSorted(ids) {
			t.Errorf("%d requests at a time in the order %v, want one after the other, the oldest first", most, ids)
		}
	})
}

// TestAcceptOvertakesNothing accepts while a slot is free and the store is slow to
// lease what waits for it.
func TestAcceptOvertakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hooked{Store: openStore(t), onLease: func() error {
			time.Sleep(20 * time.Millisecond)
			return nil
		}}
		internet := &network{answer: func(int, received) (*http.Response, error) {
			time.Sleep(time.Second)
			return status(200), nil
		}}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", webhook.DeliveryPolicy{})},
		})
		synctest.Wait()
		accept(t, d, 1, "", "crm")
		pass(950 * time.Millisecond)
		accept(t, d, 2, "", "crm")
		pass(60 * time.Millisecond)
		if n := len(internet.requests("crm")); n != 1 {
			t.Fatalf("%d requests while the store leases, want 1", n)
		}
		accept(t, d, 3, "", "crm")
		pass(5 * time.Second)
		got := internet.requests("crm")
		if len(got) != 3 || got[1].id != eventID(2) || got[2].id != eventID(3) {
			t.Errorf("requests are %v, want 1, 2, 3", got)
		}
	})
}

// TestAcceptFreesSlots gives back what it had reserved where the store refuses,
// knows the event already, or keeps the delivery for later.
func TestAcceptFreesSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refusal error
		st, internet := &hooked{Store: openStore(t), onAccept: func(store.Acceptance) error { return refusal }}, &network{}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet, Concurrency: 2,
			Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", webhook.DeliveryPolicy{}), "off": oneByOne("off", webhook.DeliveryPolicy{})},
		})
		if _, err := st.SetDisabled(t.Context(), "off", true, "test", time.Now()); err != nil {
			t.Fatal(err)
		}
		refusal = errors.New("disk is full")
		for n := range 5 {
			if _, err := d.Accept(t.Context(), acceptance(n, "", "crm")); !errors.Is(err, refusal) {
				t.Fatalf("Accept = %v, want the store's error", err)
			}
		}
		refusal = nil
		for n := range 5 {
			a := acceptance(100+n, "", "crm")
			a.DedupKey = "one"
			if r, err := d.Accept(t.Context(), a); err != nil || r.Duplicate != (n > 0) {
				t.Fatalf("Accept = %+v, %v", r, err)
			}
			accept(t, d, 200+n, "", "off")
		}
		pass(time.Second)
		accept(t, d, 300, "", "crm")
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2, webhook.Held: 5})
		if got := internet.requests("crm"); len(got) != 2 || got[0].id != eventID(100) || got[1].id != eventID(300) {
			t.Errorf("requests are %v, want 100 and 300", got)
		}
	})
}

// TestAcceptForOpenBreaker leaves alone what the breaker keeps.
func TestAcceptForOpenBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := openStore(t), &network{answer: func(n int, _ received) (*http.Response, error) {
			if n <= 2 {
				return status(500), nil
			}
			return status(200), nil
		}}
		crm := endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Hour}})
		crm.Breaker = &dispatch.Breaker{Failures: 2, Pause: 10 * time.Second, MaxPause: time.Minute}
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": crm}})
		for n := range 6 {
			accept(t, d, n, "", "crm")
			pass(time.Second)
		}
		if n := len(internet.requests("crm")); n != 2 {
			t.Errorf("%d requests before the breaker lets one through, want 2", n)
		}
		pass(time.Minute)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Pending: 2, webhook.Delivered: 4})
	})
}

// TestAcceptOutsideRun stores what comes before Run and after it; what is being
// accepted as the context ends is handed back.
func TestAcceptOutsideRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := make(chan struct{})
		st := &hooked{Store: openStore(t), onAccept: func(a store.Acceptance) error {
			if a.Event.ID == eventID(2) {
				<-wait
			}
			return nil
		}}
		config := dispatch.Config{
			Store: st, Transport: &network{answer: func(_ int, r received) (*http.Response, error) { return hang(r) }},
			Endpoints:     map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
			ShutdownGrace: 5 * time.Second,
		}
		d, err := dispatch.New(config)
		if err != nil {
			t.Fatal(err)
		}
		accept(t, d, 1, "", "crm")
		wantState(t, st, 1, "crm", webhook.Pending)

		ctx, cancel := context.WithCancel(t.Context())
		ended, accepted := make(chan error, 1), make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		pass(time.Second)
		wantState(t, st, 1, "crm", webhook.Running)
		// The endpoint has one slot, which is in use: another one's is reserved.
		if err := d.SetEndpoints(map[string]dispatch.Endpoint{
			"crm": config.Endpoints["crm"], "erp": endpoint("erp", webhook.DeliveryPolicy{}),
		}); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := d.Accept(context.WithoutCancel(ctx), acceptance(2, "", "erp"))
			accepted <- err
		}()
		synctest.Wait()
		cancel()
		pass(time.Second)
		close(wait)
		if err := errors.Join(<-accepted, <-ended); err != nil {
			t.Fatal(err)
		}
		wantState(t, st, 1, "crm", webhook.Pending)
		wantState(t, st, 2, "erp", webhook.Pending)
		accept(t, d, 3, "", "erp")
		wantState(t, st, 3, "erp", webhook.Pending)
	})
}

// TestAcceptDuringLease accepts while a lease is about to be handed over: neither
// the endpoint nor all together have more under way than they may.
func TestAcceptDuringLease(t *testing.T) {
	for name, test := range map[string]struct {
		total int
		to    string
	}{
		"the endpoint's slot": {total: 9, to: "crm"},
		"the last slot":       {total: 1, to: "erp"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := &hooked{Store: openStore(t)}
				running, most := 0, 0
				internet := &network{answer: func(int, received) (*http.Response, error) {
					running++
					most = max(most, running)
					time.Sleep(time.Second)
					running--
					return status(200), nil
				}}
				accept(t, st, 0, "", "crm")
				d, err := dispatch.New(dispatch.Config{
					Store: st, Transport: internet, Concurrency: test.total,
					Endpoints: map[string]dispatch.Endpoint{
						"crm": oneByOne("crm", webhook.DeliveryPolicy{}), "erp": oneByOne("erp", webhook.DeliveryPolicy{}),
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				st.leased = sync.OnceFunc(func() { accept(t, d, 1, "", test.to) })
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- d.Run(ctx) }()
				pass(5 * time.Second)
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2})
				if most != 1 {
					t.Errorf("%d requests at a time, want 1", most)
				}
			})
		})
	}
}

// TestAcceptKeepsLimits accepts from many callers while a backlog is leased: neither
// an endpoint nor all together have more under way than they may, and nothing waits
// for nobody.
func TestAcceptKeepsLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		var mu sync.Mutex
		running, most, all, mostOfAll := map[string]int{}, 0, 0, 0
		internet := &network{answer: func(n int, r received) (*http.Response, error) {
			count := func(by int) {
				mu.Lock()
				defer mu.Unlock()
				running[r.endpoint] += by
				all += by
				most, mostOfAll = max(most, running[r.endpoint]), max(mostOfAll, all)
			}
			count(1)
			defer count(-1)
			time.Sleep(time.Duration(1+n%7) * time.Millisecond)
			return status(200), nil
		}}
		const limit, total, each = 2, 8, 40
		names := []string{"a", "b", "c", "d", "e", "f"}
		endpoints := map[string]dispatch.Endpoint{}
		for _, name := range names {
			e := endpoint(name, webhook.DeliveryPolicy{})
			e.Concurrency = limit
			endpoints[name] = e
		}
		d, _ := start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: endpoints, Concurrency: total})
		var callers sync.WaitGroup
		for i, name := range names {
			callers.Go(func() {
				for n := range each {
					other := names[(i+1+n%(len(names)-1))%len(names)]
					if _, err := d.Accept(t.Context(), acceptance(i*each+n, "", name, other)); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Duration(n%3) * time.Millisecond)
				}
			})
		}
		callers.Wait()
		pass(5 * time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2 * each * int64(len(names))})
		if most > limit || mostOfAll > total {
			t.Errorf("%d requests at a time to one endpoint and %d in all, want at most %d and %d", most, mostOfAll, limit, total)
		}
	})
}
