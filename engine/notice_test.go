package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
)

// posts is a transport that keeps the bodies that each host was sent, in their
// order. Those that answer lists get another status than 200.
type posts struct {
	mu     sync.Mutex
	got    map[string][]string
	answer map[string]int
}

func (p *posts) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	host := r.URL.Hostname()
	if p.got == nil {
		p.got = map[string][]string{}
	}
	p.got[host] = append(p.got[host], string(body))
	code := p.answer[host]
	if code == 0 {
		code = http.StatusOK
	}
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody}, nil
}

func (p *posts) set(host string, code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = map[string]int{host: code}
}

func (p *posts) to(host string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.got[host]...)
}

// notices reads what a host was told.
func (p *posts) notices(t *testing.T, host string) (list []engine.Notice) {
	t.Helper()
	for _, body := range p.to(host) {
		var n engine.Notice
		d := json.NewDecoder(bytes.NewReader([]byte(body)))
		d.DisallowUnknownFields()
		if err := d.Decode(&n); err != nil {
			t.Fatalf("notice %s: %v", body, err)
		}
		list = append(list, n)
	}
	return list
}

// watched is an engine with an endpoint crm for what the application publishes,
// and another, ops, that is told of endpoints.
func watched(st store.Store, internet http.RoundTripper) engine.Config {
	return engine.Config{
		Store: st, Transport: internet,
		Endpoints: map[string]engine.Endpoint{
			"crm": {URL: "https://crm.example/", Sign: engine.NoVerification, Retry: []time.Duration{}},
			"ops": {URL: "https://ops.example/", Sign: engine.NoVerification, Retry: []time.Duration{}, Concurrency: 1},
		},
		Subscriptions: []engine.Subscription{
			{Source: engine.AppSource, Endpoint: "crm"},
			{Source: engine.NoticeSource, Endpoint: "ops", Types: []string{"endpoint.*"}},
		},
	}
}

// runFor delivers for a while of a bubble.
func runFor(t *testing.T, eng *engine.Engine, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := eng.Run(ctx); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

func publish(t *testing.T, eng *engine.Engine, body string) {
	t.Helper()
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "x", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

// TestNotices tells an endpoint that another was disabled by its answer, and
// enabled by an operator; then what was held arrives.
func TestNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := openStore(t), &posts{answer: map[string]int{"crm.example": http.StatusGone}}
		eng := open(t, watched(st, internet))
		run(t, eng)
		began := time.Now()
		publish(t, eng, "1")
		time.Sleep(time.Second)
		publish(t, eng, "2") // accepted while the endpoint is disabled
		time.Sleep(time.Second)
		got := internet.notices(t, "ops.example")
		if len(got) != 1 {
			t.Fatalf("notices = %+v, want one", got)
		}
		want := engine.Notice{
			Type: engine.NoticeDisabled, Timestamp: got[0].Timestamp,
			Data: engine.NoticeData{Endpoint: "crm", Why: "endpoint answered 410 Gone", Failures: 1, FailingSince: got[0].Timestamp},
		}
		if got[0] != want || got[0].Timestamp.Sub(began) > time.Second {
			t.Errorf("notice = %+v, want %+v", got[0], want)
		}

		internet.set("crm.example", http.StatusOK)
		if _, err := st.SetDisabled(t.Context(), "crm", false, "", time.Now()); err != nil {
			t.Fatal(err)
		}
		eng.EndpointChanged("crm")
		time.Sleep(time.Second)
		if got := internet.notices(t, "ops.example"); len(got) != 2 || got[1].Type != engine.NoticeEnabled || got[1].Data.Endpoint != "crm" {
			t.Errorf("notices = %+v, want a second, that crm is enabled", got)
		}
		if got := internet.to("crm.example"); len(got) != 3 || got[1] != "1" || got[2] != "2" {
			t.Errorf("crm was sent %q, want what was held after it was enabled", got)
		}
	})
}

