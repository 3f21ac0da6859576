package script_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// roomy keeps the deadline out of tests that are not about it.
var roomy = webhook.GuestLimits{Time: 5 * time.Second}

func load(t testing.TB, code string, limits webhook.GuestLimits) webhook.Guest {
	t.Helper()
	g, err := script.Loader{}.Load(context.Background(), webhook.GuestCode{Name: "t.js", Code: []byte(code), Limits: limits})
	if err != nil {
		t.Fatalf("Load(%s): %v", code, err)
	}
	return g
}

func event(body string) *webhook.Event {
	return &webhook.Event{
		ID: "evt_1", Source: "contracts", Provider: "chaindoc", Type: "document.signed",
		Time: time.Date(2024, 12, 4, 10, 30, 0, 5e6, time.UTC),
		Header: http.Header{
			"Content-Type": {"application/json"}, "X-Trace": {"a", "b"}, "Host": {"in.example"},
		},
		Body: []byte(body),
	}
}

func transform(t testing.TB, code, body string) ([]webhook.Output, error) {
	t.Helper()
	return load(t, code, roomy).Transform(context.Background(), event(body), webhook.TransformContext{
		Subscription: "to-crm", Endpoint: "crm", Settings: map[string]string{"team": "north"},
	})
}

// bodyOf runs a transform that must give one output and returns its body.
func bodyOf(t testing.TB, code, body string) string {
	t.Helper()
	outputs, err := transform(t, code, body)
	if err != nil {
		t.Fatalf("Transform: %v", err)
	}
	if len(outputs) != 1 {
		t.Fatalf("Transform gave %d outputs, want 1", len(outputs))
	}
	return string(outputs[0].Body)
}

func guestError(t testing.TB, err error) *webhook.GuestError {
	t.Helper()
	var fault *webhook.GuestError
	if !errors.As(err, &fault) {
		t.Fatalf("error = %v (%T), want a GuestError", err, err)
	}
	if fault.Guest != "t.js" {
		t.Errorf("GuestError.Guest = %q, want t.js", fault.Guest)
	}
	return fault
}

func wantFault(t testing.TB, err error, kind webhook.GuestErrorKind, message string) {
	t.Helper()
	fault := guestError(t, err)
	if fault.Kind != kind || !strings.Contains(fault.Message, message) {
		t.Errorf("error = %v, want the kind %s and a message with %q", err, kind, message)
	}
}

func sprint(v any) string { return fmt.Sprintf("%v", v) }
