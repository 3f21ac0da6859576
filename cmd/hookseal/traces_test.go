package main

import (
	"log/slog"
	"testing"
)

func TestTracesByEnvironment(t *testing.T) {
	for _, test := range []struct {
		name   string
		env    map[string]string
		traced bool
		fault  bool
	}{
		{"nothing", nil, false, false},
		{"a collector", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, true, false},
		{"one for traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, true, false},
		{"by the default endpoint", map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, false},
		{"switched off", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}, false, false},
		{"no exporter", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, false, false},
		{"another exporter", map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, false, true},
		{"another protocol", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, true},
	} {
		lookup := func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }
		log := slog.New(slog.DiscardHandler)
		got, err := openTraces(t.Context(), lookup, log)
		if (err != nil) != test.fault || (got.tracer() != nil) != test.traced {
			t.Errorf("%s: tracer = %v, %v, want one: %v, a fault: %v", test.name, got.tracer(), err, test.traced, test.fault)
		}
		got.close(log)
	}
}
