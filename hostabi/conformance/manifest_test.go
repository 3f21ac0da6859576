package conformance_test

import (
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/conformance"
)

const ofWorld = "name = \"World\"\nversion = \"1.0.0\"\nhooks = [\"claim\", \"transform\"]\nalgorithms = [\"hmac-sha256\"]\n"

// described is the module world with a manifest.
func described(t *testing.T, manifest string) webhook.GuestCode {
	t.Helper()
	code := module(t, "world.wasm")
	code.Manifest, code.ManifestName = []byte(manifest), "world.toml"
	return code
}

func TestManifestIsTried(t *testing.T) {
	report := check(t, described(t, ofWorld+"limits = { memory = \"128MiB\", time = \"10s\" }\n"), conformance.Options{})
	if got := statuses(report); got[conformance.Skip] != "golden events" || !report.Passed() {
		t.Errorf("%swant golden events skipped and nothing failed", report)
	}
	if m := report.Module.Manifest; m == nil || m.Version != "1.0.0" || !strings.Contains(report.String(), "World 1.0.0, asks for no capability") {
		t.Errorf("%swant the manifest in the report, not %+v", report, m)
	}
	for manifest, want := range map[string]string{
		ofWorld + "limit = 1\n":                                  "world.toml:5: limit: unknown key",
		strings.Replace(ofWorld, `"claim", `, "", 1):             "world.toml:4: algorithms: are for a claim",
		ofWorld + "sha256 = \"" + strings.Repeat("0", 64) + "\"": "is of another module",
	} {
		report := check(t, described(t, manifest), conformance.Options{})
		if got := statuses(report)[conformance.Fail]; got != "manifest" || !strings.Contains(report.String(), want) {
			t.Errorf("%swant the manifest failed with %q", report, want)
		}
	}
}

// A module that sees the real time is not held to the same answer twice.
func TestCapabilitiesAreGrantedForTheTrial(t *testing.T) {
	report := check(t, described(t, ofWorld+"capabilities = [\"clock\", \"random\"]\n"), conformance.Options{})
	if got := statuses(report); got[conformance.Skip] != "determinism,golden events" || !report.Passed() {
		t.Errorf("%swant determinism and golden events skipped and nothing failed", report)
	}
}
