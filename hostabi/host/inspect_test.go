package host

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/hookseal/hookseal/engine/webhook"
)

// modules returns every module that is committed.
func modules(t testing.TB) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, pattern := range []string{"../../testdata/guests/*.wasm", "../../wasm-build/dist/*.wasm"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no modules under %s: %v", pattern, err)
		}
		for _, path := range paths {
			if found[filepath.Base(path)], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	return found
}

func TestInspectKnowsWhatTheCompilerKnows(t *testing.T) {
	r := wazero.NewRuntime(t.Context())
	defer func() { _ = r.Close(context.Background()) }()
	for name, code := range modules(t) {
		m, err := inspect(code)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !m.restorable() {
			t.Errorf("%s: is not restorable, and compiled C is", name)
		}
		compiled, err := r.CompileModule(t.Context(), m.withGlobalsExported())
		if err != nil {
			t.Errorf("%s with its globals exported does not compile: %v", name, err)
			continue
		}
		if got, want := len(m.imports), len(compiled.ImportedFunctions()); got != want {
			t.Errorf("%s: %d imports, want %d", name, got, want)
		}
		for i, f := range compiled.ImportedFunctions() {
			if module, function, _ := f.Import(); m.imports[i].Module != module || m.imports[i].Name != function {
				t.Errorf("%s: import %d = %v, want %s.%s", name, i, m.imports[i], module, function)
			}
		}
		for export := range compiled.ExportedFunctions() {
			if !m.exportsFunction(export) {
				t.Errorf("%s: the export %q is not found", name, export)
			}
		}
	}
}

// What inspect lets through is safe to compile, and where it compiles it does so
// with its globals exported and its meter too. What inspect refuses must not be compiled here:
// it may make the compiler allocate gigabytes.
func FuzzInspect(f *testing.F) {
	for _, code := range modules(f) {
		f.Add(code)
	}
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x02\x05\xff\xff\xff\xff\x0f"))
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	f.Cleanup(func() { _ = r.Close(ctx) })
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := inspect(code)
		if err != nil || m.admissible(webhook.GuestLimits{}.WithDefaults()) != nil {
			return
		}
		whole, err := metered(m.withGlobalsExported(), webhook.GuestLimits{}.WithDefaults())
		if err != nil {
			return
		}
		rewritten, err := compile(ctx, r, whole)
		if err == nil {
			_ = rewritten.Close(ctx)
			return
		}
		if bytes.Contains(code, []byte("hookseal.global.")) {
			return
		}
		if compiled, err := compile(ctx, r, code); err == nil {
			_ = compiled.Close(ctx)
			t.Fatalf("rewritten the module does not compile: %v", err)
		}
	})
}

// A count is believed by the compiler and not by inspect.
func TestInspectCountsWhatIsThere(t *testing.T) {
	const many = "\xff\xff\xff\xff\x0f"
	for name, section := range map[string]string{
		"types": "\x01\x05" + many, "parameters": "\x01\x07\x01\x60" + many, "imports": "\x02\x05" + many,
		"functions": "\x03\x05" + many, "tables": "\x04\x05" + many, "memories": "\x05\x05" + many,
		"globals": "\x06\x05" + many, "exports": "\x07\x05" + many, "elements": "\x09\x05" + many,
		"items of an element": "\x09\x0a\x01\x00\x41\x00\x0b" + many, "code": "\x0a\x05" + many,
		"locals": "\x0a\x07\x01\x06" + many, "branches": "\x0a\x0a\x01\x08\x00\x0e" + many + "\x0b",
		"data": "\x0b\x05" + many, "bytes of data": "\x0b\x0a\x01\x00\x41\x00\x0b" + many, "section": "\x01" + many,
	} {
		if _, err := inspect([]byte("\x00asm\x01\x00\x00\x00" + section)); err == nil {
			t.Errorf("%s: inspect takes 4294967295 of them where there is none", name)
		}
	}
}
