package conformance_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/conformance"
)

func TestInspect(t *testing.T) {
	code := module(t, "sdk/c-redact.wasm")
	m, err := conformance.Inspect(code)
	if err != nil {
		t.Fatal(err)
	}
	if m.ABI != hostabi.Module || !slices.Equal(m.Hooks, []webhook.Hook{webhook.HookTransform}) || m.Memory != 64<<10 || m.Size != len(code.Code) {
		t.Errorf("Inspect = %+v, want a transform of %s with 64 KiB", m, hostabi.Module)
	}
	if want := (conformance.Import{Module: hostabi.Module, Name: "emit", Kind: "function"}); !slices.Contains(m.Imports, want) {
		t.Errorf("imports = %v, want %v among them", m.Imports, want)
	}
	if want := (conformance.Export{Name: "memory", Kind: "memory"}); !slices.Contains(m.Exports, want) {
		t.Errorf("exports = %v, want %v among them", m.Exports, want)
	}
}

func TestExtismPluginConforms(t *testing.T) {
	report := check(t, module(t, "extism/label.wasm"), conformance.Options{
		Golden: filepath.Join("testdata", "extism"), Settings: map[string]string{"label": "crm"},
	})
	if got := statuses(report); got[conformance.Skip] != "manifest" || !report.Passed() || report.Module.ABI != hostabi.Extism {
		t.Errorf("%swant every check passed, of the ABI %s", report, hostabi.Extism)
	}
}

func TestInspectShowsAnotherVersion(t *testing.T) {
	// A module that imports hostabi_v9.x, a global.
	code := "\x00asm\x01\x00\x00\x00\x02\x11\x01\x0ahostabi_v9\x01x\x03\x7f\x00"
	m, err := conformance.Inspect(webhook.GuestCode{Name: "v9.wasm", Code: []byte(code)})
	if err != nil || m.ABI != "hostabi_v9" || len(m.Hooks) != 0 {
		t.Errorf("Inspect = %+v, %v, want the ABI hostabi_v9", m, err)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x07\x05\x01\x01x\x00\x00"))
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := conformance.Inspect(webhook.GuestCode{Code: code})
		if err == nil && len(m.Imports)+len(m.Exports) > len(code) {
			t.Errorf("%d imports and %d exports in %d bytes", len(m.Imports), len(m.Exports), len(code))
		}
	})
}
