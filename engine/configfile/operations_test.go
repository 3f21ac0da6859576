package configfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// The parts of a configuration that the operators' page shows have keys and values
// that there are. What they leave out, such as a provider, is another matter.
func TestOperationsConfiguration(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```toml\n")[1:]
	if len(blocks) < 2 {
		t.Fatalf("docs/operations.md shows %d parts of a configuration, want several", len(blocks))
	}
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		path := filepath.Join(t.TempDir(), "hookseal.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := configfile.Load(path, options())
		faults, _ := errors.AsType[tomlfile.Faults](err)
		for _, f := range faults {
			if !strings.Contains(f.Message, "is missing") && !strings.Contains(f.Message, "no such file") && f.Key != "source.contracts.provider" {
				t.Errorf("%s\n%s: %s", text, f.Key, f.Message)
			}
		}
	}
}
