// Package otlp sends the spans of an engine to a collector, by OTLP over HTTP.
package otlp

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/telemetry/trace"
)

// Exporter holds spans until they are sent. Spans that come faster than the
// collector takes them are dropped: nothing waits for it.
type Exporter struct{ provider *sdk.TracerProvider }

// Open returns an exporter to the collector that the variables of the
// OpenTelemetry specification name, which its library reads:
// OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _CERTIFICATE and their kin,
// OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME, by default
// "hookseal". The collector is first called when there are spans.
func Open(ctx context.Context, log *slog.Logger) (*Exporter, error) {
	client, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "hookseal"), attribute.String("service.version", engine.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return &Exporter{sdk.NewTracerProvider(sdk.WithBatcher(&logged{client, log}), sdk.WithResource(about))}, nil
}

// Tracer returns the tracer for an engine.
func (e *Exporter) Tracer() *trace.Tracer { return trace.New(e.provider) }

// Close sends what is left for as long as the context allows, and ends the
// exporter.
func (e *Exporter) Close(ctx context.Context) error {
	if err := e.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	return nil
}

// logged says in the log which spans were lost; else the library would write to
// standard error by itself.
type logged struct {
	sdk.SpanExporter
	log *slog.Logger
}

// ExportSpans implements [sdk.SpanExporter].
func (l *logged) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := l.SpanExporter.ExportSpans(ctx, spans); err != nil {
		l.log.Warn("traces could not be sent", "spans", len(spans), "error", err)
	}
	return nil
}
