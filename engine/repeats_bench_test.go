package engine_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

// BenchmarkMiddlewareStore passes requests of 1 KB through the middleware of an
// engine with a store, from as many callers as the name says: each another
// request, which is looked up, passed on and kept, and the same one again and
// again, which memory knows.
func BenchmarkMiddlewareStore(b *testing.B) {
	for _, run := range []struct {
		name    string
		callers int
		repeat  bool
	}{{"new/1", 1, false}, {"new/64", 64, false}, {"new/512", 512, false}, {"repeat/1", 1, true}} {
		b.Run(run.name, func(b *testing.B) {
			eng := open(b, engine.Config{Sources: map[string]engine.Source{"hub": hub(b)}, Store: openStore(b)})
			h := eng.Middleware("hub")(reader(b))
			b.ReportAllocs()
			b.ResetTimer()
			var callers sync.WaitGroup
			for range run.callers {
				callers.Go(func() {
					for range b.N / run.callers {
						n := int64(0)
						if !run.repeat {
							n = serial.Add(1)
						}
						if code := kilobyteOf(n, h); code/100 != 2 {
							b.Errorf("answer = %d, want 2xx", code)
						}
					}
				})
			}
			callers.Wait()
		})
	}
}

// kilobyteOf has a handler answer a signed request whose body a number tells
// from others.
func kilobyteOf(n int64, h http.Handler) int {
	body := bytes.Repeat([]byte{'x'}, 1024)
	strconv.AppendInt(body[:0], n, 10)
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(body)
	r := httptest.NewRequest("POST", "/hooks", bytes.NewReader(body))
	r.Header.Set("X-Qualifio-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}
