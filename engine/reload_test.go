package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// refusing is a loader whose rule refuses everything, and whose transform makes
// one output.
func refusing() *nativeLoader {
	return &nativeLoader{
		claim:     func(*webhook.Request) *webhook.Claim { return &webhook.Claim{Refused: webhook.SignatureMissing} },
		transform: func(*webhook.Event) []webhook.Output { return []webhook.Output{{Body: []byte("made")}} },
	}
}

func TestReload(t *testing.T) {
	server, got := sink(t)
	db := openStore(t)
	config := func(path, transform string, sources ...string) engine.Config {
		c := engine.Config{
			Sources:       map[string]engine.Source{},
			Endpoints:     map[string]engine.Endpoint{"e": {URL: server.URL + path, Sign: engine.NoVerification}},
			Transforms:    map[string]engine.GuestCode{},
			Guests:        []engine.GuestLoader{&nativeLoader{transform: func(*webhook.Event) []webhook.Output { return []webhook.Output{{Body: []byte(transform)}} }}},
			AllowNetworks: loopback, Store: db,
		}
		if transform != "" {
			c.Transforms["t"] = engine.GuestCode{Name: "t.native", Code: []byte(transform)}
		}
		for _, name := range sources {
			c.Sources[name] = hub(t)
			s := engine.Subscription{Source: name, Endpoint: "e"}
			if transform != "" {
				s.Transform = "t"
			}
			c.Subscriptions = append(c.Subscriptions, s)
		}
		return c
	}
	eng := open(t, config("/1", "", "a"))
	run(t, eng)
	guard := eng.Middleware("a")(&app{})
	send := func(source, body, target, delivered string) {
		t.Helper()
		if w := post(t, eng.Handler(), "/in/"+source, sign(t, "qualifio", "key", body)); w.Code != 202 {
			t.Fatalf("%s: %d %s", source, w.Code, w.Body)
		}
		if req := <-got; req.Target != target || string(req.Body) != delivered {
			t.Errorf("delivered %s to %s, want %s to %s", req.Body, req.Target, delivered, target)
		}
	}
	send("a", "one", "/1", "one")
	if err := eng.Reload(config("/2", "shaped", "a", "b")); err != nil {
		t.Fatal(err)
	}
	send("a", "two", "/2", "shaped")
	send("b", "three", "/2", "shaped")
	if err := eng.Reload(config("/3", "anew", "b")); err != nil {
		t.Fatal(err)
	}
	send("b", "four", "/3", "anew")
	forged := &webhook.Request{Header: http.Header{}}
	if w := post(t, eng.Handler(), "/in/a", forged); w.Code != 404 {
		t.Errorf("a source that is gone answers %d, want 404", w.Code)
	}
	if w := post(t, guard, "/", forged); w.Code != 404 {
		t.Errorf("middleware of a source that is gone answers %d, want 404", w.Code)
	}
	post(t, eng.Handler(), "/in/b", forged)
	if err := eng.Reload(config("/3", "", "b")); err != nil {
		t.Fatal(err)
	}
	if refusals := eng.Refusals("b"); len(refusals) != 1 {
		t.Errorf("%d refusals are kept over a reload, want 1", len(refusals))
	}
}

