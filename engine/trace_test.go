package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// notebook is a tracer that writes down what it is told.
type notebook struct {
	mu    sync.Mutex
	spans []*noted
}

// noted is a span; its context carries it.
type noted struct {
	book  *notebook
	start webhook.SpanStart
	id    string
	ends  int
	fault string
	text  string
}

type notedKey struct{}

func (n *notebook) Start(ctx context.Context, s webhook.SpanStart) (context.Context, webhook.Span) {
	n.mu.Lock()
	defer n.mu.Unlock()
	span := &noted{book: n, start: s, id: fmt.Sprintf("00-%032d-%016d-01", 1, len(n.spans)+1)}
	n.spans = append(n.spans, span)
	return context.WithValue(ctx, notedKey{}, span), span
}

func (s *noted) Traceparent() string { return s.id }

func (s *noted) End(fault string, attributes ...slog.Attr) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	s.ends++
	s.fault, s.text = fault, fmt.Sprint(s.start.Attributes, attributes)
}

// Every request to a source is one span, which ends once, whatever is answered.
func TestSpanOfEveryAnswer(t *testing.T) {
	book := &notebook{}
	db := &counting{}
	eng := open(t, engine.Config{
		Sources: map[string]engine.Source{
			"open": {Provider: engine.NoVerification}, "shut": hub(t),
			"slow": {Provider: engine.NoVerification, Rate: 0.001, Burst: 1},
			"tiny": {Provider: engine.NoVerification, MaxBody: 1},
		},
		Store: db, Tracer: book,
	})
	send := func(method, path string) {
		eng.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader("a body")))
	}
	for _, step := range []struct{ method, path, want string }{
		{"POST", "/in/open", "accepted"},
		{"POST", "/in/shut", "refused"},
		{"GET", "/in/shut", "refused"},
		{"POST", "/in/tiny", "refused"},
		{"POST", "/in/slow", "accepted"},
		{"POST", "/in/slow", "limited"},
	} {
		book.spans = nil
		send(step.method, step.path)
		if len(book.spans) != 1 || book.spans[0].ends != 1 || !strings.Contains(book.spans[0].text, "hookseal.answer="+step.want) {
			t.Errorf("%s %s: spans = %+v, want one, ended once, that says %s", step.method, step.path, book.spans, step.want)
			continue
		}
		if strings.Contains(book.spans[0].text, "a body") {
			t.Errorf("%s %s: the span holds the body: %s", step.method, step.path, book.spans[0].text)
		}
	}
	book.spans = nil
	send("POST", "/in/nobody")
	if len(book.spans) != 0 {
		t.Errorf("spans of a path that does not exist = %v, want none", book.spans)
	}
}

// The application behind the middleware is called within the span of its request.
func TestSpanInMiddleware(t *testing.T) {
	book := &notebook{}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"s": {Provider: engine.NoVerification}}, Tracer: book})
	var seen any
	app := eng.Middleware("s")(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Context().Value(notedKey{}) }))
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("{}")))
	if len(book.spans) != 1 || seen != book.spans[0] || book.spans[0].ends != 1 {
		t.Errorf("the application ran within %v, want the one span of %v, ended once", seen, book.spans)
	}
}

// What an application publishes is traced like what is received.
func TestSpanOfPublication(t *testing.T) {
	server, got := sink(t)
	book := &notebook{}
	seen := &waits{settled: make(chan struct{}, 1)}
	eng := open(t, engine.Config{
		Endpoints:     map[string]engine.Endpoint{"e": {URL: server.URL, Sign: engine.NoVerification, Headers: map[string]string{"traceparent": "ours wins"}}},
		Subscriptions: []engine.Subscription{{Source: engine.AppSource, Endpoint: "e"}},
		Store:         openStore(t), AllowNetworks: loopback, Tracer: book, Observer: seen,
	})
	run(t, eng)
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "a.b", Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	delivered := <-got
	<-seen.settled
	book.mu.Lock()
	defer book.mu.Unlock()
	if len(book.spans) != 2 {
		t.Fatalf("%d spans, want a publication and an attempt", len(book.spans))
	}
	published, attempt := book.spans[0], book.spans[1]
	if published.start.Kind != webhook.SpanPublish || attempt.start.Kind != webhook.SpanAttempt || attempt.start.Parent != published.id {
		t.Errorf("spans = %+v and %+v, want the attempt below the publication", published.start, attempt.start)
	}
	if got := delivered.Header["Traceparent"]; len(got) != 1 || got[0] != attempt.id {
		t.Errorf("the endpoint got traceparent %q, want %q alone", got, attempt.id)
	}
	if published.ends != 1 || attempt.ends != 1 || published.fault+attempt.fault != "" {
		t.Errorf("spans ended %d and %d times, faults %q", published.ends, attempt.ends, published.fault+attempt.fault)
	}
}