// TestNoticeOfItself disables the endpoint that would be told: its notices are
// held, and there are no more of them than changes.
func TestNoticeOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, internet := openStore(t), &posts{answer: map[string]int{"ops.example": http.StatusGone}}
		eng := open(t, watched(st, internet))
		run(t, eng)
		if _, err := st.SetDisabled(t.Context(), "crm", true, "by hand", time.Now()); err != nil {
			t.Fatal(err)
		}
		eng.EndpointChanged("crm")
		time.Sleep(24 * time.Hour)
		events, err := st.Events(t.Context(), store.EventQuery{Source: engine.NoticeSource})
		if err != nil || len(events) != 2 {
			t.Errorf("Events = %d, %v, want 2: crm and then ops are disabled", len(events), err)
		}
		if n := len(internet.to("ops.example")); n != 1 {
			t.Errorf("ops was sent %d requests, want the 1 that it answered with 410", n)
		}
		internet.set("ops.example", http.StatusOK)
		if _, err := st.SetDisabled(t.Context(), "ops", false, "", time.Now()); err != nil {
			t.Fatal(err)
		}
		eng.EndpointChanged("ops")
		time.Sleep(time.Minute)
		var told []string
		for _, n := range internet.notices(t, "ops.example")[1:] {
			told = append(told, n.Data.Endpoint+" "+n.Type)
		}
		if want := "[crm endpoint.disabled ops endpoint.disabled ops endpoint.enabled]"; fmt.Sprint(told) != want {
			t.Errorf("ops was told %v, want %s", told, want)
		}
	})
}

// forgetful is a store that fails to forget what was told.
type forgetful struct {
	store.Store
	failing bool
}

func (f *forgetful) Forget(ctx context.Context, change int64) error {
	if f.failing {
		return errors.New("the process is about to die")
	}
	return f.Store.Forget(ctx, change)
}

// TestNoticeAfterACrash ends the engine between each two steps of a notice, and
// lets another go on: it is told once.
func TestNoticeAfterACrash(t *testing.T) {
	for name, failing := range map[string]bool{"before it was stored": false, "before it was forgotten": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st, internet := &forgetful{Store: openStore(t), failing: failing}, &posts{}
				if _, err := st.SetDisabled(t.Context(), "crm", true, "by hand", time.Now()); err != nil {
					t.Fatal(err)
				}
				if failing {
					runFor(t, open(t, watched(st, internet)), time.Minute)
					st.failing = false
				}
				runFor(t, open(t, watched(st, internet)), time.Minute)
				runFor(t, open(t, watched(st, internet)), time.Hour)
				if got := internet.notices(t, "ops.example"); len(got) != 1 || got[0].Data.Why != "by hand" {
					t.Errorf("notices = %+v, want one, by hand", got)
				}
				if left, err := st.Changes(t.Context(), 9); err != nil || len(left) != 0 {
					t.Errorf("Changes = %+v, %v, want none", left, err)
				}
			})
		})
	}
}

// TestOrderBy sends the events of a customer one after the other, while one of
// them fails, and those of others beside.
func TestOrderBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		internet := &ailing{body: `{"customer":"a","n":1}`, until: time.Now().Add(30 * time.Minute)}
		config := watched(openStore(t), internet)
		config.Subscriptions[0].OrderBy = "json.customer"
		crm := config.Endpoints["crm"]
		crm.Retry = []time.Duration{time.Minute, time.Hour}
		config.Endpoints["crm"] = crm
		eng := open(t, config)
		run(t, eng)
		for n := range 4 {
			for _, customer := range []string{"a", "b"} {
				publish(t, eng, fmt.Sprintf(`{"customer":%q,"n":%d}`, customer, n))
			}
		}
		publish(t, eng, `{"n":9}`)
		time.Sleep(10 * time.Second)
		took := internet.to("crm.example")
		if want := 1 + 1 + 4 + 1; len(took) != want {
			t.Errorf("crm was sent %q, want %d: the first two of a, all of b, and the one of nobody", took, want)
		}
		time.Sleep(2 * time.Hour)
		var of []string
		for _, body := range internet.to("crm.example") {
			var e struct {
				Customer string
				N        int
			}
			if err := json.Unmarshal([]byte(body), &e); err != nil {
				t.Fatal(err)
			}
			if e.Customer == "a" {
				of = append(of, fmt.Sprint(e.N))
			}
		}
		if want := "[0 1 1 1 2 3]"; fmt.Sprint(of) != want {
			t.Errorf("crm was sent the events %v of a, want %s: the second three times, the others after it", of, want)
		}
	})
}

// ailing answers 500 to one body for a while.
type ailing struct {
	posts
	body  string
	until time.Time
}

func (f *ailing) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	resp, err := f.posts.RoundTrip(r)
	if err == nil && string(text) == f.body && time.Now().Before(f.until) {
		resp.StatusCode = http.StatusInternalServerError
	}
	return resp, err
}