// A configuration with a fault changes nothing and leaves nothing open.
func TestReloadIsAllOrNothing(t *testing.T) {
	db, before, after := openStore(t), refusing(), refusing()
	config := engine.Config{
		Sources:    map[string]engine.Source{"a": {Provider: "p", Secrets: webhook.Secrets{key(t, "key")}}},
		Transforms: map[string]engine.GuestCode{"t": {Name: "t.native", Code: []byte("x")}},
		Catalog:    ruleCatalog(t, "p"), Guests: []engine.GuestLoader{before}, Store: db,
	}
	eng := open(t, config)
	for _, tt := range []struct {
		name string
		edit func(*engine.Config)
		want string
	}{
		{"a fault", func(c *engine.Config) {
			c.Sources = map[string]engine.Source{"a": c.Sources["a"], "b": {Provider: "nobody"}}
		}, "unknown provider"},
		{"another store", func(c *engine.Config) { c.Store = openStore(t) }, "store"},
		{"no store", func(c *engine.Config) { c.Store = nil }, "store"},
		{"delivery limits", func(c *engine.Config) { c.Limits.Lease, c.Limits.Deliveries = time.Hour, 3 }, "Lease was 0s and is 1h0m0s"},
	} {
		next := config
		next.Guests = []engine.GuestLoader{after}
		tt.edit(&next)
		if err := eng.Reload(next); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Reload = %v, want an error with %q", tt.name, err, tt.want)
		}
		if before.open() != 2 || after.open() != 0 {
			t.Errorf("%s: %d guests of the old configuration are open and %d of the new, want 2 and 0", tt.name, before.open(), after.open())
		}
		if v, err := eng.Verify(t.Context(), "a", &webhook.Request{Header: http.Header{}}); err != nil || v.Reason != webhook.SignatureMissing {
			t.Errorf("%s: Verify = %+v, %v", tt.name, v, err)
		}
	}
	config.Guests = []engine.GuestLoader{after}
	if err := eng.Reload(config); err != nil || before.open() != 0 || after.open() != 2 {
		t.Errorf("Reload = %v with %d old and %d new guests open, want nil, 0 and 2", err, before.open(), after.open())
	}
}

// A request under way ends with the configuration that it began with.
func TestReloadUnderARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before, after := refusing(), refusing()
		config := engine.Config{
			Sources: map[string]engine.Source{"a": {Provider: "p", Secrets: webhook.Secrets{key(t, "key")}, Shadow: true}},
			Catalog: ruleCatalog(t, "p"), Guests: []engine.GuestLoader{before},
		}
		eng := open(t, config)
		release := make(chan struct{})
		guard := eng.Middleware("a")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
		var parts sync.WaitGroup
		parts.Go(func() { post(t, guard, "/", &webhook.Request{Header: http.Header{}}) })
		synctest.Wait()
		config.Guests = []engine.GuestLoader{after}
		if err := eng.Reload(config); err != nil {
			t.Fatal(err)
		}
		if before.open() != 1 {
			t.Error("the old rule was closed under a request")
		}
		closed := make(chan error)
		go func() { closed <- eng.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			t.Errorf("Close = %v before the request ended", err)
		default:
		}
		close(release)
		parts.Wait()
		if err := <-closed; err != nil || before.open() != 0 || after.open() != 0 {
			t.Errorf("Close = %v with %d and %d rules open, want nil and none", err, before.open(), after.open())
		}
	})
}

// A transform under way ends with the guest that it began with.
func TestReloadUnderATransform(t *testing.T) {
	running, release := make(chan struct{}), make(chan struct{})
	before, after := refusing(), refusing()
	before.transform = func(*webhook.Event) []webhook.Output {
		close(running)
		<-release
		return []webhook.Output{{Body: []byte("before")}}
	}
	owed := &debts{}
	config := engine.Config{
		Endpoints:     map[string]engine.Endpoint{"e": {URL: "https://example.com/", Sign: engine.NoVerification}},
		Transforms:    map[string]engine.GuestCode{"t": {Name: "t.native", Code: []byte("x")}},
		Subscriptions: []engine.Subscription{{Source: engine.AppSource, Endpoint: "e", Transform: "t"}},
		Guests:        []engine.GuestLoader{before}, Store: openStore(t), Transport: answering(204), Observer: owed,
	}
	eng := open(t, config)
	run(t, eng)
	owed.Add(1)
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "a"}); err != nil {
		t.Fatal(err)
	}
	<-running
	config.Guests = []engine.GuestLoader{after}
	if err := eng.Reload(config); err != nil {
		t.Fatal(err)
	}
	if before.open() != 1 || after.open() != 1 {
		t.Errorf("%d old and %d new guests are open, want one of each", before.open(), after.open())
	}
	close(release)
	owed.Wait()
	deliveries, err := eng.Store().Deliveries(t.Context(), store.DeliveryQuery{Limit: 2})
	if err != nil || len(deliveries) != 1 || deliveries[0].State != webhook.Delivered || before.open() != 0 || before.misused.Load() != 0 {
		t.Errorf("deliveries = %+v, %v with %d old guests open; want one delivered and none", deliveries, err, before.open())
	}
}

