package webhook

import (
	"context"
	"log/slog"
)

// TraceHeader is the header field of a stored event that names the span in which
// it was received, as a traceparent (W3C Trace Context). Whichever node makes an
// attempt goes on from there. What a sender writes into it is not kept.
const TraceHeader = "Hookseal-Trace"

// Tracer follows webhooks from their reception to their attempts. It is safe for
// concurrent use, and never waits for whoever collects the spans.
type Tracer interface {
	// Start begins a span. The context that it returns carries the span, for
	// whatever is called under it.
	Start(ctx context.Context, s SpanStart) (context.Context, Span)
}

// Span is a piece of work that was begun.
type Span interface {
	// Traceparent names the span for those who go on from it, whether it is
	// sampled or not. It is empty where there is nothing to go on from.
	Traceparent() string
	// End ends the span; it is called once. A fault that is not empty says in one
	// line what went wrong. Attributes hold no secret, header or body.
	End(fault string, attributes ...slog.Attr)
}

// SpanKind says what a span is of.
type SpanKind string

// The kinds of spans.
const (
	// SpanReceive is a request to a source, until its answer.
	SpanReceive SpanKind = "receive"
	// SpanPublish is a publication by the application, until it is committed.
	SpanPublish SpanKind = "publish"
	// SpanTransform is a call of a transform.
	SpanTransform SpanKind = "transform"
	// SpanAttempt is one try of a delivery, until its answer was read.
	SpanAttempt SpanKind = "attempt"
)

// SpanStart says which span begins.
type SpanStart struct {
	// Kind is what it is of, Name the source, transform or endpoint.
	Kind SpanKind
	Name string
	// Parent is the traceparent of the span above it; empty goes on from the
	// context, or begins a trace.
	Parent string
	// Sender is the traceparent that a sender has stated. It is referred to, and
	// not gone on from: a sender does not choose what is sampled here.
	Sender string
	// Attributes are what is known at the start.
	Attributes []slog.Attr
}
