package engine_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// receptions is an observer of what sources received.
type receptions struct {
	mu   sync.Mutex
	list []engine.Reception
}

func (o *receptions) Received(r engine.Reception) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.Took = 0
	o.list = append(o.list, r)
}
func (*receptions) Attempted(string, webhook.Attempt) {}
func (*receptions) Finished(webhook.Delivery)         {}
func (*receptions) TransformFailed(string, error)     {}
func (*receptions) EndpointDisabled(webhook.Health)   {}
func (*receptions) GuestCalled(engine.GuestCall)      {}
func (*receptions) StoreCalled(engine.StoreCall)      {}

// A source in shadow mode verifies, counts, keeps why it would refuse, and lets
// pass with a mark that goes as far as the endpoint.
func TestShadow(t *testing.T) {
	server, got := sink(t)
	source := hub(t)
	source.Shadow = true
	seen := &receptions{}
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"hub": source},
		Endpoints: map[string]engine.Endpoint{"e": {
			URL: server.URL, Sign: engine.NoVerification, Headers: map[string]string{"hookseal-verdict": "accept"},
		}},
		Subscriptions: []engine.Subscription{{Source: "hub", Endpoint: "e"}},
		Store:         openStore(t), AllowNetworks: loopback, Observer: seen,
	})
	run(t, eng)
	forged := &webhook.Request{Header: http.Header{"Hookseal-Verdict": {"accept"}}, Body: []byte("forged")}
	const mark = `unverified; reason=signature_missing; source="hub"`
	for range 2 {
		if w := post(t, eng.Handler(), "/in/hub", forged); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		if req := <-got; string(req.Body) != "forged" || !slices.Equal(req.Header["Hookseal-Verdict"], []string{mark}) {
			t.Errorf("delivered %q with %q, want the mark", req.Body, req.Header["Hookseal-Verdict"])
		}
	}
	next := &app{}
	if w := post(t, eng.Middleware("hub")(next), "/", forged); w.Code != 200 || !next.known || next.verdict.Accepted() || next.marks[0][0] != mark {
		t.Errorf("middleware: %d, %+v, %q; want the verdict that rejects and its mark", w.Code, next.verdict, next.marks)
	}
	if w := post(t, eng.AuthHandler("hub", engine.AuthRequest{}), "/", forged); w.Code != 200 || w.Header().Get(engine.VerdictHeader) != mark {
		t.Errorf("auth: %d %v, want 200 with the mark", w.Code, w.Header())
	}
	// What is genuine passes as ever, also after a forgery of it.
	genuine := sign(t, "qualifio", "key", "forged")
	for range 2 {
		post(t, eng.Handler(), "/in/hub", genuine)
	}
	if req := <-got; req.Header.Get("Hookseal-Verdict") != "accept" {
		t.Errorf("a verified delivery has %v", req.Header)
	}
	missing := engine.Reception{Source: "hub", Answer: "shadow", Reason: webhook.SignatureMissing}
	want := []engine.Reception{
		missing, missing, missing, missing,
		{Source: "hub", Answer: "accepted", Secret: "label"},
		{Source: "hub", Answer: "duplicate", Secret: "label"},
	}
	if !slices.Equal(seen.list, want) {
		t.Errorf("observed %+v, want %+v", seen.list, want)
	}
	if refusals := eng.Refusals("hub"); len(refusals) != 4 || refusals[0].Reason != webhook.SignatureMissing {
		t.Errorf("%d refusals are kept, want 4", len(refusals))
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 3 || events[2].Header.Get("Hookseal-Verdict") != mark || events[2].Covers != 0 {
		t.Errorf("events = %+v, %v; want three, the forged ones marked", events, err)
	}
}

// Shadow mode lets no half of a body pass, and nothing that could not be judged.
func TestShadowRefusesWhatItCannotJudge(t *testing.T) {
	small, broken := hub(t), hub(t)
	small.Shadow, small.MaxBody = true, 3
	broken.Shadow, broken.Secrets = true, brokenSource{}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"small": small, "broken": broken}})
	for source, want := range map[string]int{"small": 413, "broken": 503} {
		next := &app{}
		if w := post(t, eng.Middleware(source)(next), "/", &webhook.Request{Header: http.Header{}, Body: []byte("body")}); w.Code != want || len(next.bodies) > 0 {
			t.Errorf("%s: %d, application called with %q; want %d and no call", source, w.Code, next.bodies, want)
		}
	}
}

func TestStatuses(t *testing.T) {
	source := hub(t)
	source.MaxBody = 4
	source.Statuses = engine.Statuses{Refused: 403, TooLarge: 400, Incomplete: 422, Unavailable: 500}
	broken := source
	broken.Secrets = brokenSource{}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": source, "broken": broken}, Store: openStore(t)})
	for _, tt := range []struct {
		source string
		body   io.Reader
		want   int
	}{
		{"hub", strings.NewReader("body"), 403},
		{"hub", strings.NewReader("body!"), 400},
		{"hub", io.MultiReader(strings.NewReader("b"), brokenReader{}), 422},
		{"broken", strings.NewReader("body"), 500},
	} {
		r := httptest.NewRequest("POST", "/in/"+tt.source, tt.body)
		w := httptest.NewRecorder()
		eng.Handler().ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.source, w.Code, w.Body, tt.want)
		}
	}
	for _, tt := range []struct {
		statuses engine.Statuses
		key      string
	}{
		{engine.Statuses{Refused: 204}, "status.refused: is 204"},
		{engine.Statuses{TooLarge: 399}, "status.too_large: is 399"},
		{engine.Statuses{Incomplete: 600}, "status.incomplete: is 600"},
		{engine.Statuses{Unavailable: 404}, "status.unavailable: is 404"},
	} {
		source.Statuses = tt.statuses
		_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"hub": source}})
		if err == nil || !strings.Contains(err.Error(), tt.key) {
			t.Errorf("Open with %+v = %v, want a fault %q", tt.statuses, err, tt.key)
		}
	}
	source.Statuses, source.PublicURL = engine.Statuses{Unavailable: 429}, "hooks.example"
	if _, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"hub": source}}); err == nil || !strings.Contains(err.Error(), "public_url") || strings.Contains(err.Error(), "status") {
		t.Errorf("Open = %v, want a fault of public_url alone", err)
	}
}

// A refusal is logged under another text than what only would be one.
func TestShadowLog(t *testing.T) {
	var log strings.Builder
	source := hub(t)
	source.Shadow = true
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": source}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	post(t, eng.Middleware("hub")(&app{}), "/", &webhook.Request{Header: http.Header{}, Body: []byte("body")})
	if got := log.String(); !strings.Contains(got, "webhook would be refused") || !strings.Contains(got, "signature_missing") {
		t.Errorf("log = %q", got)
	}
}
