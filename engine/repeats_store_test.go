package engine_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// lifetime opens an engine with the store at a path, calls use with it, and
// closes both.
func lifetime(t *testing.T, path string, use func(*engine.Engine)) {
	t.Helper()
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Open(engine.Config{
		Sources: map[string]engine.Source{
			"hub":   hub(t),
			"other": hub(t),
			"smino": {Provider: "smino", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true},
		},
		Store: db,
	})
	if err != nil {
		t.Fatal(err)
	}
	use(eng)
	if err := errors.Join(eng.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// What was answered 2xx before a restart is acknowledged after it, and what was
// not reaches the application.
func TestMiddlewareKnowsRepeatsAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	taken, refused, stored := sign(t, "qualifio", "key", "taken"), sign(t, "qualifio", "key", "refused"), sign(t, "qualifio", "key", "stored")
	lifetime(t, path, func(eng *engine.Engine) {
		post(t, eng.Middleware("hub")(&app{}), "/", taken)
		post(t, eng.Middleware("hub")(&app{status: 500}), "/", refused)
		post(t, eng.Handler(), "/in/hub", stored)
	})
	lifetime(t, path, func(eng *engine.Engine) {
		for _, tt := range []struct {
			name, source string
			req          *webhook.Request
			code, calls  int
		}{
			{"what was taken", "hub", taken, 202, 0},
			{"what was taken, again", "hub", taken, 202, 0},
			{"what the intake has stored", "hub", stored, 202, 0},
			{"what was refused", "hub", refused, 200, 1},
			{"what was refused, again", "hub", refused, 202, 0},
			{"what another source took", "other", taken, 200, 1},
		} {
			next := &app{}
			if w := post(t, eng.Middleware(tt.source)(next), "/", tt.req); w.Code != tt.code || len(next.bodies) != tt.calls {
				t.Errorf("%s: answer %d after %d calls, want %d after %d", tt.name, w.Code, len(next.bodies), tt.code, tt.calls)
			}
		}
		if events := kept(t, eng); len(events) != 4 {
			t.Errorf("%d events are kept, want 4", len(events))
		}
	})
}

// The identity of a request from before a restart does not let another body pass.
func TestMiddlewareConflictAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.db")
	body := `{"EventId":"0f8fad5b-d9cb-469f-a165-70867728950e","TimeStamp":"2026-01-02T03:04:05Z"}`
	first, next := sign(t, "smino", "key", body), &app{}
	changed := *first
	changed.Body = []byte(strings.Replace(body, "{", `{"more":1,`, 1))
	lifetime(t, path, func(eng *engine.Engine) { post(t, eng.Middleware("smino")(next), "/", first) })
	lifetime(t, path, func(eng *engine.Engine) {
		h := eng.Middleware("smino")(next)
		for i, tt := range []struct {
			req  *webhook.Request
			code int
		}{{&changed, 409}, {&changed, 409}, {first, 202}} {
			w := post(t, h, "/", tt.req)
			if w.Code != tt.code || len(next.bodies) != 1 {
				t.Errorf("request %d = %d after %d calls, want %d after one", i, w.Code, len(next.bodies), tt.code)
			}
			if conflict := `{"reason":"id_conflict"}`; tt.code == 409 && strings.TrimSpace(w.Body.String()) != conflict {
				t.Errorf("request %d: body = %s, want %s", i, w.Body, conflict)
			}
		}
	})
}

// A store that cannot be asked leaves nothing decided: the application is not
// called, and the sender tries again.
func TestMiddlewareOfAStoreThatIsDown(t *testing.T) {
	db := openStore(t)
	eng, next := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: db}), &app{}
	h := eng.Middleware("hub")(next)
	taken := sign(t, "qualifio", "key", "taken")
	post(t, h, "/", taken)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w := post(t, h, "/", sign(t, "qualifio", "key", "body"))
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || len(next.bodies) != 1 {
			t.Errorf("answer = %d after %q, want 503 with Retry-After and no call", w.Code, next.bodies)
		}
	}
	// Memory needs no store.
	if w := post(t, h, "/", taken); w.Code != 202 || len(next.bodies) != 1 {
		t.Errorf("a repeat = %d after %q, want 202 and no call", w.Code, next.bodies)
	}
}

// outage is a store that cannot look up while it is down, and counts how often
// it was asked.
type outage struct {
	store.Store
	down  atomic.Bool
	asked atomic.Int64
}

func (o *outage) Lookup(ctx context.Context, source, key string) (store.Receipt, bool, error) {
	o.asked.Add(1)
	if o.down.Load() {
		return store.Receipt{}, false, errors.New("connection refused")
	}
	return o.Store.Lookup(ctx, source, key)
}

// After an outage a request passes, and of many at once one.
func TestMiddlewareAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &outage{Store: openStore(t)}
		eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}, Store: db})
		release := make(chan struct{})
		var calls atomic.Int32
		h := eng.Middleware("hub")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			calls.Add(1)
			<-release
		}))
		req, codes := sign(t, "qualifio", "key", "body"), make(chan int)
		sendAll := func() (answers map[int]int) {
			answers = map[int]int{}
			for range 10 {
				go func() { codes <- post(t, h, "/", req).Code }()
			}
			for range 10 {
				answers[<-codes]++
			}
			return answers
		}
		db.down.Store(true)
		if got := sendAll(); got[503] != 10 || calls.Load() != 0 {
			t.Errorf("while the store is down: answers %v, %d calls; want 503 alone and none", got, calls.Load())
		}
		db.down.Store(false)
		db.asked.Store(0)
		go func() {
			synctest.Wait()
			close(release)
		}()
		if got := sendAll(); got[200] != 1 || got[202] != 9 || calls.Load() != 1 || db.asked.Load() != 1 {
			t.Errorf("afterwards: answers %v, %d calls, the store asked %d times; want one 200, one call, asked once", got, calls.Load(), db.asked.Load())
		}
	})
}
