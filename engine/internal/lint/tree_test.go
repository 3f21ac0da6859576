package lint

import (
	"os"
	"os/exec"
	"slices"
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
