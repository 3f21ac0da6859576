package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is longer than any module, or any manifest, is not read to its end.
func TestReadModuleIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wasm")
	if err := os.WriteFile(path, []byte("\x00asm"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readModule(path); err != nil {
		t.Errorf("readModule of a small file: %v", err)
	}
	manifest := strings.TrimSuffix(path, ".wasm") + ".toml"
	if err := os.WriteFile(manifest, make([]byte, maxManifest+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readModule(path); err == nil || !strings.HasSuffix(err.Error(), "a.toml is longer than 1MiB, the most that is read") {
		t.Errorf("readModule with a large manifest: %v, want it refused", err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip("the file system keeps no file with holes: ", err)
	}
	if _, err := readModule(path); err == nil || !strings.HasSuffix(err.Error(), "a.wasm is longer than 32MiB, the most that is read") {
		t.Errorf("readModule of a file of a terabyte: %v, want it refused", err)
	}
}
