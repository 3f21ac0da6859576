package conformance_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/conformance"
)

func module(t *testing.T, name string) webhook.GuestCode {
	t.Helper()
	code, err := os.ReadFile(filepath.Join("..", "..", "testdata", "guests", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name, Code: code}
}

func check(t *testing.T, code webhook.GuestCode, options conformance.Options) conformance.Report {
	t.Helper()
	options.Calls = 50
	report, err := conformance.Check(t.Context(), code, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// statuses lists the checks by what came of them.
func statuses(r conformance.Report) map[conformance.Status]string {
	out := map[conformance.Status]string{}
	for _, result := range r.Results {
		out[result.Status] = strings.TrimPrefix(out[result.Status]+","+result.Check, ",")
	}
	return out
}

func TestSDKExamplesConform(t *testing.T) {
	for _, language := range []string{"c", "rust", "assemblyscript"} {
		redact := check(t, module(t, "sdk/"+language+"-redact.wasm"), conformance.Options{
			Golden: filepath.Join("testdata", "golden"), Settings: map[string]string{"members": "email"},
		})
		if got := statuses(redact); got[conformance.Skip] != "manifest" || !redact.Passed() {
			t.Errorf("%s redact:\n%swant every check passed but for the manifest", language, redact)
		}
		rule := check(t, module(t, "sdk/"+language+"-standard-webhooks.wasm"), conformance.Options{})
		if got := statuses(rule); got[conformance.Skip] != "manifest,golden events" || !rule.Passed() {
			t.Errorf("%s standard-webhooks:\n%swant manifest and golden events skipped and nothing failed", language, rule)
		}
	}
}

func TestBadModulesFail(t *testing.T) {
	for _, c := range []struct{ module, check, want string }{
		{"trap.wasm", "answers", "transform, a plain message: trap: "},
		{"spin.wasm", "answers", "fuel: claim did more work than"},
		{"grow.wasm", "answers", "memory: transform asked for"},
		{"recurse.wasm", "answers", "stack: transform nested its calls"},
		{"oversize.wasm", "answers", "output: claim"},
		{"helpers.wasm", "answers", "abi: transform: digest"},
		{"readings.wasm", "answers", "abi: claim: the claim has no alternative"},
		{"unknown-import.wasm", "link", "abi: the module imports the function"},
	} {
		report := check(t, module(t, c.module), conformance.Options{})
		if got := statuses(report)[conformance.Fail]; got != c.check || report.Passed() || !strings.Contains(report.String(), c.want) {
			t.Errorf("%s:\n%swant %s failed with %q", c.module, report, c.check, c.want)
		}
		if got, want := len(report.Results), 11; got != want {
			t.Errorf("%s: %d results, want %d, one for each check", c.module, got, want)
		}
	}
}

func TestWhatIsNoModuleFailsToLink(t *testing.T) {
	whole := module(t, "echo.wasm")
	for name, code := range map[string][]byte{
		"nothing":   nil,
		"text":      []byte("not a module"),
		"truncated": whole.Code[:len(whole.Code)/2],
		"header":    whole.Code[:8],
	} {
		report := check(t, webhook.GuestCode{Name: name, Code: code}, conformance.Options{})
		if got := statuses(report)[conformance.Fail]; got != "link" {
			t.Errorf("%s:\n%swant link failed", name, report)
		}
		if report.Module.Size != len(code) || len(report.Module.SHA256) != 64 {
			t.Errorf("%s: module = %+v, want size and sum", name, report.Module)
		}
	}
}

func TestModuleThatFailsPlainMessagesIsNotPraised(t *testing.T) {
	report := check(t, module(t, "sdk/c-redact.wasm"), conformance.Options{})
	if got, want := statuses(report)[conformance.Skip], "manifest,answers,golden events"; got != want {
		t.Errorf("skipped = %q, want %q:\n%s", got, want, report)
	}
}

func TestGoldenEventsThatDiffer(t *testing.T) {
	dir := t.TempDir()
	const text = "[[test]]\nname = \"kept\"\nevent = { body = '{\"email\":\"a\"}' }\ndrop = true\n"
	if err := os.WriteFile(filepath.Join(dir, "x.test.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	report := check(t, module(t, "remember.wasm"), conformance.Options{Golden: dir})
	if got := statuses(report)[conformance.Fail]; got != "golden events" || !strings.Contains(report.String(), "kept: was not dropped") {
		t.Errorf("report:\n%swant golden events failed", report)
	}
}

func TestCheckCannotBeMade(t *testing.T) {
	code := module(t, "sdk/c-redact.wasm")
	if _, err := conformance.Check(t.Context(), code, conformance.Options{Golden: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "no *.test.toml") {
		t.Errorf("Check with a folder without tests = %v, want an error", err)
	}
	if _, err := conformance.Check(t.Context(), code, conformance.Options{Golden: "nowhere"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Check with no folder = %v, want %v", err, os.ErrNotExist)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := conformance.Check(ctx, code, conformance.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Check with an ended context = %v, want %v", err, context.Canceled)
	}
}
