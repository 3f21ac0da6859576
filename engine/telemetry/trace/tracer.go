package trace

import (
	"context"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Tracer makes spans of what an engine does. It is safe for concurrent use; [New]
// makes one.
type Tracer struct{ tracer trace.Tracer }

var _ webhook.Tracer = (*Tracer)(nil)

// New returns a tracer whose spans are those of the provider.
func New(provider trace.TracerProvider) *Tracer {
	return &Tracer{provider.Tracer("github.com/hookseal/hookseal", trace.WithInstrumentationVersion(engine.Version))}
}

// kinds are the words of OpenTelemetry for ours. What is none is internal.
var kinds = map[webhook.SpanKind]trace.SpanKind{
	webhook.SpanReceive: trace.SpanKindServer,
	webhook.SpanPublish: trace.SpanKindProducer,
	webhook.SpanAttempt: trace.SpanKindClient,
}

// Start implements [webhook.Tracer]. Without a parent it goes on from the span of
// the context, such as that of a middleware before the engine.
func (t *Tracer) Start(ctx context.Context, s webhook.SpanStart) (context.Context, webhook.Span) {
	options := []trace.SpanStartOption{trace.WithSpanKind(kinds[s.Kind]), trace.WithAttributes(convert(s.Attributes)...)}
	if sender := parse(s.Sender); sender.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: sender}))
	}
	if parent := parse(s.Parent); parent.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, parent)
	}
	ctx, begun := t.tracer.Start(ctx, string(s.Kind)+" "+s.Name, options...)
	return ctx, &span{begun}
}

// parse reads a traceparent. What is none is a context that is not valid.
func parse(traceparent string) trace.SpanContext {
	if traceparent == "" {
		return trace.SpanContext{}
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{field: traceparent})
	return trace.SpanContextFromContext(ctx)
}

const field = "traceparent"

// span is a span as the engine knows it.
type span struct{ trace.Span }

// Traceparent implements [webhook.Span].
func (s *span) Traceparent() string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(trace.ContextWithSpan(context.Background(), s.Span), carrier)
	return carrier[field]
}

// End implements [webhook.Span].
func (s *span) End(fault string, attributes ...slog.Attr) {
	s.SetAttributes(convert(attributes)...)
	if fault != "" {
		s.SetStatus(codes.Error, text(fault))
	}
	s.Span.End()
}

func convert(attributes []slog.Attr) []attribute.KeyValue {
	out := make([]attribute.KeyValue, 0, len(attributes))
	for _, a := range attributes {
		if a.Value.Kind() == slog.KindInt64 {
			out = append(out, attribute.Int64(a.Key, a.Value.Int64()))
			continue
		}
		out = append(out, attribute.String(a.Key, text(a.Value.String())))
	}
	return out
}

// text replaces what is no UTF-8. A sender may write such a type, and one span with
// it would keep its whole batch from being sent.
func text(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
