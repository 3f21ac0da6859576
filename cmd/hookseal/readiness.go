package main

import (
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine"
)

// readiness answers whether events should be sent here: the store can commit, no
// limit has stopped the intake, and the server is not about to stop.
type readiness struct {
	health *health
	// ending is closed once the server is about to stop.
	ending <-chan struct{}
	// stopped says why the intake takes nothing, empty if it does.
	stopped func() engine.Stop
}

// ServeHTTP answers 200, or 503 with a line for each reason.
func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if reasons := r.reasons(); reasons != nil {
		http.Error(w, strings.Join(reasons, "\n"), http.StatusServiceUnavailable)
		return
	}
	// A prober that has gone needs no answer.
	_, _ = w.Write([]byte("ok\n"))
}

// reasons says why no event should be sent here.
func (r *readiness) reasons() []string {
	var reasons []string
	select {
	case <-r.ending:
		reasons = append(reasons, "the server is about to stop")
	default:
	}
	if r.health.check() != nil {
		// A store that cannot commit cannot say what it holds.
		return append(reasons, "the store cannot commit")
	}
	switch stop := r.stopped(); stop {
	case "":
	case engine.StopBacklog:
		reasons = append(reasons, "the intake has stopped: as many deliveries are open as limits.backlog permits")
	case engine.StopDisk:
		reasons = append(reasons, "the intake has stopped: the disk has less room than limits.min_free_disk")
	default:
		reasons = append(reasons, "the intake has stopped: "+string(stop))
	}
	return reasons
}
