package engine_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

// replayed is a body, and discard an answer, without a cost of their own.
type (
	replayed struct{ bytes.Reader }
	discard  struct{ header http.Header }
)

func (*replayed) Close() error { return nil }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// kilobyte returns a function that has a handler answer a request of 1 KB.
func kilobyte(t testing.TB) func(http.Handler) {
	body := bytes.Repeat([]byte{'x'}, 1024)
	template := httptest.NewRequest("POST", "/hooks", bytes.NewReader(body))
	template.Header = sign(t, "qualifio", "key", string(body)).Header
	for _, field := range []string{"Content-Type", "Content-Length", "User-Agent", "Accept", "Accept-Encoding", "X-Request-Id"} {
		template.Header.Set(field, "value")
	}
	w, source, r := discard{http.Header{}}, &replayed{}, &http.Request{}
	return func(h http.Handler) {
		clear(w.header)
		source.Reset(body)
		*r = *template
		r.Body = source
		h.ServeHTTP(w, r)
	}
}

// reader is an application that reads the body.
func reader(t testing.TB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err != nil || n != 1024 {
			t.Errorf("read %d bytes, %v", n, err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// BenchmarkMiddleware compares a handler that reads 1 KB with the same handler
// behind the middleware. What the two differ in is the middleware's.
func BenchmarkMiddleware(b *testing.B) {
	eng := open(b, engine.Config{Sources: map[string]engine.Source{"hub": hub(b)}})
	bare, send := reader(b), kilobyte(b)
	for _, run := range []struct {
		name string
		h    http.Handler
	}{{"bare", bare}, {"verified", eng.Middleware("hub")(bare)}} {
		b.Run(run.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				send(run.h)
			}
		})
	}
}

// Beyond what the handler itself takes, a request takes at most 2.5 times its
// body.
func TestMiddlewareMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector changes what is allocated")
	}
	eng := open(t, engine.Config{Sources: map[string]engine.Source{"hub": hub(t)}})
	bare, send := reader(t), kilobyte(t)
	bytesPerRequest := func(h http.Handler) int {
		const rounds = 1000
		send(h)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range rounds {
			send(h)
		}
		runtime.ReadMemStats(&after)
		return int(after.TotalAlloc-before.TotalAlloc) / rounds
	}
	if beyond := bytesPerRequest(eng.Middleware("hub")(bare)) - bytesPerRequest(bare); beyond > 2560 {
		t.Errorf("the middleware takes %d bytes for a body of 1024, want at most 2560", beyond)
	}
}
