package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// quick is the demo with a schedule for those who cannot wait.
func quick() scenario {
	return scenario{
		patience: time.Minute, flakyFailures: 2,
		retry: []time.Duration{100 * time.Millisecond, 200 * time.Millisecond},
	}
}

func TestEveryExpectationHolds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	result, err := run(t.Context(), Options{Out: &out}, quick())
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK {
		t.Errorf("OK = false:\n%s", &out)
	}
	if len(result.Providers) != len(providers) || len(result.Endpoints) != 5 || len(result.Transforms) != 2 {
		t.Errorf("result has %d providers, %d endpoints, %d transforms", len(result.Providers), len(result.Endpoints), len(result.Transforms))
	}
	for _, want := range []string{
		"\nRECEIVED ", "\nDELIVERED ", "\nEXPECTED\n", "signature_mismatch × 2", "disabled, 3 exhausted deliveries in a row, more than 2: ",
		"chaindoc → scripts/contracts-to-crm.js → crm", `"kind":"contract.created"`, `"specversion":"1.0"`,
		fmt.Sprintf("All %d expectations held.", len(result.Expectations)),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the summary does not say %q:\n%s", want, &out)
		}
	}
	if strings.ContainsRune(out.String(), '\x1b') {
		t.Errorf("there are escape sequences in the plain form:\n%q", &out)
	}
}

// What goes wrong in the engine, or is set up wrong, shows in the expectation
// that it breaks and in the result.
func TestWhatGoesWrongIsTold(t *testing.T) {
	t.Parallel()
	play := quick()
	play.flakyFailures = 100
	play.tamper = func(c *engine.Config) {
		change(c.Sources, dastra, func(s *engine.Source) { *s = engine.Source{Provider: engine.NoVerification} })
		change(c.Sources, qualifio, func(s *engine.Source) { s.Dedup = "off" })
		change(c.Endpoints, "crm", func(e *engine.Endpoint) {
			e.Secrets, e.Retry = c.Endpoints["lake"].Secrets, []time.Duration{}
		})
		change(c.Endpoints, "dead", func(e *engine.Endpoint) { e.DisableAfter = nil })
		c.Subscriptions = slices.DeleteFunc(c.Subscriptions, func(s engine.Subscription) bool { return s.Endpoint == "partner" })
	}
	result, err := run(t.Context(), Options{Out: &bytes.Buffer{}}, play)
	if err != nil {
		t.Fatal(err)
	}
	if result.OK {
		t.Error("OK = true")
	}
	tests := []struct{ name, expect, told string }{
		{"forgeries are accepted", "dastra: 9 accepted", "was answered 202, want 401 signature_mismatch"},
		{"forgeries are stored", "nothing that was refused is stored", "of dastra is one that should have been refused"},
		{"forgeries are delivered", "no refused webhook", "lake got "},
		{"repeats are not recognised", "qualifio: 6 accepted, 1 repeat", "7 accepted, 0 repeats"},
		{"a delivery is signed with another secret", "crypto/hmac alone confirms", "crm: evt_"},
		{"an endpoint takes nothing", "crm got 8 messages", "it took 0 messages, want 8"},
		{"a subscription is missing", "partner got 6 events", "it took 0 messages, want 6"},
		{"an endpoint never recovers", "flaky failed with 500 and 502", "it took 0 messages, want 6"},
		{"a dead endpoint is not given up", "dead is disabled", "0 held"},
	}
	for _, test := range tests {
		if !tells(result, test.expect, test.told) {
			t.Errorf("%s: no expectation %q says %q: %+v", test.name, test.expect, test.told, result.Expectations)
		}
	}
}

// tells reports whether an expectation did not hold and says so.
func tells(r *Result, expect, told string) bool {
	return slices.ContainsFunc(r.Expectations, func(e Expectation) bool {
		return strings.Contains(e.Text, expect) && !e.Held && strings.Contains(e.Got, told)
	})
}

func TestTooFewAttemptsAreTold(t *testing.T) {
	t.Parallel()
	play := quick()
	play.flakyFailures = 0
	result, err := run(t.Context(), Options{Out: &bytes.Buffer{}}, play)
	if err != nil {
		t.Fatal(err)
	}
	if result.OK || !tells(result, "flaky failed with 500 and 502", "was answered [200], want [500 502 200]") {
		t.Errorf("result = %+v", result)
	}
}

func change[T any](parts map[string]T, name string, change func(*T)) {
	part := parts[name]
	change(&part)
	parts[name] = part
}

// A dispatcher that a dead endpoint can block must be noticed: here it has as
// many slots as that endpoint takes.
func TestBlockedDispatcherIsTold(t *testing.T) {
	t.Parallel()
	play := quick()
	play.patience = 2 * time.Second
	play.tamper = func(c *engine.Config) { c.Limits.Deliveries = deadSlots }
	result, err := run(t.Context(), Options{Out: &bytes.Buffer{}}, play)
	if err != nil {
		t.Fatal(err)
	}
	if result.OK || !tells(result, "while dead kept", "waits for") {
		t.Errorf("result = %+v, want that others were not served", result)
	}
}

func TestCanceledRunEndsAndCleansUp(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	play := quick()
	play.flakyFailures = 1
	play.tamper = func(*engine.Config) { cancel() }
	if result, err := run(ctx, Options{Out: &bytes.Buffer{}}, play); err == nil {
		t.Errorf("result = %+v, want the end of the context", result)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "hookseal-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