// Requests, publications and deliveries go on while the configuration changes:
// none is lost, none fails, and no guest is used after its end.
func TestReloadHammer(t *testing.T) {
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	db, guests := openStore(t), refusing()
	owed := &debts{}
	config := func(round int) engine.Config {
		c := engine.Config{
			Sources: map[string]engine.Source{
				"hub": hub(t), "rule": {Provider: "p", Secrets: webhook.Secrets{key(t, "key")}, Shadow: true},
				fmt.Sprint("extra-", round): {Provider: engine.NoVerification},
			},
			Endpoints:     map[string]engine.Endpoint{"e": {URL: "https://example.com/", Sign: engine.NoVerification}},
			Transforms:    map[string]engine.GuestCode{"t": {Name: "t.native", Code: fmt.Append(nil, round)}},
			Subscriptions: []engine.Subscription{{Source: "hub", Endpoint: "e", Transform: "t"}, {Source: engine.AppSource, Endpoint: "e", Transform: "t"}},
			Catalog:       ruleCatalog(t, "p"), Guests: []engine.GuestLoader{guests}, Store: db, Transport: answering(204), Observer: owed,
		}
		c.Limits.BytesInFlight = int64(1<<20 + round)
		return c
	}
	eng, err := engine.Open(config(0))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- eng.Run(ctx) }()
	var parts sync.WaitGroup
	over := make(chan struct{})
	guard := eng.Middleware("rule")(&quiet{})
	ask := eng.AuthHandler("hub", engine.AuthRequest{})
	for worker := range 3 {
		parts.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				default:
				}
				body := fmt.Sprint(worker, "-", i)
				req := sign(t, "qualifio", "key", body)
				owed.Add(2)
				if w := post(t, eng.Handler(), "/in/hub", req); w.Code != 202 {
					t.Errorf("intake: %d %s", w.Code, w.Body)
				}
				if w := post(t, guard, "/", req); w.Code != 200 {
					t.Errorf("middleware: %d %s", w.Code, w.Body)
				}
				if w := post(t, ask, "/", req); w.Code != 200 {
					t.Errorf("auth: %d %s", w.Code, w.Body)
				}
				if _, err := eng.Publish(t.Context(), engine.Publication{Type: "a", Body: []byte(body)}); err != nil {
					t.Errorf("Publish = %v", err)
				}
				eng.Refusals("rule")
			}
		})
	}
	for round := range rounds {
		if err := eng.Reload(config(round + 1)); err != nil {
			t.Errorf("Reload = %v", err)
		}
	}
	close(over)
	parts.Wait()
	owed.Wait()
	counts, err := db.Counts(t.Context())
	all := int64(0)
	for _, n := range counts {
		all += n
	}
	if err != nil || all == 0 || counts[webhook.Delivered] != all {
		t.Errorf("deliveries = %v, %v; want all of them delivered", counts, err)
	}
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	if err := eng.Close(); err != nil {
		t.Error(err)
	}
	if n := guests.misused.Load(); n > 0 || guests.open() > 0 || len(guests.loaded) != 2*(rounds+1) {
		t.Errorf("%d uses after the end, %d of %d guests open; want none", n, guests.open(), len(guests.loaded))
	}
}

// debts counts the deliveries that are not finished.
type debts struct {
	receptions
	sync.WaitGroup
}

func (d *debts) Finished(webhook.Delivery) { d.Done() }

// answering is an internet in which everybody answers with a status.
type answering int

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: int(a), Body: http.NoBody, Request: r}, nil
}

// quiet answers 200.
type quiet struct{}

func (*quiet) ServeHTTP(http.ResponseWriter, *http.Request) {}
