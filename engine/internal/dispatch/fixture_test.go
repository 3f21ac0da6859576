package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// openStore opens a store that closes with the test.
func openStore(t *testing.T) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"), sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return st
}

// pass lets the time of a synctest bubble pass, and everything happen that is
// due until then.
func pass(wait time.Duration) {
	time.Sleep(wait)
	synctest.Wait()
}

// acceptor is a store, or a dispatcher that delivers what it accepts.
type acceptor interface {
	Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error)
}

// accept stores event number n with one delivery to each endpoint.
func accept(t *testing.T, by acceptor, n int, transform string, endpoints ...string) {
	t.Helper()
	if _, err := by.Accept(t.Context(), acceptance(n, transform, endpoints...)); err != nil {
		t.Fatal(err)
	}
}

func acceptance(n int, transform string, endpoints ...string) store.Acceptance {
	now := time.Now()
	a := store.Acceptance{Event: webhook.Event{
		ID: eventID(n), Source: "app", Type: "document.signed", Time: now,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   fmt.Appendf(nil, "{\"number\":%d,\"text\":\"caf\xe9\x00\"}", n),
	}}
	for _, endpoint := range endpoints {
		a.Deliveries = append(a.Deliveries, webhook.Delivery{
			ID: deliveryID(n, endpoint), MessageID: eventID(n), EventID: eventID(n), Subscription: "all",
			Endpoint: endpoint, Transform: transform, State: webhook.Pending, Due: now, Created: now,
		})
	}
	return a
}

func eventID(n int) string { return fmt.Sprintf("evt_%06d", n) }

func deliveryID(n int, endpoint string) string { return fmt.Sprintf("dlv_%06d_%s", n, endpoint) }

// delivery reads a delivery back.
func delivery(t *testing.T, st store.Store, id string) webhook.Delivery {
	t.Helper()
	d, err := st.Delivery(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wantState compares the state of an endpoint's delivery of event n.
func wantState(t *testing.T, st store.Store, n int, endpoint string, want webhook.DeliveryState) webhook.Delivery {
	t.Helper()
	d := delivery(t, st, deliveryID(n, endpoint))
	if d.State != want {
		t.Errorf("delivery %s is %s (%s), want %s", d.ID, d.State, d.LastError, want)
	}
	return d
}

// wantCounts compares how many deliveries are in each state.
func wantCounts(t *testing.T, st store.Store, want map[webhook.DeliveryState]int64) {
	t.Helper()
	got, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []webhook.DeliveryState{
		webhook.Pending, webhook.Running, webhook.Held, webhook.Delivered,
		webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
	} {
		if got[state] != want[state] {
			t.Errorf("%d deliveries are %s, want %d", got[state], state, want[state])
		}
	}
}

// received is a request as an endpoint saw it.
type received struct {
	at       time.Time
	endpoint string
	id       string
	header   http.Header
	target   string
	body     string
	ctx      context.Context
}

// network is a transport in memory: endpoint "crm" is http://crm.example.
type network struct {
	// answer decides about the n-th request (from 1) of its endpoint. Nil
	// answers 200.
	answer func(n int, r received) (*http.Response, error)

	mu  sync.Mutex
	got []received
}

func (w *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	seen := received{
		at: time.Now(), endpoint: strings.TrimSuffix(r.URL.Hostname(), ".example"), id: r.Header.Get("Webhook-Id"),
		header: r.Header, target: r.URL.RequestURI(), body: string(body), ctx: r.Context(),
	}
	w.mu.Lock()
	w.got = append(w.got, seen)
	n := 0
	for _, earlier := range w.got {
		if earlier.endpoint == seen.endpoint {
			n++
		}
	}
	w.mu.Unlock()
	if w.answer == nil {
		return status(200), nil
	}
	return w.answer(n, seen)
}

// requests returns what an endpoint has received so far.
func (w *network) requests(endpoint string) []received {
	w.mu.Lock()
	defer w.mu.Unlock()
	var got []received
	for _, r := range w.got {
		if r.endpoint == endpoint {
			got = append(got, r)
		}
	}
	return got
}

func status(code int) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody}
}

// hang answers nothing until the attempt is over.
func hang(r received) (*http.Response, error) {
	<-r.ctx.Done()
	return nil, r.ctx.Err()
}

// endpoint returns one that signs with its message's identity alone.
func endpoint(name string, policy webhook.DeliveryPolicy) dispatch.Endpoint {
	return dispatch.Endpoint{
		URL:    &url.URL{Scheme: "http", Host: name + ".example", Path: "/hooks"},
		Policy: policy,
		Sign: func(_ context.Context, draft *webhook.Request, m dispatch.Message) error {
			draft.Header.Set("Webhook-Id", m.ID)
			draft.Header.Set("Webhook-Type", m.Type)
			return nil
		},
	}
}

// start runs a dispatcher with no jitter, and returns how to end it.
func start(t *testing.T, config dispatch.Config) (d *dispatch.Dispatcher, stop func()) {
	t.Helper()
	config.Jitter = func() float64 { return 0 }
	d, err := dispatch.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return d, stop
}

// guest is a transform made of a function.
type guest struct {
	hash      string
	transform func(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error)
}

func (g guest) Name() string          { return "test guest" }
func (g guest) Hash() string          { return g.hash }
func (g guest) Hooks() []webhook.Hook { return []webhook.Hook{webhook.HookTransform} }

func (g guest) Claim(context.Context, *webhook.Request, map[string]string) (*webhook.Claim, error) {
	return nil, errors.New("the guest has no claim")
}

func (g guest) Transform(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	return g.transform(ctx, ev, tc)
}

func (g guest) Close(context.Context) error { return nil }

// guests can be replaced while the dispatcher runs.
type guests struct {
	mu     sync.Mutex
	byName map[string]webhook.Guest
}

func (g *guests) Transform(name string) (webhook.Guest, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	found, ok := g.byName[name]
	return found, ok
}

func (g *guests) set(name string, to webhook.Guest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.byName[name] = to
}
