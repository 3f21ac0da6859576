package engine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func callBody(h http.Handler, path string, body io.Reader) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", path, body))
	return w
}

// A source that is called too often answers 429 before it reads, and others go
// on. A reload does not fill what was used up.
func TestSourceRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &receptions{}
		config := engine.Config{
			Sources: map[string]engine.Source{
				"slow": {Provider: engine.NoVerification, Rate: 0.5, Burst: 2},
				"free": {Provider: engine.NoVerification},
			},
			Store: &counting{}, Observer: seen,
		}
		eng := open(t, config)
		for range 2 {
			if w := callBody(eng.Handler(), "/in/slow", strings.NewReader("{}")); w.Code != 202 {
				t.Fatalf("status = %d, want 202", w.Code)
			}
		}
		over := func(when string) {
			t.Helper()
			w := callBody(eng.Handler(), "/in/slow", unread{t})
			if w.Code != 429 || w.Header().Get("Retry-After") != "2" || w.Body.String() != "{\"error\":\"rate_limited\"}\n" {
				t.Errorf("%s: answer = %d, Retry-After %q, %s, want 429 and 2", when, w.Code, w.Header().Get("Retry-After"), w.Body)
			}
		}
		over("at once")
		if err := eng.Reload(config); err != nil {
			t.Fatal(err)
		}
		over("after a reload")
		called := false
		guarded := eng.Middleware("slow")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
		if w := callBody(guarded, "/", unread{t}); w.Code != 429 || called {
			t.Errorf("middleware = %d, called %v, want 429 and not called", w.Code, called)
		}
		if w := callBody(eng.Handler(), "/in/free", strings.NewReader("{}")); w.Code != 202 {
			t.Errorf("another source = %d, want 202", w.Code)
		}
		time.Sleep(2 * time.Second)
		if w := callBody(eng.Handler(), "/in/slow", strings.NewReader("{}")); w.Code != 202 {
			t.Errorf("two seconds later = %d, want 202", w.Code)
		}
		limited := 0
		for _, r := range seen.list {
			if r.Answer == "limited" {
				limited++
			}
		}
		if limited != 3 {
			t.Errorf("%d receptions are limited, want 3", limited)
		}
	})
}

// Who may not send at all takes nothing of the rate of those who may, and no body
// of his is read.
func TestSourceRateOfOutsiders(t *testing.T) {
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"s": {
			Provider: engine.NoVerification, Rate: 0.001, Burst: 1, AllowFrom: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		}},
		Store: &counting{},
	})
	for range 3 {
		if w := callBody(eng.Handler(), "/in/s", unread{t}); w.Code != 401 || !strings.Contains(w.Body.String(), "address_not_allowed") {
			t.Errorf("from outside: %d %s, want 401 and address_not_allowed", w.Code, w.Body)
		}
	}
	r := httptest.NewRequest("POST", "/in/s", strings.NewReader("{}"))
	r.RemoteAddr = "198.51.100.7:1"
	w := httptest.NewRecorder()
	if eng.Handler().ServeHTTP(w, r); w.Code != 202 {
		t.Errorf("from within: %d, want 202", w.Code)
	}
}

func TestSourceRateFaults(t *testing.T) {
	for _, test := range []struct {
		rate  float64
		burst int
		want  string
	}{{-1, 0, "want a number of requests a second"}, {1, -1, "want a number of requests"}, {0, 5, "has no rate beside it"}} {
		_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification, Rate: test.rate, Burst: test.burst}}})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("rate %v, burst %d: %v, want that it %s", test.rate, test.burst, err, test.want)
		}
	}
}

// counting is a store with a backlog and a disk of its own.
type counting struct {
	store.Store
	open, free int64
	accepted   int
}

func (c *counting) Accept(_ context.Context, a store.Acceptance) (store.Receipt, error) {
	c.accepted++
	return store.Receipt{EventID: a.Event.ID}, nil
}

func (c *counting) Counts(context.Context) (map[webhook.DeliveryState]int64, error) {
	return map[webhook.DeliveryState]int64{webhook.Pending: c.open, webhook.Held: c.open, webhook.Delivered: 1e6}, nil
}

func (c *counting) Free(context.Context) (int64, error) { return c.free, nil }

// An intake that has reached a limit asks senders to come again, stores nothing,
// and goes on by itself.
func TestIntakeStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, seen := &counting{free: 2000}, &receptions{}
		eng := open(t, engine.Config{
			Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification, Statuses: engine.Statuses{Unavailable: 502}}},
			Store:   db, Observer: seen, Limits: engine.Limits{Backlog: 100, FreeDisk: 1000},
		})
		for _, step := range []struct {
			open, free int64
			want       engine.Stop
		}{{0, 2000, ""}, {50, 2000, engine.StopBacklog}, {44, 2000, ""}, {0, 999, engine.StopDisk}, {0, 2000, ""}} {
			db.open, db.free = step.open, step.free
			time.Sleep(time.Second)
			before := db.accepted
			if got := eng.Stopped(); got != step.want {
				t.Errorf("Stopped = %q, want %q", got, step.want)
			}
			_, err := eng.Publish(t.Context(), engine.Publication{Body: []byte("{}")})
			if got := errors.Is(err, engine.ErrStopped); got != (step.want != "") {
				t.Errorf("%q: Publish = %v", step.want, err)
			}
			if step.want == "" {
				if w := callBody(eng.Handler(), "/in/s", strings.NewReader("{}")); w.Code != 202 || db.accepted != before+2 {
					t.Errorf("status = %d, %d stored, want 202 and two", w.Code, db.accepted-before)
				}
				continue
			}
			w := callBody(eng.Handler(), "/in/s", unread{t})
			if w.Code != 502 || w.Header().Get("Retry-After") != "30" || db.accepted != before {
				t.Errorf("%q: answer = %d, Retry-After %q, %d stored, want 502, 30 and none", step.want, w.Code, w.Header().Get("Retry-After"), db.accepted-before)
			}
		}
		stopped := slices.DeleteFunc(seen.list, func(r engine.Reception) bool { return r.Answer != "stopped" })
		if len(stopped) != 2 {
			t.Errorf("%d receptions are stopped, want 2", len(stopped))
		}
	})
}
