package engine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// kept returns the events that are stored, and fails for one with deliveries.
func kept(t *testing.T, eng *engine.Engine) []webhook.Event {
	t.Helper()
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := eng.Store().Deliveries(t.Context(), store.DeliveryQuery{Limit: 100})
	if err != nil || len(deliveries) > 0 {
		t.Errorf("%d deliveries, %v; want none", len(deliveries), err)
	}
	return events
}

func withStore(t *testing.T) *engine.Engine {
	t.Helper()
	return open(t, engine.Config{
		Sources: map[string]engine.Source{
			"hub":   hub(t),
			"smino": {Provider: "smino", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true},
		},
		Endpoints:     map[string]engine.Endpoint{"e": {URL: "https://example.com", Sign: engine.NoVerification}},
		Subscriptions: []engine.Subscription{{Source: "hub", Endpoint: "e"}},
		Store:         openStore(t),
	})
}

// A key is kept once the application has answered 2xx, and not before.
func TestMiddlewareKeepsWhatSucceeded(t *testing.T) {
	eng := withStore(t)
	next := &app{}
	h := eng.Middleware("hub")(next)
	req := sign(t, "qualifio", "key", "body")
	for i, tt := range []struct{ app, answer, calls, events int }{
		{500, 500, 1, 0}, {404, 404, 2, 0}, {302, 302, 3, 0}, {0, 200, 4, 1}, {500, 202, 4, 1}, {201, 202, 4, 1},
	} {
		next.status = tt.app
		w := post(t, h, "/", req)
		if events := kept(t, eng); w.Code != tt.answer || len(next.bodies) != tt.calls || len(events) != tt.events {
			t.Errorf("request %d: answer %d, %d calls, %d events; want %+v", i, w.Code, len(next.bodies), len(events), tt)
		}
	}
	ev, err := eng.Store().Event(t.Context(), kept(t, eng)[0].ID)
	if err != nil || string(ev.Body) != "body" || ev.Secret != "label" || ev.Header.Get(engine.VerdictHeader) != "" {
		t.Errorf("event = %+v, %v; want the request as it was sent", ev, err)
	}
	// The intake knows the key from the store.
	if w := post(t, eng.Handler(), "/in/hub", req); w.Code != 202 || len(kept(t, eng)) != 1 {
		t.Errorf("the intake answers %d and keeps %d events, want 202 and one", w.Code, len(kept(t, eng)))
	}
}

// The identity of one request does not let another body pass.
func TestMiddlewareConflict(t *testing.T) {
	eng := withStore(t)
	next := &app{}
	h := eng.Middleware("smino")(next)
	body := `{"EventId":"0f8fad5b-d9cb-469f-a165-70867728950e","TimeStamp":"2026-01-02T03:04:05Z"}`
	req := sign(t, "smino", "key", body)
	post(t, h, "/", req)
	req.Body = []byte(strings.Replace(body, "{", `{"more":1,`, 1))
	if w := post(t, h, "/", req); w.Code != 409 || len(next.bodies) != 1 {
		t.Errorf("another body under the same identity = %d, %d calls; want 409 and one", w.Code, len(next.bodies))
	}
}

// An application that panics has not taken the webhook.
func TestMiddlewarePanic(t *testing.T) {
	eng := withStore(t)
	h := eng.Middleware("hub")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	for range 2 {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("panic = %v, want the application's", p)
				}
			}()
			post(t, h, "/", sign(t, "qualifio", "key", "body"))
		}()
	}
	if events := kept(t, eng); len(events) != 0 {
		t.Errorf("%d events are kept, want none", len(events))
	}
}

// Of the same request many times at once the application sees one, and another
// only after that has failed.
func TestMiddlewareRunsOneOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := withStore(t)
		answers := make(chan int)
		var calls, running atomic.Int32
		h := eng.Middleware("hub")(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if running.Add(1) > 1 {
				t.Error("the application is called twice at one time")
			}
			defer running.Add(-1)
			w.WriteHeader(<-answers)
		}))
		req := sign(t, "qualifio", "key", "body")
		codes := make(chan int, 10)
		for range cap(codes) {
			go func() { codes <- post(t, h, "/", req).Code }()
		}
		for _, status := range []int{500, 503, 200} {
			synctest.Wait()
			answers <- status
		}
		got := map[int]int{}
		for range cap(codes) {
			got[<-codes]++
		}
		if calls.Load() != 3 || got[500] != 1 || got[503] != 1 || got[200] != 1 || got[202] != 7 {
			t.Errorf("%d calls, answers %v; want 3 calls, the rest acknowledged", calls.Load(), got)
		}
		if events := kept(t, eng); len(events) != 1 {
			t.Errorf("%d events are kept, want one", len(events))
		}
	})
}

// Who waits for another request and gives up is told to try again.
func TestMiddlewareWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := withStore(t)
		release := make(chan struct{})
		h := eng.Middleware("hub")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
		req := sign(t, "qualifio", "key", "body")
		var parts sync.WaitGroup
		parts.Go(func() { post(t, h, "/", req) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		parts.Go(func() {
			r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader("body"))
			r.Header = req.Header.Clone()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != 503 || w.Header().Get("Retry-After") == "" {
				t.Errorf("answer = %d, want 503 with Retry-After", w.Code)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(release)
		parts.Wait()
	})
}

// The response writer is as capable as the one below.
func TestMiddlewareResponseWriter(t *testing.T) {
	eng := withStore(t)
	answered := make(chan error, 1)
	server := httptest.NewServer(eng.Middleware("hub")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if string(body) == "hijack" {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				err = conn.Close()
			}
			answered <- err
			return
		}
		w.WriteHeader(http.StatusEarlyHints)
		w.(http.Flusher).Flush()
		_, err = io.WriteString(w, "done")
		answered <- err
	})))
	defer server.Close()
	for body, events := range map[string]int{"hijack": 0, "flush": 1} {
		before := len(kept(t, eng))
		signed := sign(t, "qualifio", "key", body)
		r, err := http.NewRequest("POST", server.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = signed.Header
		resp, err := http.DefaultClient.Do(r)
		if (err == nil) != (events == 1) {
			t.Errorf("%s: %v, %v", body, resp, err)
		}
		if err == nil {
			text, err := io.ReadAll(resp.Body)
			if resp.Body.Close(); string(text) != "done" || err != nil || resp.StatusCode != 200 {
				t.Errorf("%s: %d %q, %v", body, resp.StatusCode, text, err)
			}
		}
		if err := <-answered; err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if got := len(kept(t, eng)) - before; got != events {
			t.Errorf("%s: %d events are kept, want %d", body, got, events)
		}
	}
}

// failing is a store that cannot commit.
type failing struct{ store.Store }

func (failing) Accept(context.Context, store.Acceptance) (store.Receipt, error) {
	return store.Receipt{}, errors.New("disk is full")
}

// The application has answered: a store that then fails changes nothing for the
// sender, and the repeat is known all the same.
func TestMiddlewareStoreFails(t *testing.T) {
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: failing{openStore(t)}})
	next := &app{}
	for _, want := range []int{200, 202} {
		if w := post(t, eng.Middleware("hub")(next), "/", sign(t, "qualifio", "key", "body")); w.Code != want || len(next.bodies) != 1 {
			t.Errorf("answer = %d after %d calls, want %d after one", w.Code, len(next.bodies), want)
		}
	}
}
