package catalog_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// The manifest beside the rule of a pack pins it, and has to fit the pack.
func TestManifestBesideARule(t *testing.T) {
	module, err := os.ReadFile(filepath.Join("..", "..", "wasm-build", "dist", "chaindoc-rule.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := os.ReadFile(filepath.Join("..", "..", "testdata", "packs", "chaindoc-wasm", "provider.toml"))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(module)
	manifest := "name = \"Chaindoc\"\nversion = \"1\"\nhooks = [\"claim\"]\n"
	for _, tt := range []struct{ name, rest, fault string }{
		{"as it is", "algorithms = [\"hmac-sha256\"]\nsha256 = \"" + hex.EncodeToString(digest[:]) + "\"\n", ""},
		{"another module", "algorithms = [\"hmac-sha256\"]\nsha256 = \"" + strings.Repeat("a", 64) + "\"\n", "is of another module"},
		{"other algorithms", "algorithms = [\"ed25519\"]\n", "its pack allows hmac-sha256: no claim could hold"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string][]byte{
				"provider.toml": provider, "chaindoc-rule.wasm": module, "chaindoc-rule.toml": []byte(manifest + tt.rest),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			pack, err := catalog.OpenDir(t.Context(), dir, catalog.Options{Loaders: []webhook.GuestLoader{host.Loader{}}})
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("error = %v, want one that says %q", err, tt.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := pack.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
