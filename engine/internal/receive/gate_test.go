package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// measured is a store of which a gate asks.
type measured struct {
	mu         sync.Mutex
	open, free int64
	err        error
	looks      int
}

func (m *measured) set(open, free int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open, m.free, m.err = open, free, err
}

func (m *measured) Open(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.looks++
	return m.open, m.err
}

func (m *measured) Free(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.free, m.err
}

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		store := &measured{}
		g := &Gate{Open: store.Open, Free: store.Free, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		g.SetLimits(GateLimits{Backlog: 100, FreeDisk: 1000})
		for _, step := range []struct {
			name       string
			open, free int64
			err        error
			want       Stop
		}{
			{"empty", 0, 5000, nil, ""},
			{"one below", 99, 5000, nil, ""},
			{"full", 100, 5000, nil, StopBacklog},
			{"not yet emptied", 90, 5000, nil, StopBacklog},
			{"emptied", 89, 5000, nil, ""},
			{"as much as must be free", 0, 1000, nil, ""},
			{"one byte less", 0, 999, nil, StopDisk},
			{"not yet cleared", 0, 1249, nil, StopDisk},
			{"the store does not answer", 0, 0, errors.New("away"), StopDisk},
			{"cleared", 0, 1250, nil, ""},
			{"not to be told", 1000, 0, errors.New("away"), ""},
			{"both", 100, 0, nil, StopDisk},
			{"the disk is cleared, the backlog is not", 100, 5000, nil, StopBacklog},
			{"all well", 0, 5000, nil, ""},
		} {
			store.set(step.open, step.free, step.err)
			time.Sleep(gateLooks)
			if got := g.Stopped(); got != step.want {
				t.Errorf("%s: Stopped = %q, want %q", step.name, got, step.want)
			}
		}
		if got := strings.Count(log.String(), "intake has stopped"); got != 4 {
			t.Errorf("the log tells of %d stops, want 4: %s", got, log.String())
		}
		if got := strings.Count(log.String(), "intake goes on"); got != 3 {
			t.Errorf("the log tells of %d ends of a stop, want 3: %s", got, log.String())
		}
		if got := strings.Count(log.String(), "cannot be looked at"); got != 2 {
			t.Errorf("the log tells of %d looks that failed, want 2: %s", got, log.String())
		}
	})
}

// However many ask, the store is asked at most twice a second, and nobody waits
// for another's look.
func TestGateAsksSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &measured{}
		release := make(chan struct{})
		g := &Gate{Logger: slog.New(slog.DiscardHandler), Open: func(ctx context.Context) (int64, error) {
			<-release
			return store.Open(ctx)
		}}
		g.SetLimits(GateLimits{Backlog: 1})
		first := make(chan Stop)
		go func() { first <- g.Stopped() }()
		synctest.Wait()
		for range 1000 {
			if got := g.Stopped(); got != "" {
				t.Fatalf("Stopped beside a look = %q, want what was known before", got)
			}
		}
		close(release)
		<-first
		if store.looks != 1 {
			t.Errorf("the store was asked %d times, want once", store.looks)
		}
	})
}

// A clock that is set back does not have the gate wait until it is as late again.
func TestGateClockSetBack(t *testing.T) {
	store := &measured{open: 10}
	g := &Gate{Open: store.Open, Logger: slog.New(slog.DiscardHandler)}
	g.SetLimits(GateLimits{Backlog: 5})
	g.looked.Store(time.Now().Add(time.Hour).UnixNano())
	if got := g.Stopped(); got != StopBacklog {
		t.Errorf("Stopped an hour before the last look = %q, want %q", got, StopBacklog)
	}
}

// Where nobody can tell what is free, the disk limits nothing, and the backlog does.
func TestGateWithoutKnownDisk(t *testing.T) {
	var log bytes.Buffer
	store := &measured{open: 10, err: fmt.Errorf("free: %w", errors.ErrUnsupported)}
	count := func(context.Context) (int64, error) { return 10, nil }
	g := &Gate{Open: count, Free: store.Free, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	g.SetLimits(GateLimits{FreeDisk: 1000})
	if got := g.Stopped(); got != "" || log.Len() != 0 {
		t.Errorf("Stopped = %q, want nothing: %s", got, log.String())
	}
	g.SetLimits(GateLimits{Backlog: 5, FreeDisk: 1000})
	if got := g.Stopped(); got != StopBacklog {
		t.Errorf("Stopped = %q, want %q", got, StopBacklog)
	}
}

// A gate without limits asks nothing, and lets go of a stop.
func TestGateWithoutLimits(t *testing.T) {
	store := &measured{open: 10}
	g := &Gate{Open: store.Open, Free: store.Free, Logger: slog.New(slog.DiscardHandler)}
	if got := g.Stopped(); got != "" || store.looks != 0 {
		t.Errorf("Stopped = %q after %d looks, want nothing", got, store.looks)
	}
	g.SetLimits(GateLimits{Backlog: 5})
	if got := g.Stopped(); got != StopBacklog {
		t.Errorf("Stopped = %q, want %q", got, StopBacklog)
	}
	g.SetLimits(GateLimits{})
	if got := g.Stopped(); got != "" {
		t.Errorf("Stopped without limits = %q, want nothing", got)
	}
}
