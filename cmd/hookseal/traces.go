package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hookseal/hookseal/engine/telemetry/trace/otlp"
	"github.com/hookseal/hookseal/engine/webhook"
)

// traces are the spans of a server on their way to a collector; the zero value
// makes none.
type traces struct{ exporter *otlp.Exporter }

// tracesGrace is how long the last spans may take to be sent.
const tracesGrace = 5 * time.Second

// openTraces makes traces where the environment names a collector, by the
// variables of the OpenTelemetry specification. Those that it looks at are the
// ones that switch traces on, or ask for what there is not.
func openTraces(ctx context.Context, lookup func(name string) (string, bool), log *slog.Logger) (traces, error) {
	value := func(names ...string) string {
		for _, name := range names {
			if v, _ := lookup(name); v != "" {
				return v
			}
		}
		return ""
	}
	kind := value("OTEL_TRACES_EXPORTER")
	protocol := value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	switch {
	case value("OTEL_SDK_DISABLED") == "true" || kind == "none":
		return traces{}, nil
	case kind == "" && value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") == "":
		return traces{}, nil
	case kind != "" && kind != "otlp":
		return traces{}, usage("OTEL_TRACES_EXPORTER is %q, want otlp or none", kind)
	case protocol != "" && protocol != "http/protobuf":
		return traces{}, usage("OTEL_EXPORTER_OTLP_PROTOCOL is %q, want http/protobuf", protocol)
	}
	exporter, err := otlp.Open(ctx, log)
	if err != nil {
		return traces{}, err
	}
	return traces{exporter}, nil
}

// tracer is nil where there are no traces.
func (t traces) tracer() webhook.Tracer {
	if t.exporter == nil {
		return nil
	}
	return t.exporter.Tracer()
}

// close sends the last spans. That a collector does not take them is in the log,
// and no fault of the server.
func (t traces) close(log *slog.Logger) {
	if t.exporter == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesGrace)
	defer cancel()
	if err := t.exporter.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		log.Warn("the last traces were not sent", "error", err)
	}
}
