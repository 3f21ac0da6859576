package worker

import (
	"context"
	"sync"
	"time"
)

// pool lends processes, each to one call at a time. Those that are lent and
// those that are idle are no more than its slots.
type pool struct {
	config Config
	// slots holds one token for each process that is lent.
	slots chan struct{}

	mu sync.Mutex
	// idle are the processes that nobody uses; the one that came back last is
	// lent first, so that there are as many as the load needs.
	idle []*process
	// guests counts those that are open.
	guests int
}

const (
	firstBackoff = 10 * time.Millisecond
	maxBackoff   = time.Second
	// maxStarts is how often a start is tried.
	maxStarts = 8
)

// backoff is the wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(firstBackoff<<min(failures-1, 10), maxBackoff)
}

func newPool(c Config) *pool { return &pool{config: c, slots: make(chan struct{}, c.Workers)} }

// enter counts a guest.
func (p *pool) enter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.guests++
}

// leave counts a guest off, and ends the processes after the last.
func (p *pool) leave() {
	p.mu.Lock()
	p.guests--
	var idle []*process
	if p.guests == 0 {
		idle, p.idle = p.idle, nil
	}
	p.mu.Unlock()
	for _, w := range idle {
		w.end()
	}
}

// take lends a process that can run a script. It waits until there is one.
func (p *pool) take(ctx context.Context, g *guest) (*process, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w, err := p.fetch(ctx, g)
	if err != nil {
		<-p.slots
	}
	return w, err
}

// fetch returns an idle process, or starts one in the place of one that will not
// do. A start that fails is tried again for about a second, as a machine may be
// out of processes for a moment.
func (p *pool) fetch(ctx context.Context, g *guest) (*process, error) {
	if w := p.pop(); w != nil {
		if w.usable() && w.suits(g) {
			return w, nil
		}
		w.end()
	}
	for try := 1; ; try++ {
		w, err := startProcess(ctx, p.config, g.limits.Memory)
		if err == nil || try == maxStarts {
			return w, err
		}
		if err := pause(ctx, backoff(try)); err != nil {
			return nil, err
		}
	}
}

// pop takes the process off that became idle last, nil where none is.
func (p *pool) pop() *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	w := p.idle[last]
	p.idle = p.idle[:last]
	return w
}

// put takes a process back, or ends it where nobody is left to use it.
func (p *pool) put(w *process) {
	p.mu.Lock()
	keep := p.guests > 0 && w.usable()
	if keep {
		p.idle = append(p.idle, w)
	}
	p.mu.Unlock()
	if !keep {
		w.end()
	}
	<-p.slots
}

// pause waits, and no longer than the context lasts.
func pause(ctx context.Context, wait time.Duration) error {
	if wait <= 0 || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
