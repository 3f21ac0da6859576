package worker

import (
	"context"
	"sync"
	"time"
)

// conduct is how the latest calls of a script went. One that breaks its limits
// or brings its process down has to wait in line with itself: one call at a
// time, so that it holds up one process, and after each process that it cost a
// while longer.
type conduct struct {
	mu sync.Mutex
	// bad counts the calls in a row that went badly, deaths those of them that
	// cost a process.
	bad, deaths int
	// next is when the next call may begin.
	next time.Time
}

// note takes down a call whose process lives, and its error.
func (c *conduct) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if broke(err) {
		c.bad++
		return
	}
	c.bad, c.deaths, c.next = 0, 0, time.Time{}
}

// died takes down a call that cost a process.
func (c *conduct) died() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bad++
	c.deaths++
	c.next = time.Now().Add(backoff(c.deaths))
}

// isBad reports whether calls wait in line, and until when the next one does.
func (c *conduct) isBad() (bool, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bad > 0, c.next
}

// turn is the leave to make a call.
type turn struct {
	slow chan struct{}
}

// end lets the next call of a script begin that waits in line.
func (t turn) end() {
	if t.slow != nil {
		<-t.slow
	}
}

// borrow takes a process once it is the turn of a call. Calls that had been
// waiting for a process when the script began to go wrong go into its line.
func (g *guest) borrow(ctx context.Context) (turn, *process, error) {
	for {
		t, err := g.wait(ctx)
		if err != nil {
			return turn{}, nil, g.abandoned(err)
		}
		p, err := g.pool.take(ctx, g)
		if err != nil {
			t.end()
			return turn{}, nil, g.unserved(ctx, err)
		}
		if bad, _ := g.conduct.isBad(); !bad || t.slow != nil {
			return t, p, nil
		}
		g.pool.put(p)
	}
}

// wait waits for the turn of a call.
func (g *guest) wait(ctx context.Context) (turn, error) {
	if bad, _ := g.conduct.isBad(); !bad {
		return turn{}, nil
	}
	select {
	case g.slow <- struct{}{}:
	case <-ctx.Done():
		return turn{}, context.Cause(ctx)
	}
	t := turn{g.slow}
	// A call that went well in the meantime lets the rest of the line go.
	bad, next := g.conduct.isBad()
	if !bad {
		t.end()
		return turn{}, nil
	}
	if err := pause(ctx, time.Until(next)); err != nil {
		t.end()
		return turn{}, err
	}
	return t, nil
}
