package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// deliver takes a leased delivery one step further, settles it, and frees its
// slot. What it says of the future is looked for: its own next attempt, or the
// one whose turn it is now.
func (d *Dispatcher) deliver(ctx context.Context, l store.Lease) {
	settled := d.deliverHeld(ctx, l)
	final := settled != nil && settled.Next.State.Final()
	if d.slots.release(l.Delivery.Endpoint, false) || !final || l.Delivery.OrderKey != "" {
		d.Wake()
	}
}

// deliverHeld returns what was settled, nil if nothing was.
func (d *Dispatcher) deliverHeld(ctx context.Context, l store.Lease) *store.Settlement {
	held, letGo := d.hold(ctx, l)
	defer letGo()
	settlement := d.outcome(held, &l)
	if settlement == nil || !d.settler.settle(*settlement) {
		return nil
	}
	if next := settlement.Next; next.State.Final() {
		l.Delivery.State, l.Delivery.LastError = next.State, next.Error
		if settlement.Attempt != nil {
			l.Delivery.Attempts++
		}
		d.finished(l.Delivery)
	}
	return settlement
}

func (d *Dispatcher) finished(delivery webhook.Delivery) {
	if d.config.Observer.DeliveryFinished != nil {
		d.config.Observer.DeliveryFinished(delivery)
	}
}

// outcome transforms and attempts. It returns nil when there is nothing left to
// settle.
func (d *Dispatcher) outcome(ctx context.Context, l *store.Lease) *store.Settlement {
	endpoint, ok := (*d.endpoints.Load())[l.Delivery.Endpoint]
	if !ok {
		return d.unconfigured(l, fmt.Errorf("no endpoint named %q is configured", l.Delivery.Endpoint))
	}
	if l.Delivery.Transform != "" && l.Delivery.Output == nil {
		if settlement, ready := d.transform(ctx, endpoint, l); !ready {
			return settlement
		}
	}
	made, signed := d.attempt(ctx, endpoint, l)
	if made.Status == 0 && ctx.Err() != nil {
		return d.interrupted(ctx, l)
	}
	next := endpoint.Policy.After(l.Delivery.Attempts+1, made, time.Now(), d.config.Jitter())
	if !signed {
		next.Health = webhook.HealthUnchanged
	}
	if signed {
		d.learn(l.Delivery.Endpoint, endpoint, made)
	}
	d.logAttempt(ctx, l, made, next)
	settlement := settle(l, next)
	settlement.Attempt, settlement.DisableAfter = &made, endpoint.Policy.DisableAfter
	return settlement
}

// attempt makes one try. It returns false if there was none, since the draft
// could not be signed or sent, which is not the endpoint's fault.
func (d *Dispatcher) attempt(ctx context.Context, e Endpoint, l *store.Lease) (webhook.Attempt, bool) {
	now := time.Now()
	request := draft(e, l)
	ctx, span := d.begin(ctx, webhook.SpanAttempt, l.Delivery.Endpoint, l)
	if span != nil && span.Traceparent() != "" {
		request.Header["Traceparent"] = []string{span.Traceparent()}
	}
	made, sent := d.send(ctx, e, l, request, now)
	endAttempt(span, l.Delivery.Attempts+1, made)
	return made, sent
}

// send signs a draft and sends it.
func (d *Dispatcher) send(ctx context.Context, e Endpoint, l *store.Lease, request *webhook.Request, now time.Time) (webhook.Attempt, bool) {
	if e.Sign != nil {
		message := Message{ID: l.Delivery.MessageID, Type: messageType(l), Time: now}
		if err := e.Sign(ctx, request, message); err != nil {
			return webhook.Attempt{At: now, Error: "sign: " + attempt.OneLine(err)}, false
		}
	}
	if fault := unsendable(request.Header); fault != "" {
		return webhook.Attempt{At: now, Error: fault}, false
	}
	made := e.send(ctx, d.sender, request)
	if d.config.Observer.AttemptDone != nil {
		d.config.Observer.AttemptDone(l.Delivery.Endpoint, made)
	}
	return made, true
}

func settle(l *store.Lease, next webhook.Next) *store.Settlement {
	return &store.Settlement{Lease: l.Ref, Next: next, Now: time.Now()}
}

// failed gives a delivery up that only an operator can help.
func (d *Dispatcher) failed(l *store.Lease, err error) *store.Settlement {
	line := attempt.OneLine(err)
	d.config.Log.Warn("delivery failed",
		"delivery", l.Delivery.ID, "event", l.Delivery.EventID, "endpoint", l.Delivery.Endpoint, "error", line)
	return settle(l, webhook.Next{State: webhook.Failed, Error: line})
}

// A delivery whose endpoint or transform is not in the configuration waits for it
// so long from when it was made, since the nodes that share a store do not learn of
// a part in the same moment, and since a name is easily lost in a file. It is looked
// at less and less often.
const (
	waitConfigured = 72 * time.Hour
	firstLook      = time.Minute
	rarestLook     = 15 * time.Minute
)

// unconfigured deals with a delivery that this node cannot make.
func (d *Dispatcher) unconfigured(l *store.Lease, err error) *store.Settlement {
	now := time.Now()
	age := now.Sub(l.Delivery.Created)
	if age >= waitConfigured {
		return d.failed(l, err)
	}
	line, level := attempt.OneLine(err), slog.LevelWarn
	if line == l.Delivery.LastError {
		level = slog.LevelDebug
	}
	d.config.Log.Log(context.Background(), level, "delivery waits for what the configuration does not name",
		"delivery", l.Delivery.ID, "endpoint", l.Delivery.Endpoint, "error", line)
	return settle(l, webhook.Next{State: webhook.Pending, Due: now.Add(min(max(firstLook, age/8), rarestLook)), Error: line})
}

// interrupted hands a delivery back as it was, so that whoever leases next
// begins with it. Where the lease was lost the store skips the settlement.
func (d *Dispatcher) interrupted(ctx context.Context, l *store.Lease) *store.Settlement {
	d.config.Log.Info("delivery interrupted",
		"delivery", l.Delivery.ID, "endpoint", l.Delivery.Endpoint, "cause", context.Cause(ctx))
	return settle(l, webhook.Next{State: webhook.Pending, Due: l.Delivery.Due, Error: l.Delivery.LastError})
}

func (d *Dispatcher) logAttempt(ctx context.Context, l *store.Lease, made webhook.Attempt, next webhook.Next) {
	log := d.config.Log
	if made.Succeeded() && !log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	log = log.With("delivery", l.Delivery.ID, "event", l.Delivery.EventID,
		"endpoint", l.Delivery.Endpoint, "status", made.Status, "duration", made.Duration)
	if made.Succeeded() {
		log.DebugContext(ctx, "delivered")
		return
	}
	if next.State == webhook.Pending {
		log = log.With("next_try", next.Due)
	}
	level := slog.LevelInfo
	if next.State == webhook.Exhausted { // nothing more is tried, but by an operator
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "attempt failed", "error", next.Error, "now", next.State)
}
