package engine_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// world is an engine with its senders, its operator and its endpoints, whose
// store fails.
type world struct {
	*testing.T
	fault storetest.Fault
	lease time.Duration
	// open opens the store, and opens it again once it is closed.
	open func() (store.Store, error)

	kept   store.Store
	faulty *storetest.Faulty
	engine *engine.Engine
	// moved is signaled when a delivery came to an end.
	moved chan struct{}

	mu sync.Mutex
	// acked are the bodies that were answered 2xx, or published.
	acked map[string]bool
	// came are the requests that the endpoints got.
	came []arrival
}

// arrival is a request that an endpoint got.
type arrival struct{ endpoint, id, body string }

func newWorld(t *testing.T, fault storetest.Fault, lease time.Duration) *world {
	return &world{T: t, fault: fault, lease: lease, acked: map[string]bool{}, moved: make(chan struct{}, 1)}
}

// RoundTrip is the network. The endpoint "flaky" refuses what it gets for the
// first time.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a := arrival{r.URL.Hostname(), r.Header.Get("Webhook-Id"), string(body)}
	w.mu.Lock()
	defer w.mu.Unlock()
	first := true
	for _, earlier := range w.came {
		first = first && earlier != a
	}
	w.came = append(w.came, a)
	status := http.StatusOK
	if a.endpoint == "flaky" && first {
		status = http.StatusInternalServerError
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}, nil
}

// Finished notes that a delivery came to an end.
func (w *world) Finished(webhook.Delivery) {
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

func (w *world) Received(engine.Reception)         {}
func (w *world) Attempted(string, webhook.Attempt) {}
func (w *world) TransformFailed(_ string, err error) {
	w.Errorf("%v: transform failed: %v", w.fault, err)
}
func (w *world) EndpointDisabled(webhook.Health) {}

func (w *world) GuestCalled(engine.GuestCall) {}

func (w *world) StoreCalled(engine.StoreCall) {}

const splitScript = `export default function transform(event) {
	return [{type: "first", body: event.body ?? "binary"}, {type: "second", body: "second of " + event.id}];
}`

func (w *world) config(s store.Store) engine.Config {
	waits := make([]time.Duration, 40)
	for i := range waits {
		waits[i] = 20 * time.Millisecond
	}
	endpoint := func(name string) engine.Endpoint {
		return engine.Endpoint{URL: "https://" + name, Sign: engine.NoVerification, Retry: waits}
	}
	return engine.Config{
		Sources:    map[string]engine.Source{"hub": hub(w.T)},
		Endpoints:  map[string]engine.Endpoint{"crm": endpoint("crm"), "flaky": endpoint("flaky"), "split": endpoint("split")},
		Transforms: map[string]engine.GuestCode{"split.js": {Name: "split.js", Code: []byte(splitScript)}},
		Subscriptions: []engine.Subscription{
			{Source: "hub", Endpoint: "crm"},
			{Source: "hub", Endpoint: "flaky"},
			{Source: "hub", Endpoint: "split", Transform: "split.js"},
			{Source: engine.AppSource, Endpoint: "crm"},
		},
		Store: s, Guests: []engine.GuestLoader{script.Loader{}}, Transport: w, Observer: w,
		Limits: engine.Limits{Lease: w.lease, ShutdownGrace: 50 * time.Millisecond},
	}
}

// start opens the store and an engine on it, which sees the fault or not, and
// returns how to end both.
func (w *world) start(fault storetest.Fault) (stop func()) {
	var err error
	if w.kept, err = w.open(); err != nil {
		w.Fatalf("%v: %v", w.fault, err)
	}
	w.faulty = storetest.NewFaulty(w.kept, fault)
	if w.engine, err = engine.Open(w.config(w.faulty)); err != nil {
		w.Fatalf("%v: %v", w.fault, err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- w.engine.Run(ctx) }()
	return func() {
		cancel()
		if err := errors.Join(<-done, w.engine.Close(), w.kept.Close()); err != nil {
			w.Errorf("%v: stop: %v", w.fault, err)
		}
	}
}

// tries is how often a sender, or the operator, tries what fails.
const tries = 3

// send posts a webhook until it is acknowledged or its sender gives up.
func (w *world) send(body string) {
	req := sign(w.T, "qualifio", "key", body)
	for range tries {
		if status := w.post(req.Header, body); status == http.StatusAccepted {
			w.acknowledged(body)
			return
		} else if status != http.StatusServiceUnavailable {
			w.Errorf("%v: a webhook is answered %d, want 202 or 503", w.fault, status)
		}
		w.pause(10 * time.Millisecond)
	}
}

func (w *world) post(header http.Header, body string) int {
	r := httptest.NewRequest("POST", "/in/hub", bytes.NewReader([]byte(body)))
	r.Header = header.Clone()
	answer := httptest.NewRecorder()
	w.engine.Handler().ServeHTTP(answer, r)
	return answer.Code
}

func (w *world) publish(body string) {
	p := engine.Publication{Type: "invoice.paid", Body: []byte(body), Key: body}
	w.insist("publish", func() error {
		_, err := w.engine.Publish(w.Context(), p)
		if err == nil {
			w.acknowledged(body)
		}
		return err
	})
}

func (w *world) acknowledged(body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked[body] = true
}

// insist repeats a call that an injected fault has failed.
func (w *world) insist(what string, call func() error) {
	for range tries {
		err := call()
		if err == nil {
			return
		}
		if !errors.Is(err, storetest.ErrInjected) {
			w.Errorf("%v: %s: %v", w.fault, what, err)
			return
		}
		w.pause(10 * time.Millisecond)
	}
}

func (w *world) pause(d time.Duration) {
	select {
	case <-w.Context().Done():
	case <-time.After(d):
	}
}
