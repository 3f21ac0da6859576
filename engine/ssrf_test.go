package engine_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

// None of the URLs of the corpus reaches what is not public: it is refused at load,
// or by every attempt. Names that would have to be looked up are tested in package
// netguard, with a resolver of its own.
func TestEndpointsReachNothingPrivate(t *testing.T) {
	var reached atomic.Int64
	sink := httptest.NewUnstartedServer(http.NotFoundHandler())
	sink.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			reached.Add(1)
		}
	}
	sink.Start()
	defer sink.Close()
	_, port, err := net.SplitHostPort(sink.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	corpus, err := os.ReadFile("testdata/ssrf.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for line := range strings.Lines(string(corpus)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		tried++
		eng, err := engine.Open(engine.Config{Endpoints: map[string]engine.Endpoint{
			"out": {URL: strings.ReplaceAll(line, "PORT", port), AllowHTTP: true, Sign: engine.NoVerification},
		}})
		if err != nil {
			continue
		}
		made, err := eng.Try(t.Context(), "out", engine.Publication{Type: "a.b", Body: []byte("{}")})
		if err == nil && (made.Attempt.Status != 0 || made.Attempt.Error == "") {
			t.Errorf("%s: status = %d, want it refused", line, made.Attempt.Status)
		}
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d connections reached the listener, want 0", n)
	}
	if tried < 70 {
		t.Errorf("%d URLs tried, want 70 at least", tried)
	}
}

// A host that is allowed by name is reached, and no other one at its address.
func TestAllowedHostIsReached(t *testing.T) {
	sink, got := sink(t)
	_, port, err := net.SplitHostPort(sink.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		eng, err := engine.Open(engine.Config{
			AllowHosts: []string{"localhost"},
			Endpoints:  map[string]engine.Endpoint{"out": {URL: "http://" + host + ":" + port, Sign: engine.NoVerification}},
		})
		if host == "127.0.0.1" {
			if err == nil || !strings.Contains(err.Error(), "loopback") {
				t.Errorf("%s: Open = %v, want it refused", host, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		made, err := eng.Try(t.Context(), "out", engine.Publication{Type: "a.b", Body: []byte("{}")})
		if err != nil || made.Attempt.Status != http.StatusOK {
			t.Errorf("%s: Try = %+v, %v, want 200", host, made.Attempt, err)
		}
		<-got
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	}
}
