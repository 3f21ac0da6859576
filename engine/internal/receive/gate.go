package receive

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Stop is why an intake has stopped, empty while it has not.
type Stop string

// The reasons to stop.
const (
	// StopBacklog: more deliveries are open than may be.
	StopBacklog Stop = "backlog"
	// StopDisk: the disk of the store has less room than it must have.
	StopDisk Stop = "disk"
)

// GateLimits are what a gate keeps to. A zero field is no limit.
type GateLimits struct {
	// Backlog is how many deliveries may be open.
	Backlog int64
	// FreeDisk is how many bytes the disk must have free.
	FreeDisk int64
}

const (
	// gateLooks is for how long a look at the store counts, and gateTimeout how
	// long one may take.
	gateLooks   = 500 * time.Millisecond
	gateTimeout = time.Second
)

// Gate stops an intake before a limit is reached at which something would break,
// and opens it again once there is a tenth of room for the backlog, or a quarter
// more than the disk must have free, so that it does not flutter. It looks when it
// is asked, and then counts on that for a while. It is safe for concurrent use.
type Gate struct {
	// Open counts the deliveries that are open.
	Open func(context.Context) (int64, error)
	// Free returns the bytes that the disk has free. Where it is nil, or its error is
	// [errors.ErrUnsupported], they are not known, and limit nothing.
	Free func(context.Context) (int64, error)
	// Logger is told when the intake stops, goes on, or cannot be judged.
	Logger *slog.Logger

	limits atomic.Pointer[GateLimits]
	state  atomic.Pointer[Stop]

	looking sync.Mutex
	// looked is when the last look began, in nanoseconds of the unix time.
	looked atomic.Int64
}

// SetLimits replaces the limits, from the next look on.
func (g *Gate) SetLimits(l GateLimits) {
	g.limits.Store(&l)
	g.looked.Store(0)
}

// Stopped returns why the intake has stopped, empty if it has not. Where that
// cannot be told it stays as it was: whether an event can be stored is then for
// the store to say.
func (g *Gate) Stopped() Stop {
	limits := g.limits.Load()
	if limits == nil || *limits == (GateLimits{}) {
		return ""
	}
	age := time.Since(time.Unix(0, g.looked.Load()))
	// It is negative where the clock was set back since.
	if (age >= gateLooks || age < 0) && g.looking.TryLock() {
		g.looked.Store(time.Now().UnixNano())
		g.look(*limits)
		g.looking.Unlock()
	}
	return g.last()
}

func (g *Gate) last() Stop {
	if stop := g.state.Load(); stop != nil {
		return *stop
	}
	return ""
}

// look decides anew. The caller holds looking.
func (g *Gate) look(limits GateLimits) {
	was := g.last()
	now, attributes, err := g.judge(limits, was)
	if err != nil {
		g.Logger.Warn("limits of the intake cannot be looked at", "stopped", string(was), "error", err)
		return
	}
	if now == was {
		return
	}
	g.state.Store(&now)
	if now == "" {
		g.Logger.Info("intake goes on", attributes...)
		return
	}
	g.Logger.Error("intake has stopped, senders are asked to try again", append([]any{"because", string(now)}, attributes...)...)
}

// judge measures what is limited. What was stopped needs more room to go on than
// what was not needs to stop.
func (g *Gate) judge(limits GateLimits, was Stop) (now Stop, attributes []any, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), gateTimeout)
	defer cancel()
	if limits.Backlog > 0 {
		open, err := g.Open(ctx)
		if err != nil {
			return was, nil, err
		}
		most := limits.Backlog
		if was == StopBacklog {
			most -= most / 10
		}
		if open >= most {
			now = StopBacklog
		}
		attributes = append(attributes, "open_deliveries", open, "backlog", limits.Backlog)
	}
	if limits.FreeDisk > 0 && g.Free != nil {
		free, err := g.Free(ctx)
		if errors.Is(err, errors.ErrUnsupported) {
			return now, attributes, nil
		}
		if err != nil {
			return was, nil, err
		}
		least := limits.FreeDisk
		if was == StopDisk {
			least += least / 4
		}
		if free < least {
			now = StopDisk
		}
		attributes = append(attributes, "free_bytes", free, "min_free_disk", limits.FreeDisk)
	}
	return now, attributes, nil
}
