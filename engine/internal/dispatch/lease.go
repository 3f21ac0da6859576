package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

const (
	// forever is a wait that only a signal ends.
	forever time.Duration = -1
	// blockedWait is the wait when something is said to be due and nothing was
	// leased: another holder, or an operator, was faster.
	blockedWait = time.Second
	// lookAtClock is how often a wait is held against the wall clock.
	lookAtClock = time.Minute
	// leaseTimeout bounds one call of the store's Lease.
	leaseTimeout = 10 * time.Second
)

// leaseAll leases and starts deliveries until ctx ends or the store is closed.
// The deliveries run under work.
func (d *Dispatcher) leaseAll(ctx, work context.Context) error {
	var trouble backoff
	for ctx.Err() == nil {
		wait, err := d.leaseDue(ctx, work)
		if err == nil {
			trouble.reset()
			d.await(ctx, wait)
			continue
		}
		if errors.Is(err, store.ErrClosed) {
			return err
		}
		if ctx.Err() == nil {
			wait = trouble.next()
			d.config.Log.Error("deliveries cannot be leased", "error", err, "next_try_in", wait)
			// Signals do not end this wait: the more comes in, the less would a
			// store in trouble be left alone.
			sleep(ctx, wait)
		}
	}
	return nil
}

// await returns after wait, on a signal to look, or when the context ends.
func (d *Dispatcher) await(ctx context.Context, wait time.Duration) {
	if wait == forever {
		select {
		case <-ctx.Done():
		case <-d.look:
		}
		return
	}
	// A timer stands still while the machine sleeps, and knows nothing of a wall
	// clock that is set: what is due is so by that.
	ends := time.Now().Add(wait)
	for left := wait; left > 0; left = min(time.Until(ends), ends.Round(0).Sub(time.Now().Round(0))) {
		select {
		case <-ctx.Done():
			return
		case <-d.look:
			return
		case <-time.After(min(left, lookAtClock)):
		}
	}
}

// leaseDue starts everything that is due and has a free slot, and returns how
// long there will be nothing more.
func (d *Dispatcher) leaseDue(ctx, work context.Context) (time.Duration, error) {
	for ctx.Err() == nil {
		endpoints := *d.endpoints.Load()
		blocked, opens := d.slots.blocked(endpoints, time.Now())
		due, err := d.config.Store.NextDue(ctx, blocked...)
		if err != nil {
			return 0, err
		}
		now := time.Now()
		if due.IsZero() || due.After(now) {
			d.slots.nothingDue()
			return until(now, due, opens), nil
		}
		round := d.slots.round(endpoints, now)
		if round.most == 0 {
			return forever, nil
		}
		leases, err := d.take(work, round.request(d.config.Lease))
		round.end(leases, err)
		if err != nil {
			return 0, err
		}
		if len(leases) == 0 {
			return until(now, now.Add(blockedWait), opens), nil
		}
		for _, lease := range leases {
			d.workers.start(work, lease)
		}
	}
	return forever, nil
}

// until is how long it is from now to the first of two moments, of which either
// may be zero for never.
func until(now, a, b time.Time) time.Duration {
	first := forever
	for _, at := range []time.Time{a, b} {
		if wait := max(0, at.Sub(now)); !at.IsZero() && (first == forever || wait < first) {
			first = wait
		}
	}
	return first
}

// take leases under the context of the work, so that a shutdown does not leave
// deliveries behind that were leased and are nobody's.
func (d *Dispatcher) take(work context.Context, request store.LeaseRequest) ([]store.Lease, error) {
	ctx, cancel := context.WithTimeout(work, leaseTimeout)
	defer cancel()
	return d.config.Store.Lease(ctx, request)
}
