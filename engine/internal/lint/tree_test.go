package lint

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// topLevel is all that stands at the top of the repository.
var topLevel = []string{
	".ci", ".git", ".gitattributes", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md",
	"RATIONALE.md", "SECURITY.md", "LICENSE", "cmd", "docs", "engine", "go.mod", "go.sum", "go.work", "hostabi",
	"plugins", "scripts", "testdata", "wasm-build",
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(topLevel, e.Name()) && !ignored(t, e.Name()) {
			t.Errorf("%s stands at the top level; move it below one of %v", e.Name(), topLevel)
		}
	}
}

// ignored reports whether git ignores the file, as it does what a build leaves.
func ignored(t *testing.T, name string) bool {
	t.Helper()
	cmd := exec.Command("git", "check-ignore", "-q", name)
	cmd.Dir = root
	return cmd.Run() == nil
}

// A program that only verifies links no runtime and no database. (The interfaces
// of database/sql/driver come with google/uuid; they are no database.)
func TestVerifyOnlyLinksNoRuntime(t *testing.T) {
	heavy := []string{"github.com/tetratelabs/wazero", "github.com/dop251/goja", "modernc.org/sqlite", "database/sql", "github.com/prometheus", "github.com/spf13"}
	for _, pkg := range []string{"./engine", "./engine/catalog", "./engine/scheme"} {
		cmd := exec.Command("go", "list", "-deps", pkg)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", pkg, err)
		}
		deps := strings.Fields(string(out))
		if len(deps) < 20 {
			t.Fatalf("go list -deps %s gave %d packages", pkg, len(deps))
		}
		for _, dep := range deps {
			for _, h := range heavy {
				if dep == h || strings.Contains(h, ".") && strings.HasPrefix(dep, h+"/") {
					t.Errorf("%s links %s; hand it in from the outside", pkg, dep)
				}
			}
		}
	}
}
