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

// acceptingBy is a store whose Accept is a test's.
type acceptingBy struct {
	store.Store
	accept func(ctx context.Context, a store.Acceptance) (store.Receipt, error)
}

func (s acceptingBy) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	return s.accept(ctx, a)
}

// TestAcceptAnswerLost has the answer of a commit lost: its sender's repeat is a
// duplicate, and the delivery is made once its lease has ended.
func TestAcceptAnswerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := openStore(t), &network{}
		answer := errors.New("connection lost at commit")
		d, _ := start(t, dispatch.Config{
			Store: acceptingBy{Store: st, accept: func(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
				receipt, err := st.Accept(ctx, a)
				if err == nil && answer != nil {
					return store.Receipt{}, answer
				}
				return receipt, err
			}},
			Transport: internet, Lease: time.Minute,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		synctest.Wait()
		a := acceptance(1, "", "crm")
		a.DedupKey = "one"
		if _, err := d.Accept(t.Context(), a); !errors.Is(err, answer) {
			t.Fatalf("Accept = %v, want %v", err, answer)
		}
		answer = nil
		if receipt, err := d.Accept(t.Context(), a); err != nil || !receipt.Duplicate {
			t.Errorf("Accept of the repeat = %+v, %v, want a duplicate", receipt, err)
		}
		pass(2 * time.Minute)
		wantState(t, st, 1, "crm", webhook.Delivered)
		if n := len(internet.requests("crm")); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// TestAcceptOutlastsLease accepts what was due so long before it is stored that its
// lease would have ended: it is sent once.
func TestAcceptOutlastsLease(t *testing.T) {
	for name, test := range map[string]struct{ body, commit time.Duration }{
		"slow body":  {body: 70 * time.Second},
		"slow store": {commit: 70 * time.Second},
		"both slow":  {body: 30 * time.Second, commit: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := &hooked{Store: openStore(t), onAccept: func(store.Acceptance) error {
					time.Sleep(test.commit)
					return nil
				}}
				internet := &network{answer: func(_ int, r received) (*http.Response, error) {
					select {
					case <-r.ctx.Done():
						return nil, r.ctx.Err()
					case <-time.After(2 * time.Second):
						return status(200), nil
					}
				}}
				d, _ := start(t, dispatch.Config{
					Store: st, Transport: internet, Lease: time.Minute,
					Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
				})
				synctest.Wait()
				a := acceptance(1, "", "crm")
				pass(test.body)
				if _, err := d.Accept(t.Context(), a); err != nil {
					t.Fatal(err)
				}
				pass(10 * time.Second)
				wantState(t, st, 1, "crm", webhook.Delivered)
				pass(time.Hour)
				if n := len(internet.requests("crm")); n != 1 {
					t.Errorf("%d requests, want 1", n)
				}
			})
		})
	}
}

// TestRunEndsWhileAcceptHangs ends Run while the store commits nothing and does not
// answer before its context ends: the call is given up after the grace period.
func TestRunEndsWhileAcceptHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		d, stop := start(t, dispatch.Config{
			Store: acceptingBy{Store: st, accept: func(ctx context.Context, _ store.Acceptance) (store.Receipt, error) {
				select {
				case <-ctx.Done():
					return store.Receipt{}, ctx.Err()
				case <-time.After(time.Hour):
					return store.Receipt{}, errors.New("the store's disk is gone")
				}
			}},
			Transport: &network{}, ShutdownGrace: 5 * time.Second,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		synctest.Wait()
		accepted := make(chan error, 1)
		go func() {
			_, err := d.Accept(context.WithoutCancel(t.Context()), acceptance(1, "", "crm"))
			accepted <- err
		}()
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("Run ended after %v, want the grace period of 5s", took)
		}
		if err := <-accepted; !errors.Is(err, context.Canceled) {
			t.Errorf("Accept = %v, want %v", err, context.Canceled)
		}
	})
}

// TestTransformKeepsToItsDelivery accepts an event for a delivery that has no
// transform and for several whose transforms change the event in place.
func TestTransformKeepsToItsDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change := guest{hash: "h1", transform: func(_ context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
			out := webhook.Output{Body: append([]byte(nil), ev.Body...), ContentType: ev.Header.Get("Content-Type")}
			for i := range ev.Body {
				ev.Body[i] = 'X'
			}
			ev.Header["Content-Type"][0] = "text/plain"
			ev.Header.Set("Changed-By", tc.Endpoint)
			return []webhook.Output{out}, nil
		}}
		st, internet := openStore(t), &network{}
		names := []string{"a", "plain", "b", "c"}
		config := dispatch.Config{
			Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{},
			Transforms: &guests{byName: map[string]webhook.Guest{"change": change}},
		}
		for _, name := range names {
			config.Endpoints[name] = endpoint(name, webhook.DeliveryPolicy{})
		}
		d, _ := start(t, config)
		synctest.Wait()
		for n := range 20 {
			a := acceptance(n, "change", names...)
			a.Deliveries[1].Transform = ""
			if _, err := d.Accept(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 20 * int64(len(names))})
		for _, name := range names {
			for n, r := range internet.requests(name) {
				want := string(acceptance(n, "").Event.Body)
				if contentType := r.header.Get("Content-Type"); r.body != want || contentType != "application/json" {
					t.Errorf("%s received %q of type %q, want %q of type application/json", name, r.body, contentType, want)
				}
			}
		}
	})
}

// TestUnconfiguredBacklogHarmsNobody owes many deliveries to endpoints that are not
// configured, and are forgotten and met again while the store leases: those of the
// others are made.
func TestUnconfiguredBacklogHarmsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := &sluggish{Store: openStore(t), dice: newDice(1, 1)}, &network{}
		const events = 50
		for n := range events {
			accept(t, st, n, "", "gone", "crm", "lost")
		}
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		for n := range events {
			accept(t, d, events+n, "", "gone", "crm", "lost")
		}
		pass(40 * time.Second) // what waits is looked at again after a minute
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2 * events, webhook.Pending: 4 * events})
	})
}
