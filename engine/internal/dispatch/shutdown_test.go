package dispatch_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestShutdown ends a dispatcher while attempts run: one ends within the grace
// period, one does not. The next dispatcher brings everything to its end.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(n int, r received) (*http.Response, error) {
			switch {
			case r.endpoint == "slow" && n == 1:
				time.Sleep(15 * time.Second)
			case r.endpoint == "dead" && n == 1:
				return hang(r)
			}
			return status(200), nil
		}}
		config := dispatch.Config{
			Store: st, Transport: internet, ShutdownGrace: 20 * time.Second,
			Endpoints: map[string]dispatch.Endpoint{
				"slow": oneByOne("slow", webhook.DeliveryPolicy{}),
				"dead": oneByOne("dead", webhook.DeliveryPolicy{}),
			},
		}
		slow := config.Endpoints["dead"]
		slow.Timeout = time.Hour
		config.Endpoints["dead"] = slow
		for n := range 3 {
			accept(t, st, n, "", "slow", "dead")
		}
		d, stop := start(t, config)
		pass(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took < 20*time.Second || took > 21*time.Second {
			t.Errorf("Run returned after %v, want the grace period of 20s", took)
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 1, webhook.Pending: 5})
		if got := wantState(t, st, 0, "dead", webhook.Pending); got.Attempts != 0 {
			t.Errorf("the interrupted delivery has %d attempts, want 0", got.Attempts)
		}

		accept(t, st, 3, "", "slow")
		d.Wake()
		pass(time.Minute)
		if n := len(internet.requests("slow")); n != 1 {
			t.Errorf("%d requests after Run returned, want none more than 1", n)
		}

		start(t, config)
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 7})
	})
}

// TestShutdownIsPromptWhenIdle does not wait for the grace period.
func TestShutdownIsPromptWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		_, stop := start(t, dispatch.Config{Store: st, Transport: &network{}})
		pass(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("Run returned after %v, want at once", took)
		}
	})
}

// TestShutdownDuringTransform hands back what a guest had not ended.
func TestShutdownDuringTransform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		slow := guest{hash: "h1", transform: func(ctx context.Context, _ *webhook.Event, _ webhook.TransformContext) ([]webhook.Output, error) {
			<-ctx.Done()
			return nil, &webhook.GuestError{Guest: "slow", Kind: webhook.GuestTimeout}
		}}
		accept(t, st, 1, "slow", "crm")
		_, stop := start(t, dispatch.Config{
			Store: st, Transport: &network{}, ShutdownGrace: 20 * time.Second,
			Transforms: &guests{byName: map[string]webhook.Guest{"slow": slow}},
			Endpoints:  map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(time.Second)
		stop()
		wantState(t, st, 1, "crm", webhook.Pending)
	})
}

// TestSettleFails tries again until the store takes what came of an attempt,
// while the lease is extended: the endpoint sees one request.
func TestSettleFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 12
		st := &hooked{Store: openStore(t), onSettle: func([]store.Settlement) error {
			if failures--; failures >= 0 {
				return errors.New("disk is full")
			}
			return nil
		}}
		internet := &network{}
		for n := range 40 {
			accept(t, st, n, "", "crm")
		}
		start(t, dispatch.Config{
			Store: st, Transport: internet, Lease: 10 * time.Second,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(10 * time.Minute)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 40})
		if n := len(internet.requests("crm")); n != 40 || failures >= 0 {
			t.Errorf("%d requests with %d failures left, want 40 and none", n, failures)
		}
	})
}

// TestSettleFailsUntilShutdown leaves the delivery to the next run, which sends
// it again: at least once.
func TestSettleFailsUntilShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hooked{Store: openStore(t), onSettle: func([]store.Settlement) error { return errors.New("disk is gone") }}
		internet := &network{}
		config := dispatch.Config{
			Store: st, Transport: internet, Lease: time.Minute, ShutdownGrace: time.Second,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
			Observer:  dispatch.Observer{DeliveryFinished: func(webhook.Delivery) { t.Error("reported as finished, and was not settled") }},
		}
		accept(t, st, 1, "", "crm")
		_, stop := start(t, config)
		pass(30 * time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took > 7*time.Second {
			t.Errorf("Run returned after %v, want the grace periods of 6s", took)
		}
		wantState(t, st, 1, "crm", webhook.Running)

		st.onSettle, config.Observer = nil, dispatch.Observer{}
		start(t, config)
		pass(2 * time.Minute)
		wantState(t, st, 1, "crm", webhook.Delivered)
		if n := len(internet.requests("crm")); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
}

func TestRunTwicePanics(t *testing.T) {
	d, err := dispatch.New(dispatch.Config{Store: openStore(t), Transport: &network{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a second Run did not panic")
		}
	}()
	_ = d.Run(ctx)
}
