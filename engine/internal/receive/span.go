package receive

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/hookseal/hookseal/engine/webhook"
)

// span is the trace of one request.
type span struct {
	webhook.Span
	// ctx carries it.
	ctx        context.Context
	attributes []slog.Attr
}

// beginSpan follows requests to sources that there are: anybody can call paths
// that do not exist.
func (c *call) beginSpan() {
	if c.in.Tracer == nil || c.source == nil {
		return
	}
	start := webhook.SpanStart{Kind: webhook.SpanReceive, Name: c.name}
	if stated := c.r.Header["Traceparent"]; len(stated) == 1 {
		start.Sender = stated[0]
	}
	ctx, begun := c.in.Tracer.Start(c.r.Context(), start)
	c.span = &span{Span: begun, ctx: ctx}
}

// context is that of the request, with its span.
func (c *call) context() context.Context {
	if c.span != nil {
		return c.span.ctx
	}
	return c.r.Context()
}

// noteEvent names the event that the request became.
func (c *call) noteEvent(ev *webhook.Event) {
	if c.span != nil {
		c.span.attributes = append(c.span.attributes, slog.String("hookseal.event.id", ev.ID), slog.String("hookseal.event.type", clip(ev.Type, 100)))
	}
}

// traced returns the header with the span of the request, and without one that
// its sender wrote. The given one is not changed.
func (c *call) traced(h http.Header) http.Header {
	if c.span == nil && len(h[webhook.TraceHeader]) == 0 {
		return h
	}
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	delete(h, webhook.TraceHeader)
	if c.span != nil {
		if parent := c.span.Traceparent(); parent != "" {
			h[webhook.TraceHeader] = []string{parent}
		}
	}
	return h
}

// endSpan is called once the answer was decided.
func (c *call) endSpan(answer Answer, reason webhook.Reason) {
	if c.span == nil {
		return
	}
	fault := ""
	if answer == AnswerUnavailable || answer == AnswerStopped {
		fault = "nothing could be decided or stored"
	}
	attributes := append(c.span.attributes, slog.String("hookseal.source", c.name), slog.String("hookseal.answer", string(answer)))
	if reason != "" {
		attributes = append(attributes, slog.String("hookseal.reason", string(reason)))
	}
	c.span.End(fault, attributes...)
}
