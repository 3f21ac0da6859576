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

// handlers are what the server answers to senders, and to who watches over it,
// which is nil where both come by one address. The context ends when the server is
// about to stop.
func handlers(ctx context.Context, running *configfile.Running, metrics *telemetry.Metrics) (public, monitor *http.ServeMux) {
	public = http.NewServeMux()
	public.Handle("/in/", running.Engine.Handler())
	watched := public
	if running.Current().Monitor != "" {
		monitor = http.NewServeMux()
		watched = monitor
	}
	store := &health{ping: running.Store.Ping}
	ready := &readiness{health: store, ending: ctx.Done(), stopped: running.Engine.Stopped}
	count(metrics, running, ready)
	watched.Handle("GET /healthz", store)
	watched.Handle("GET /readyz", ready)
	watched.Handle("GET /metrics", metrics.Handler())
	return public, monitor
}

// count has the metrics show how a server stands, beside what the engine tells
// them.
func count(metrics *telemetry.Metrics, running *configfile.Running, ready *readiness) {
	metrics.Configured(time.Now())
	metrics.Watch(running.Store)
	metrics.Paused(func() int { return len(running.Engine.Pauses()) })
	metrics.Ready(func() bool { return ready.reasons() == nil })
	if running.TLS() != nil {
		metrics.Certificate(func() time.Time { return running.Current().TLS.Certificates[0].Leaf.NotAfter })
	}
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
