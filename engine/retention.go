package engine

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// Retention says how long the store keeps what is done with.
type Retention struct {
	// Events is how long an event is kept, from when it was received, once all of
	// its deliveries have ended; zero keeps it for good.
	Events time.Duration
	// Keys is how long a repeat is recognised (30 days). It should be longer than
	// a provider goes on sending what was not acknowledged.
	Keys time.Duration
}

const (
	keepKeys = 30 * 24 * time.Hour
	// pruneEvery is how often the store is looked through.
	pruneEvery = time.Minute
	// pruneLimit is how much goes at a time, and prunePause what is left to
	// others between two times.
	pruneLimit = 500
	prunePause = 20 * time.Millisecond
)

// prune removes what is older than the retention until the context ends.
func (e *Engine) prune(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			timer.Reset(e.pruneOnce(ctx, now))
		}
	}
}

// pruneOnce removes a little, and returns how long there is time until the next.
func (e *Engine) pruneOnce(ctx context.Context, now time.Time) time.Duration {
	s := e.acquire()
	if s == nil {
		return pruneEvery
	}
	keep := s.config.Retention
	s.release()
	events := time.Unix(0, 0)
	if keep.Events > 0 {
		events = now.Add(-keep.Events)
	}
	gone, err := e.fixed.Store.Prune(ctx, events, now.Add(-cmp.Or(keep.Keys, keepKeys)), pruneLimit)
	switch {
	case err != nil && ctx.Err() == nil:
		e.fixed.Logger.Error("old events could not be removed", "error", err)
	case gone.Events >= pruneLimit || gone.Keys >= pruneLimit:
		return prunePause
	}
	return pruneEvery
}

func (r Retention) check() error {
	if r.Events < 0 || r.Keys < 0 {
		return errors.New("retention must not be negative: zero events keeps them for good, zero keys is 30 days")
	}
	return nil
}
