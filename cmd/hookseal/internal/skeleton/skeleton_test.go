package skeleton_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/skeleton"
	"github.com/hookseal/hookseal/engine/catalog"
)

func TestWrite(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "packs")
	dir, err := skeleton.Write(parent, "acme-pay")
	if err != nil {
		t.Fatal(err)
	}
	proof, err := catalog.ProveStrictly(t.Context(), func(settings map[string]string) (*catalog.Pack, error) {
		return catalog.OpenDir(t.Context(), dir, catalog.Options{Settings: settings})
	}, catalog.Strictness{})
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.Err(); err != nil {
		t.Errorf("a fresh pack is not proven: %v", err)
	}
	provider := read(t, dir, "provider.toml")
	if !strings.Contains(provider, `name  = "Acme Pay"`) || !strings.Contains(provider, "X-Acme-Pay-Signature") {
		t.Errorf("provider.toml =\n%s\nwant the name in it", provider)
	}
	for _, file := range []string{"provider.toml", "README.md", "vectors.json"} {
		if text := read(t, dir, file); strings.Contains(text, "@") {
			t.Errorf("%s has a place that is not filled:\n%s", file, text)
		}
	}
}

func read(t *testing.T, dir, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every choice that is commented out is one that the language has.
func TestChoicesAreTrue(t *testing.T) {
	parent := t.TempDir()
	dir, err := skeleton.Write(parent, "acme")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(read(t, dir, "provider.toml"), "\n")
	var table []string
	for i, line := range lines {
		if strings.HasPrefix(line, "# [") {
			for _, l := range lines[i:] {
				if !strings.HasPrefix(l, "# ") {
					break
				}
				table = append(table, strings.TrimPrefix(l, "# "))
			}
		}
	}
	if len(table) < 8 {
		t.Fatalf("choices = %q, want ack, handshake and sender", table)
	}
	text := strings.Join(append(lines, table...), "\n")
	if err := os.WriteFile(filepath.Join(dir, "provider.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	pack, err := catalog.OpenDir(t.Context(), dir, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(pack.Scheme.ChallengeMethods(), "GET") || pack.Provider.Ack.Status != 200 || len(pack.Provider.Sender.Retry) != 3 {
		t.Errorf("provider = %+v, want the choices in it", pack.Provider)
	}
}

func TestWriteOverwritesNothing(t *testing.T) {
	parent := t.TempDir()
	dir, err := skeleton.Write(parent, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "provider.toml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := skeleton.Write(parent, "acme"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Write = %v, want fs.ErrExist", err)
	}
	if text := read(t, dir, "provider.toml"); text != "mine" {
		t.Errorf("provider.toml = %q, want it as it was", text)
	}
	for _, name := range []string{"", "Acme", "../acme", "a/b", "-a", "a--b", "ä", strings.Repeat("a", 65)} {
		if _, err := skeleton.Write(parent, name); err == nil {
			t.Errorf("Write(%q) = nil, want an error", name)
		}
	}
}
