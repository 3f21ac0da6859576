package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// expandRetry is the wait before a transform is run again whose outputs the
// store could not commit.
const expandRetry = time.Second

// transform runs a delivery's guest and commits what it made; l then carries
// it. Where nothing is left to attempt it returns false, and the settlement if
// the lease still needs one.
func (d *Dispatcher) transform(ctx context.Context, e Endpoint, l *store.Lease) (*store.Settlement, bool) {
	outputs, hash, err := d.runGuest(ctx, l)
	if ctx.Err() != nil {
		return d.interrupted(ctx, l), false
	}
	if errors.Is(err, errNoTransform) {
		return d.unconfigured(l, err), false
	}
	if err != nil {
		if d.config.Observer.TransformFailed != nil {
			d.config.Observer.TransformFailed(l.Delivery, err)
		}
		if !repeats(err) {
			return d.overran(ctx, e, l, err), false
		}
		return d.failed(l, err), false
	}
	delivery, err := d.config.Store.Expand(ctx, l.Ref, outputs, hash)
	switch {
	case err != nil:
		return d.unexpanded(ctx, l, err), false
	case delivery.State == webhook.Dropped:
		d.slots.spared(l.Delivery.Endpoint, e)
		d.finished(delivery)
		return nil, false
	}
	l.Delivery = delivery
	if len(outputs) > 1 {
		d.Wake()
	}
	return nil, true
}

// errNoTransform reports a guest that the configuration does not name.
var errNoTransform = errors.New("no such transform is configured")

// repeats reports whether the same code on the same event goes wrong in the same
// way again. A machine without time, or one that could not start what runs the
// guest, can do better the next time.
func repeats(err error) bool {
	fault, ok := errors.AsType[*webhook.GuestError](err)
	return ok && fault.Kind != webhook.GuestTimeout
}

// overran deals with a guest that had no fair chance: it is tried again by the
// endpoint's schedule, and given up after that.
func (d *Dispatcher) overran(ctx context.Context, e Endpoint, l *store.Lease, err error) *store.Settlement {
	made := webhook.Attempt{At: time.Now(), Error: attempt.OneLine(err)}
	next := e.Policy.After(l.Delivery.Attempts+1, made, made.At, d.config.Jitter())
	next.Health = webhook.HealthUnchanged
	if next.State == webhook.Exhausted {
		next.State = webhook.Failed
	}
	d.logAttempt(ctx, l, made, next)
	settlement := settle(l, next)
	settlement.Attempt = &made
	return settlement
}

func (d *Dispatcher) runGuest(ctx context.Context, l *store.Lease) ([]webhook.Output, string, error) {
	guest, ok := d.config.Transforms.Transform(l.Delivery.Transform)
	if !ok {
		return nil, "", fmt.Errorf("%w: %q", errNoTransform, l.Delivery.Transform)
	}
	ctx, span := d.begin(ctx, webhook.SpanTransform, l.Delivery.Transform, l)
	outputs, err := guest.Transform(ctx, &l.Event, webhook.TransformContext{
		Subscription: l.Delivery.Subscription,
		Endpoint:     l.Delivery.Endpoint,
		Log:          d.guestLog(ctx, l),
	})
	endTransform(span, len(outputs), err)
	return outputs, guest.Hash(), err
}

// unexpanded deals with outputs that could not be committed. Whether they were
// is unknown after an error, and a second Expand over a first would number the
// messages twice: the delivery goes back, and its next lease shows.
func (d *Dispatcher) unexpanded(ctx context.Context, l *store.Lease, err error) *store.Settlement {
	if errors.Is(err, store.ErrLeaseLost) {
		d.config.Log.Warn("outputs are not kept since the lease was lost", "delivery", l.Delivery.ID)
		return nil
	}
	if ctx.Err() != nil {
		return d.interrupted(ctx, l)
	}
	d.config.Log.Error("outputs cannot be committed", "delivery", l.Delivery.ID, "error", err)
	return settle(l, webhook.Next{
		State: webhook.Pending, Due: time.Now().Add(expandRetry), Error: "outputs of the transform could not be committed",
	})
}

// guestLog writes a guest's lines into the log under the level that it names.
func (d *Dispatcher) guestLog(ctx context.Context, l *store.Lease) func(level, line string) {
	log := d.config.Log.With("transform", l.Delivery.Transform, "delivery", l.Delivery.ID)
	return func(name, line string) {
		level := slog.LevelInfo
		if err := level.UnmarshalText([]byte(name)); err != nil {
			level = slog.LevelInfo
		}
		log.Log(ctx, level, "transform says", "line", line)
	}
}
