package stopwatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/stopwatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

func module(t *testing.T, name string) webhook.GuestCode {
	t.Helper()
	code, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "testdata", "guests", name))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name, Code: code}
}

func measure(t *testing.T, code webhook.GuestCode, members string) stopwatch.Report {
	t.Helper()
	report, err := stopwatch.Measure(t.Context(), code, stopwatch.Options{
		Messages: []stopwatch.Message{stopwatch.People("1KB", 1<<10), stopwatch.People("64KB", 64<<10)},
		Settings: map[string]string{"members": members}, Span: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestMeasure(t *testing.T) {
	report := measure(t, module(t, "sdk/c-redact.wasm"), "email")
	if len(report.Rows) != 2 || report.Failed() || report.Load <= 0 || report.Size == 0 || len(report.SHA256) != 64 {
		t.Fatalf("Measure = %+v", report)
	}
	small, large := report.Rows[0], report.Rows[1]
	if small.Body != 1<<10 || large.Body != 64<<10 || small.Calls < 17 || small.Median <= 0 || small.P99 < small.Median {
		t.Errorf("rows = %+v, %+v", small, large)
	}
	if times := float64(large.Fuel) / float64(small.Fuel); times < 30 || times > 70 {
		t.Errorf("fuel of 64 times the body = %.0f times, want in proportion", times)
	}
	if small.Outputs != 1 || small.Output == 0 || small.Memory != 64<<10 || large.Memory <= small.Memory {
		t.Errorf("rows = %+v, %+v, want an output, and memory that grew", small, large)
	}
	again := measure(t, module(t, "sdk/c-redact.wasm"), "email")
	changes, err := again.Against(report)
	if err != nil || len(changes) != 2 || changes[0].Fuel != 1 || changes[1].Fuel != 1 || changes[0].Median <= 0 {
		t.Errorf("Against = %v, %v, want the same fuel", changes, err)
	}
	text, err := json.Marshal(report)
	if err != nil || !strings.Contains(string(text), `"median_ns":`) {
		t.Errorf("JSON = %s, %v", text, err)
	}
}

func TestMeasureClaim(t *testing.T) {
	report := measure(t, module(t, "sdk/c-standard-webhooks.wasm"), "")
	if len(report.Rows) != 2 || report.Failed() || report.Rows[0].Hook != webhook.HookClaim || report.Rows[0].Outputs != 0 {
		t.Errorf("Measure = %+v, want two claims", report)
	}
	other := measure(t, module(t, "sdk/c-redact.wasm"), "email")
	if _, err := report.Against(other); err == nil {
		t.Error("Against a transform = nil, want that there is nothing in common")
	}
}

func TestMeasureGrantsWhatTheManifestAsksFor(t *testing.T) {
	code := module(t, "world.wasm")
	code.ManifestName = "world.toml"
	code.Manifest = []byte("name = \"World\"\nversion = \"1.0.0\"\nhooks = [\"claim\", \"transform\"]\nalgorithms = [\"hmac-sha256\"]\ncapabilities = [\"clock\"]\n")
	if report := measure(t, code, ""); report.Failed() || len(report.Rows) != 4 {
		t.Errorf("Measure = %+v, want the calls of both hooks", report)
	}
}

func TestMeasureFailure(t *testing.T) {
	report := measure(t, module(t, "sdk/c-redact.wasm"), "")
	row := report.Rows[0]
	if !report.Failed() || !strings.Contains(row.Error, "members") || row.Calls != 0 || row.Fuel != 0 {
		t.Errorf("a call that fails = %+v, want its message and nothing measured", row)
	}
	if _, err := stopwatch.Measure(t.Context(), module(t, "unknown-import.wasm"), stopwatch.Options{}); err == nil {
		t.Error("Measure of a module that cannot be loaded = nil, want an error")
	}
	world := module(t, "world.wasm")
	world.Manifest, world.ManifestName = []byte(`name = "World"`), "world.toml"
	if _, err := stopwatch.Measure(t.Context(), world, stopwatch.Options{}); err == nil || !strings.Contains(err.Error(), "world.toml") {
		t.Errorf("Measure with a faulty manifest = %v, want its fault", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	options := stopwatch.Options{Messages: []stopwatch.Message{stopwatch.People("1KB", 1<<10)}}
	if _, err := stopwatch.Measure(ctx, module(t, "sdk/c-redact.wasm"), options); !errors.Is(err, context.Canceled) {
		t.Errorf("Measure after the end = %v, want %v", err, context.Canceled)
	}
}
