package otlp_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/telemetry/trace/otlp"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	secret = "s3cret-of-the-sender"
	body   = `{"type":"document.signed","name":"whoever signed"}`
	// stated is what the sender says of its own trace.
	stated      = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	statedTrace = "0af7651916cd43dd8448eb211c80319c"
)

// node is an engine on a store, traced by a tracer; nil traces nothing.
func node(t *testing.T, db store.Store, endpoint string, tracer webhook.Tracer) *engine.Engine {
	t.Helper()
	token, err := engine.NewSecret("2026", []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Open(engine.Config{
		Sources:       map[string]engine.Source{"contracts": {Provider: engine.NoVerification, Bearer: []engine.Secret{token}}},
		Endpoints:     map[string]engine.Endpoint{"crm": {URL: endpoint + "/secret-path", Sign: engine.NoVerification}},
		Subscriptions: []engine.Subscription{{Source: "contracts", Endpoint: "crm", Transform: "t.js"}},
		Transforms:    map[string]engine.GuestCode{"t.js": {Name: "t.js", Code: []byte("export default (event) => event")}},
		Guests:        []engine.GuestLoader{script.Loader{}}, Store: db, Tracer: tracer,
		AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

func openStore(t *testing.T) store.Store {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "hookseal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sink answers 200 and hands out the header of what it was sent.
func sink(t *testing.T) (url string, got <-chan http.Header) {
	t.Helper()
	headers := make(chan http.Header, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { headers <- r.Header }))
	t.Cleanup(server.Close)
	return server.URL, headers
}

func post(t *testing.T, eng *engine.Engine, token string) int {
	t.Helper()
	r := httptest.NewRequest("POST", "/in/contracts", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Traceparent", stated)
	r.Header.Set(webhook.TraceHeader, stated)
	w := httptest.NewRecorder()
	eng.Handler().ServeHTTP(w, r)
	return w.Code
}

// run delivers with a node until the function that it returns is called, which
// waits for the settlement of what is under way.
func run(t *testing.T, eng *engine.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// An event that one node receives and another delivers is one trace, which the
// endpoint can go on with.
func TestTraceAcrossNodes(t *testing.T) {
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_SERVICE_NAME", "")
	exporter, err := otlp.Open(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	db := openStore(t)
	url, got := sink(t)
	if status := post(t, node(t, db, url, exporter.Tracer()), secret); status != http.StatusAccepted {
		t.Fatalf("status = %d, want 202", status)
	}
	if status := post(t, node(t, db, url, exporter.Tracer()), "forged"); status != http.StatusUnauthorized {
		t.Fatalf("status of a forged request = %d, want 401", status)
	}
	stop := run(t, node(t, db, url, exporter.Tracer()))
	delivered := <-got
	stop()
	if err := exporter.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	attempt, transform := c.span(t, "attempt crm"), c.span(t, "transform t.js")
	var received *tracev1.Span
	for _, s := range c.spans {
		if bytes.Equal(s.SpanId, attempt.ParentSpanId) {
			received = s
		}
	}
	if received == nil || received.Name != "receive contracts" || received.Kind != tracev1.Span_SPAN_KIND_SERVER {
		t.Fatalf("the attempt is below %v, want the reception", received)
	}
	if !bytes.Equal(transform.ParentSpanId, received.SpanId) || !bytes.Equal(attempt.TraceId, received.TraceId) {
		t.Errorf("transform below %x and attempt in trace %x, want %x and %x", transform.ParentSpanId, attempt.TraceId, received.SpanId, received.TraceId)
	}
	if got, want := delivered.Get("Traceparent"), traceparent(attempt); got != want {
		t.Errorf("the endpoint got traceparent %q, want that of the attempt, %q", got, want)
	}
	if len(received.ParentSpanId) != 0 || hex.EncodeToString(received.TraceId) == statedTrace {
		t.Errorf("the reception goes on from its sender's trace: %v", received)
	}
	if len(received.Links) != 1 || hex.EncodeToString(received.Links[0].TraceId) != statedTrace {
		t.Errorf("links = %v, want one to the sender's trace", received.Links)
	}
	if c.service != "hookseal" {
		t.Errorf("service.name = %q, want hookseal", c.service)
	}
	for key, want := range map[string]string{"hookseal.source": "contracts", "hookseal.answer": "accepted"} {
		if got := attributes(received)[key]; got != want {
			t.Errorf("%s of the reception = %q, want %q", key, got, want)
		}
	}
	for key, want := range map[string]string{
		"hookseal.attempt": "1", "http.response.status_code": "200", "hookseal.endpoint": "crm",
		"hookseal.event.id": attributes(received)["hookseal.event.id"],
	} {
		if got := attributes(attempt)[key]; got != want || want == "" {
			t.Errorf("%s of the attempt = %q, want %q", key, got, want)
		}
	}
	for _, kept := range []string{secret, "forged", "whoever signed", "secret-path", "Bearer"} {
		if bytes.Contains(c.raw.Bytes(), []byte(kept)) {
			t.Errorf("the spans hold %q", kept)
		}
	}
}

// Without a tracer nothing that a sender writes becomes the trace of a delivery.
func TestSenderCannotTrace(t *testing.T) {
	db := openStore(t)
	url, got := sink(t)
	eng := node(t, db, url, nil)
	if status := post(t, eng, secret); status != http.StatusAccepted {
		t.Fatalf("status = %d, want 202", status)
	}
	stop := run(t, eng)
	delivered := <-got
	stop()
	if got := delivered.Get("Traceparent"); got != "" {
		t.Errorf("the endpoint got traceparent %q, want none", got)
	}
	events, err := db.Events(t.Context(), store.EventQuery{})
	if err != nil || len(events) != 1 {
		t.Fatalf("events = %v, %v, want one", events, err)
	}
	if got := events[0].Header.Get(webhook.TraceHeader); got != "" {
		t.Errorf("the stored event has %s %q, want none", webhook.TraceHeader, got)
	}
	if got := events[0].Header.Get("Traceparent"); got != stated {
		t.Errorf("the stored event has traceparent %q, want the sender's %q", got, stated)
	}
}

// A collector that is away costs the spans and a line in the log.
func TestCollectorAway(t *testing.T) {
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	t.Cleanup(gone.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", gone.URL)
	var log bytes.Buffer
	exporter, err := otlp.Open(t.Context(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	url, _ := sink(t)
	if status := post(t, node(t, openStore(t), url, exporter.Tracer()), secret); status != http.StatusAccepted {
		t.Errorf("status = %d, want 202", status)
	}
	if err := exporter.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "traces could not be sent") {
		t.Errorf("the log says %q, want that spans were lost", log.String())
	}
}

// What a sender calls its event may be no text. A collector is sent text, or it
// would be sent nothing: one such span is all of its batch.
func TestNoText(t *testing.T) {
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	exporter, err := otlp.Open(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "second"} {
		_, span := exporter.Tracer().Start(t.Context(), webhook.SpanStart{
			Kind: webhook.SpanReceive, Name: name, Attributes: []slog.Attr{slog.String("before", "a\xffb")},
		})
		span.End("fault \xff", slog.String("after", "c\xffd"))
	}
	if err := exporter.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"receive first", "receive second"} {
		s := c.span(t, name)
		got := []string{s.Attributes[0].Value.GetStringValue(), s.Attributes[1].Value.GetStringValue(), s.Status.Message}
		if want := []string{"a\ufffdb", "c\ufffdd", "fault \ufffd"}; !slices.Equal(got, want) {
			t.Errorf("%s: attributes and fault = %q, want %q", name, got, want)
		}
	}
}
