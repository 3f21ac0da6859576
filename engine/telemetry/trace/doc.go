// Package trace follows webhooks through OpenTelemetry spans, from the request
// that brought an event to every attempt to deliver it. It is the one home of the
// OpenTelemetry modules, and needs their API alone:
//
//	engine.Config{Tracer: trace.New(otel.GetTracerProvider())}
//
// The span of a reception begins a trace. The traceparent that a sender states is
// linked and not gone on from: whoever can reach a source could else choose what
// is sampled, and into whose trace it falls. The event is stored with the span, so
// that its attempts are in the same trace, hours later and on another node too.
// Endpoints get the span of the attempt as traceparent (W3C Trace Context).
//
// No attribute holds a secret, a header, a URL or a body. Package otlp sends spans
// to a collector.
package trace
