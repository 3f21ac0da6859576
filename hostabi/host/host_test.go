package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// received is when the test's event came in.
var received = time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC)

func event(body string) *webhook.Event {
	return &webhook.Event{
		ID: "evt_1", Source: "contracts", Provider: "chaindoc", ProviderID: "p-9", Type: "document.signed", Time: received,
		Header: map[string][]string{
			"Content-Type": {"application/json"}, "X-Tag": {"one", "two"}, "Authorization": {"Bearer abc"},
		},
		Body: []byte(body),
	}
}

func request(body string, header map[string][]string) *webhook.Request {
	return &webhook.Request{
		Method: "POST", Target: "/in/a?q=1&q=2&k=v%20w&key=k7", Scheme: "https", Host: "hooks.example",
		Header: header, Body: []byte(body), Received: received,
	}
}

// patient keeps a busy machine from failing the tests that are not about time.
var patient = webhook.GuestLimits{Time: time.Minute, Fuel: 1 << 60}

// bad returns one of the guests in testdata/guests.
func bad(t testing.TB, name string) webhook.GuestCode {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "guests", name+".wasm")
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name + ".wasm", Code: code, Limits: patient}
}

// shipped returns one of the guests that wasm-build embeds.
func shipped(t testing.TB, name string) webhook.GuestCode {
	t.Helper()
	code, err := wasmbuild.FS.ReadFile("dist/" + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name + ".wasm", Code: code, Limits: patient}
}

// load returns a guest that is closed with the test.
func load(t testing.TB, code webhook.GuestCode) webhook.Guest {
	t.Helper()
	g, err := host.Loader{Instances: 2}.Load(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return g
}

// setting returns a context with one setting, "case".
func setting(value string) webhook.TransformContext {
	return webhook.TransformContext{Settings: map[string]string{"case": value}}
}

// good asks a bad guest to behave.
func good() webhook.TransformContext {
	return webhook.TransformContext{Settings: map[string]string{"good": "1"}}
}

// wantFault fails the test unless err is the guest error that is wanted.
func wantFault(t *testing.T, err error, kind webhook.GuestErrorKind, message string) {
	t.Helper()
	var fault *webhook.GuestError
	if !errors.As(err, &fault) {
		t.Fatalf("error = %v, want a GuestError of the kind %s", err, kind)
	}
	if fault.Kind != kind || fault.Message != message {
		t.Errorf("error = %s: %q, want %s: %q", fault.Kind, fault.Message, kind, message)
	}
	if fault.Guest == "" {
		t.Errorf("error names no guest: %v", err)
	}
}
