package engine_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// run delivers until the test ends.
func run(t *testing.T, eng *engine.Engine) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// sink answers 200 and hands out what it was sent.
func sink(t *testing.T) (*httptest.Server, chan *webhook.Request) {
	t.Helper()
	got := make(chan *webhook.Request, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- &webhook.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header, Body: body}
	}))
	t.Cleanup(server.Close)
	return server, got
}

// What comes in as one provider goes out as another, and verifies there.
func TestInAndOut(t *testing.T) {
	server, got := sink(t)
	secret := key(t, "out")
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{"hub": {Provider: "seatable", Secrets: webhook.Secrets{key(t, "key")}}},
		Endpoints: map[string]engine.Endpoint{
			"as":   {URL: server.URL + "/as", As: "chaindoc", Secrets: []webhook.Secret{secret}},
			"std":  {URL: server.URL + "/std", Secrets: []webhook.Secret{key(t, "whsec_c2VjcmV0")}},
			"none": {URL: server.URL + "/none", Sign: engine.NoVerification, Headers: map[string]string{"X-Static": "1"}},
		},
		Subscriptions: []engine.Subscription{
			{Source: "hub", Types: []string{"document.*"}, Endpoint: "as"},
			{Source: "hub", Types: []string{"*"}, Endpoint: "std"},
			{Source: "hub", Endpoint: "none"},
			{Name: "never", Source: "hub", Types: []string{"document"}, Endpoint: "none"},
		},
		Store: openStore(t), AllowNetworks: loopback,
	})
	run(t, eng)
	body := `{ "event": "document.created", "n": 1.0 }`
	if w := post(t, eng.Handler(), "/in/hub", sign(t, "seatable", "key", body)); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	for range 3 {
		req := <-got
		id := req.Header.Get("Webhook-Id")
		if !strings.HasPrefix(id, "evt_") || req.Header.Get("Content-Length") == "" && req.Header.Get("User-Agent") != engine.UserAgent {
			t.Errorf("%s: headers = %v", req.Target, req.Header)
		}
		switch req.Target {
		case "/as":
			if string(req.Body) != `{"event":"document.created","n":1}` || req.Header.Get("X-Webhook-Event") != "document.created" {
				t.Errorf("as chaindoc: %s %v", req.Body, req.Header)
			}
			expectVerifies(t, "chaindoc", secret, req)
		case "/std":
			if string(req.Body) != body {
				t.Errorf("std: body = %s", req.Body)
			}
			expectVerifies(t, "standard-webhooks", key(t, "whsec_c2VjcmV0"), req)
		case "/none":
			if string(req.Body) != body || req.Header.Get("X-Static") != "1" {
				t.Errorf("none: %s %v", req.Body, req.Header)
			}
		}
	}
	select {
	case req := <-got:
		t.Errorf("a fourth delivery: %s", req.Target)
	default:
	}
}

func expectVerifies(t *testing.T, provider string, secret webhook.Secret, req *webhook.Request) {
	t.Helper()
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"s": {Provider: provider, Secrets: webhook.Secrets{secret}}}})
	if v, err := eng.Verify(t.Context(), "s", req); err != nil || !v.Accepted() {
		t.Errorf("%s refuses what was delivered: %+v %v %v", provider, v, err, req.Header)
	}
}

// Without a secret SeaTable sends no signature, and takes none.
func TestUnsigned(t *testing.T) {
	server, got := sink(t)
	eng := open(t, engine.Config{
		Sources:       map[string]engine.Source{"s": {Provider: "seatable", Unsigned: true}},
		Endpoints:     map[string]engine.Endpoint{"e": {URL: server.URL, As: "seatable"}},
		Subscriptions: []engine.Subscription{{Source: "s", Types: []string{"update"}, Endpoint: "e"}},
		Store:         openStore(t), AllowNetworks: loopback,
	})
	run(t, eng)
	if w := post(t, eng.Handler(), "/in/s", &webhook.Request{Header: http.Header{}, Body: []byte(`{"event":"update"}`)}); w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	if req := <-got; req.Header.Get("X-SeaTable-Signature") != "" {
		t.Errorf("an endpoint without a secret is sent %v", req.Header)
	}
}

