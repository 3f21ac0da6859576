package configfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
)

// The configuration that the README shows is a good one.
func TestReadmeConfiguration(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```toml\n")
	block, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("README.md shows no configuration")
	}
	dir := t.TempDir()
	script, err := os.ReadFile("../../scripts/contracts-to-crm.js")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "scripts"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hookseal.toml")
	for name, data := range map[string][]byte{
		path: []byte(block), filepath.Join(dir, "scripts", "contracts-to-crm.js"): script,
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"CHAINDOC_SECRET": "s3cret", "CRM_SECRET": "whsec_c2VjcmV0"}
	_, err = configfile.Load(path, configfile.Options{LookupEnv: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}})
	if err != nil {
		t.Errorf("the README's configuration: %v", err)
	}
}
