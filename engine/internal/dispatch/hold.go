package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// hold keeps extending a lease until letGo is called. The context that it
// returns ends when the lease is lost, with [store.ErrLeaseLost] as its cause.
//
// Most attempts end long before their lease, so that only a timer waits for it.
func (d *Dispatcher) hold(ctx context.Context, l store.Lease) (held context.Context, letGo func()) {
	held, lose := context.WithCancelCause(ctx)
	letGoOf, done := make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(d.untilExtended(l.Until), func() {
		defer close(done)
		extending, stop := context.WithCancel(context.WithoutCancel(ctx))
		go func() {
			<-letGoOf
			stop()
		}()
		d.extend(extending, l, lose)
	})
	return held, func() {
		close(letGoOf)
		if !timer.Stop() {
			<-done
		}
		lose(nil)
	}
}

// untilExtended is how long a lease that ends at a moment is left alone: until
// half of it has passed.
func (d *Dispatcher) untilExtended(until time.Time) time.Duration {
	left := time.Until(until)
	return min(max(left-d.config.Lease/2, d.config.Lease/10), left-d.leaseMargin())
}

// leaseMargin is how long before its end a lease that could not be renewed is given
// up, so that the attempt is over when another holder takes the delivery.
func (d *Dispatcher) leaseMargin() time.Duration { return d.config.Lease / 20 }

// extend renews a lease, and again whenever half of it has passed. When the store
// fails it tries again every tenth of a lease.
func (d *Dispatcher) extend(ctx context.Context, l store.Lease, lose context.CancelCauseFunc) {
	until := l.Until
	for ctx.Err() == nil {
		next := time.Now().Add(d.config.Lease)
		err := d.renew(ctx, l.Ref, until, next)
		switch {
		case err == nil:
			until = next
		case ctx.Err() != nil:
			return
		case errors.Is(err, store.ErrLeaseLost) || !time.Now().Before(until.Add(-d.leaseMargin())):
			lose(store.ErrLeaseLost)
			return
		default:
			d.config.Log.Error("lease cannot be extended", "delivery", l.Delivery.ID, "until", until, "error", err)
		}
		sleep(ctx, d.untilExtended(until))
	}
}

func (d *Dispatcher) renew(ctx context.Context, ref store.LeaseRef, until, next time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return d.config.Store.Extend(ctx, ref, next)
}

// sleep reports whether the time has passed before the context ended.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