// A private address is refused unless the config allows it. (What a name
// resolves to is refused when it is dialled; see package netguard.)
func TestPrivateAddressIsRefused(t *testing.T) {
	for _, url := range []string{"https://127.0.0.1", "http://localhost:9", "https://10.1.2.3", "https://[::ffff:169.254.169.254]/", "https://[fd00::1]"} {
		c := engine.Config{
			Endpoints: map[string]engine.Endpoint{"e": {URL: url, Sign: engine.NoVerification}},
			Store:     openStore(t),
		}
		if _, err := engine.Open(c); err == nil || !strings.Contains(err.Error(), "allow_networks") {
			t.Errorf("Open with %s = %v, want the remedy", url, err)
		}
	}
}

func TestPublish(t *testing.T) {
	server, got := sink(t)
	eng := open(t, engine.Config{
		Endpoints:     map[string]engine.Endpoint{"e": {URL: server.URL, Secrets: []webhook.Secret{key(t, "whsec_c2VjcmV0")}}},
		Subscriptions: []engine.Subscription{{Source: engine.AppSource, Types: []string{"invoice.*"}, Endpoint: "e"}},
		Store:         openStore(t), AllowNetworks: loopback,
	})
	run(t, eng)
	p := engine.Publication{Type: "invoice.paid", Body: []byte(`{"type":"invoice.paid"}`), Key: "invoice-1"}
	first, err := eng.Publish(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := eng.Publish(t.Context(), p)
	if err != nil || again != first {
		t.Errorf("a repeated publication = %q, %v; want %q", again, err, first)
	}
	if req := <-got; req.Header.Get("Webhook-Id") != first || req.Header.Get("Webhook-Type") != "invoice.paid" {
		t.Errorf("delivered %v, want id %s", req.Header, first)
	}
	events, err := eng.Store().Events(t.Context(), store.EventQuery{Limit: 10})
	if err != nil || len(events) != 1 {
		t.Errorf("%d events, %v; want one", len(events), err)
	}
}

// What the caller does with a request or a body once it has its answer does not
// reach a delivery that has begun meanwhile.
func TestDeliveriesKeepTheirOwn(t *testing.T) {
	server, got := sink(t)
	eng := open(t, engine.Config{
		Sources:   map[string]engine.Source{"s": {Provider: "seatable", Unsigned: true}},
		Endpoints: map[string]engine.Endpoint{"e": {URL: server.URL, Sign: engine.NoVerification}},
		Subscriptions: []engine.Subscription{
			{Source: "s", Endpoint: "e"}, {Source: engine.AppSource, Types: []string{"*"}, Endpoint: "e"},
		},
		Store: openStore(t), AllowNetworks: loopback,
	})
	run(t, eng)
	const text = `{"event":"update"}`
	around := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		eng.Handler().ServeHTTP(w, r)
		r.Header["Content-Type"][0] = "text/changed"
		clear(r.Header)
	})
	for n := range 100 {
		if w := post(t, around, "/in/s", &webhook.Request{Header: http.Header{"Content-Type": {"text/first"}}, Body: []byte(text)}); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		body := []byte(text)
		if _, err := eng.Publish(t.Context(), engine.Publication{Type: "update", ContentType: "text/first", Body: body}); err != nil {
			t.Fatal(err)
		}
		clear(body)
		for range 2 {
			if req := <-got; string(req.Body) != text || req.Header.Get("Content-Type") != "text/first" {
				t.Fatalf("delivery %d = %s %q", n, req.Header.Get("Content-Type"), req.Body)
			}
		}
	}
}
