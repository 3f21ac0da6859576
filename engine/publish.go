package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// AppSource is the source of events that the application publishes.
const AppSource = "app"

// Publication is an event that the application sends out.
type Publication struct {
	// Type is matched by the patterns of subscriptions.
	Type string
	// ContentType of the body; empty is application/json.
	ContentType string
	// Body is stored and sent byte for byte.
	Body []byte
	// Key recognises a repeated publication; empty keeps none.
	Key string
}

// ErrKeyConflict reports a publication under the key of an earlier one with
// another body. Nothing was stored.
var ErrKeyConflict = errors.New("key was published with another body")

// ErrStopped reports a publication while the intake has stopped. Nothing was
// stored; the same publication may be tried again later.
var ErrStopped = errors.New("intake has stopped")

// Publish commits an event and its deliveries, and returns its ID once that is
// durable. For a key that was published before it returns the earlier ID, with
// [ErrKeyConflict] if the body is another one.
//
// It returns [ErrNoStore] for an engine that verifies only, [ErrClosed] after
// Close, [ErrStopped] while [Engine.Stopped] says why, and otherwise the error of the store: the event may then have been
// committed, and publishing again under the same key stores it once.
func (e *Engine) Publish(ctx context.Context, p Publication) (string, error) {
	if e.store == nil {
		return "", ErrNoStore
	}
	s := e.acquire()
	if s == nil {
		return "", ErrClosed
	}
	defer s.release()
	if stop := e.Stopped(); stop != "" {
		return "", fmt.Errorf("%w: %s", ErrStopped, stop)
	}
	if p.ContentType == "" {
		p.ContentType = "application/json"
	}
	ev := Event{
		ID: identifier.NewEvent(), Source: AppSource, Type: p.Type, Time: time.Now().UTC(),
		Header: http.Header{"Content-Type": {p.ContentType}}, Body: bytes.Clone(p.Body),
	}
	deliveries := s.intake.Route(&ev, ev.Time)
	ctx, published := e.follow(ctx, &ev)
	receipt, err := e.store.Accept(ctx, store.Acceptance{
		Event: ev, Deliveries: deliveries, DedupKey: p.Key, BodyDigest: sha256.Sum256(p.Body),
	})
	published(err)
	if err != nil {
		return "", err
	}
	if receipt.Duplicate && receipt.BodyDigest != sha256.Sum256(p.Body) {
		return receipt.EventID, ErrKeyConflict
	}
	return receipt.EventID, nil
}

// follow begins the span of a publication, which its event carries on. The
// function that it returns ends the span.
func (e *Engine) follow(ctx context.Context, ev *Event) (context.Context, func(error)) {
	if e.fixed.Tracer == nil {
		return ctx, func(error) {}
	}
	ctx, span := e.fixed.Tracer.Start(ctx, webhook.SpanStart{Kind: webhook.SpanPublish, Name: ev.Source})
	if parent := span.Traceparent(); parent != "" {
		ev.Header.Set(webhook.TraceHeader, parent)
	}
	return ctx, func(err error) {
		fault := ""
		if err != nil {
			fault = "the event could not be committed"
		}
		span.End(fault, slog.String("hookseal.event.id", ev.ID), slog.String("hookseal.event.type", ev.Type))
	}
}
