package dispatch

import (
	"context"
	"errors"
	"log/slog"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// begin starts a span below the reception of the delivery's event, wherever that
// was. The span is nil where nobody follows.
func (d *Dispatcher) begin(ctx context.Context, kind webhook.SpanKind, name string, l *store.Lease) (context.Context, webhook.Span) {
	if d.config.Tracer == nil {
		return ctx, nil
	}
	return d.config.Tracer.Start(ctx, webhook.SpanStart{
		Kind: kind, Name: name, Parent: l.Event.Header.Get(webhook.TraceHeader),
		Attributes: []slog.Attr{
			slog.String("hookseal.event.id", l.Event.ID), slog.String("hookseal.delivery.id", l.Delivery.ID),
			slog.String("hookseal.endpoint", l.Delivery.Endpoint), slog.String("hookseal.subscription", l.Delivery.Subscription),
		},
	})
}

// endTransform ends the span of a transform. What a guest says of its fault may
// be made of the event.
func endTransform(span webhook.Span, outputs int, err error) {
	if span == nil {
		return
	}
	fault := ""
	if err != nil {
		fault = "other"
		if guest, ok := errors.AsType[*webhook.GuestError](err); ok {
			fault = string(guest.Kind)
		}
	}
	span.End(fault, slog.Int("hookseal.outputs", outputs))
}

// endAttempt ends the span of an attempt. The number is that of the attempts
// since the delivery was created or last redelivered.
func endAttempt(span webhook.Span, number int, made webhook.Attempt) {
	if span == nil {
		return
	}
	attributes := []slog.Attr{slog.Int("hookseal.attempt", number)}
	if made.Status != 0 {
		attributes = append(attributes, slog.Int("http.response.status_code", made.Status))
	}
	fault := made.Error
	if fault == "" && !made.Succeeded() {
		fault = "the endpoint did not take the event"
	}
	span.End(fault, attributes...)
}
