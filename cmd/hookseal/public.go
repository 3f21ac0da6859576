package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/telemetry"
)

// publicHandler is what the server answers: the intake, its health, its metrics.
func publicHandler(running *configfile.Running, metrics *telemetry.Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/in/", running.Engine.Handler())
	mux.Handle("GET /healthz", &health{ping: running.Store.Ping})
	mux.Handle("GET /metrics", metrics.Handler())
	return mux
}

// health answers whether events can be stored. It asks the store, which then
// commits, at most once a second however often it is called; while an answer is
// waited for, further calls get the last one.
type health struct {
	ping func(context.Context) error

	mu      sync.Mutex
	asking  bool
	checked time.Time
	err     error
}

const (
	healthInterval = time.Second
	healthTimeout  = 5 * time.Second
	// healthLasts is for how long an answer stands in for one that is waited
	// for.
	healthLasts = 10 * time.Second
)

var errNoAnswer = errors.New("the store does not answer")

// ServeHTTP answers 200 or 503.
func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if h.check() != nil {
		http.Error(w, "the store cannot commit", http.StatusServiceUnavailable)
		return
	}
	// A prober that has gone needs no answer.
	_, _ = w.Write([]byte("ok\n"))
}

func (h *health) check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	age := time.Since(h.checked)
	if age < healthInterval || h.asking && age < healthLasts {
		return h.err
	}
	if h.asking {
		return errNoAnswer
	}
	h.asking = true
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	err := h.ping(ctx)
	cancel()
	h.mu.Lock()
	h.asking, h.err, h.checked = false, err, time.Now()
	return err
}
