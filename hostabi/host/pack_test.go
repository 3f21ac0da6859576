package host_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// The rule in C gives the verdicts of the scheme in TOML, over every vector of
// Chaindoc.
func TestRulePack(t *testing.T) {
	dir := t.TempDir()
	definition, err := os.ReadFile("../../testdata/packs/chaindoc-wasm/provider.toml")
	if err != nil {
		t.Fatal(err)
	}
	rule, err := fs.ReadFile(wasmbuild.FS, "dist/chaindoc-rule.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"provider.toml": definition, "chaindoc-rule.wasm": rule} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := catalog.Builtin().Open(t.Context(), "chaindoc", catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := data.Vectors()
	if err != nil || len(vectors) < 50 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	pack, err := catalog.OpenDir(t.Context(), dir, catalog.Options{Loaders: []webhook.GuestLoader{host.Loader{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer pack.Close(t.Context())
	for _, v := range vectors {
		if err := v.Run(t.Context(), pack); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}
