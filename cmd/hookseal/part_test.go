package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/telemetry"
)

// Where one part of the server fails, the whole stops, and says first that it will.
func TestPartFails(t *testing.T) {
	config := filepath.Join(t.TempDir(), "hookseal.toml")
	text := `listen = "127.0.0.1:0"
monitor = "127.0.0.1:0"
data = "hookseal.db"
[limits]
shutdown_delay = "2s"
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	running, err := configfile.Open(config, configfile.Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	open, err := listen(running, log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	_, monitor := handlers(ctx, running, telemetry.New())
	public := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	d := daemon{
		running: running, log: log, sockets: open, public: public, monitor: monitor, end: end,
		follower: follower{running: running, log: log, reloaded: func(error) {}},
	}
	if err := open.monitor.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx) }()

	<-ctx.Done()
	w := httptest.NewRecorder()
	monitor.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "about to stop") {
		t.Errorf("readyz = %d, %q, want 503: about to stop", w.Code, w.Body)
	}
	if r, err := http.Get("http://" + open.public.Addr().String()); err != nil || r.StatusCode != http.StatusTeapot {
		t.Errorf("within shutdown_delay the intake = %v, %v, want its answer", r, err)
	}
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("run = %v, want that the monitor's socket is closed", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("run goes on")
	}
}
