package demo

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// serve answers requests on a loopback port, and returns its URL.
func (s *stage) serve(h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	limits := engine.ServerLimits{ShutdownGrace: time.Second}
	s.background(func() error {
		return engine.Serve(s.ctx, listener, h, limits, slog.New(slog.DiscardHandler))
	})
	return "http://" + listener.Addr().String(), nil
}

// background runs part of the stage. Its error ends the whole.
func (s *stage) background(run func() error) {
	s.running.Go(func() {
		if err := run(); err != nil {
			s.mu.Lock()
			s.faults = append(s.faults, err)
			s.mu.Unlock()
			s.stop(err)
		}
	})
}

func (s *stage) signal() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// await returns once done says so, which it looks at after every change. It
// returns the context's cause if that ends before.
func (s *stage) await(ctx context.Context, done func(context.Context) (bool, error)) error {
	for {
		if yes, err := done(ctx); yes || err != nil {
			return err
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
