package engine

import (
	"cmp"
	"context"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Retention says how long the store keeps what is done with: events of which no
// delivery is open. What is open stays, however old or large it is.
type Retention struct {
	// Events is how long an event is kept, from when it was received; zero keeps
	// it for good. From a week on it may be a day more.
	Events time.Duration
	// Bodies is how long its content is: the body and header fields, outputs and
	// responses. What it was and what became of it stays. Zero is as long as the
	// event; such an event cannot be redelivered.
	Bodies time.Duration
	// Size is the most that the events of all sources may weigh together, in
	// bytes, each 1 KiB and its body: the oldest go first. Zero is no bound.
	Size int64
	// Keys is how long a repeat is recognised (30 days). It should be longer than
	// a provider goes on sending what was not acknowledged.
	Keys time.Duration
}

// SourceRetention is what a source has otherwise than [Config].Retention. A zero
// duration is the one there.
type SourceRetention struct {
	// Events and Bodies are as in [Retention].
	Events, Bodies time.Duration
	// Size bounds the events of the source alone; zero is no bound.
	Size int64
}

const (
	keepKeys = 30 * 24 * time.Hour
	// pruneEvery is how often the store is looked through.
	pruneEvery = time.Minute
	// pruneLimit is how much goes at a time: others wait as long as it takes.
	pruneLimit = 100
	// pruneLeeway is how much longer an event may stay that is kept for a week or
	// more, so that a store which has a part for each day forgets whole days.
	pruneLeeway = 24 * time.Hour
	// prunePause is the least that is left to others between two times.
	prunePause = 5 * time.Millisecond
)

// prune removes what is beyond the retention until the context ends.
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

// pruneOnce removes a little, and returns how long there is time until the next:
// as long as it took at least, so that others have half of the store.
func (e *Engine) pruneOnce(ctx context.Context, now time.Time) time.Duration {
	s := e.acquire()
	if s == nil {
		return pruneEvery
	}
	req := s.config.pruneRequest(now)
	s.release()
	gone, err := e.fixed.Store.Prune(ctx, req)
	switch {
	case err != nil && ctx.Err() == nil:
		e.fixed.Logger.Error("old events could not be removed", "error", err)
	case max(gone.Events, gone.Bodies, gone.Keys) >= pruneLimit:
		return max(prunePause, time.Since(now))
	}
	return pruneEvery
}

// pruneRequest says what is kept at a moment.
func (c *Config) pruneRequest(now time.Time) store.PruneRequest {
	r := c.Retention
	req := store.PruneRequest{
		Now: now, Default: keepOf(now, r.Events, r.Bodies), Sources: map[string]store.Keep{},
		Size: r.Size, Keys: now.Add(-cmp.Or(r.Keys, keepKeys)), Limit: pruneLimit,
	}
	for name, source := range c.Sources {
		if own := source.Retention; own != (SourceRetention{}) {
			keep := keepOf(now, cmp.Or(own.Events, r.Events), cmp.Or(own.Bodies, r.Bodies))
			keep.Size = own.Size
			req.Sources[name] = keep
		}
	}
	return req
}

func keepOf(now time.Time, events, bodies time.Duration) (keep store.Keep) {
	if events > 0 {
		keep.Events = now.Add(-events)
	}
	if events >= 7*24*time.Hour {
		keep.Leeway = pruneLeeway
	}
	if bodies > 0 {
		keep.Bodies = now.Add(-bodies)
	}
	return keep
}

func (r Retention) check() error {
	f := &partFaults{part: "retention"}
	if r.Keys < 0 {
		f.note("keys", "is %s, want more than 0; zero is 30 days", r.Keys)
	}
	checkKeep(f, "", r.Events, r.Bodies, r.Size)
	return f.err()
}

// check judges what a source keeps beside what all keep.
func (r SourceRetention) check(f *partFaults, all Retention) {
	if r == (SourceRetention{}) {
		return
	}
	checkKeep(f, "retention.", cmp.Or(r.Events, all.Events), cmp.Or(r.Bodies, all.Bodies), r.Size)
}

func checkKeep(f *partFaults, at string, events, bodies time.Duration, size int64) {
	if events < 0 {
		f.note(at+"events", "is %s, want more than 0; zero keeps events for good", events)
	}
	if bodies < 0 {
		f.note(at+"bodies", "is %s, want more than 0; zero keeps bodies as long as their events", bodies)
	}
	if events > 0 && bodies > events {
		f.note(at+"bodies", "is %s, longer than the %s of the events that they belong to", bodies, events)
	}
	if size < 0 {
		f.note(at+"size", "is %d bytes, want more than 0; zero is no bound", size)
	}
}
