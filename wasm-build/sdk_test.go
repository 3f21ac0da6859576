package wasmbuild_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const committedSDK = "../testdata/guests/sdk"

// An SDK's examples are the same bytes wherever they are built, and those that
// are committed.
func TestSDKExamplesAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the examples of three languages twice, which takes a minute")
	}
	asc, err := filepath.Abs("sdk/assemblyscript/node_modules/.bin/asc")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		// tools are what the build needs, the one whose version is recorded first.
		tools []string
		// from says where they come from.
		from string
	}{
		"c":              {[]string{"clang", "wasm-ld"}, "the Debian packages clang and lld"},
		"rust":           {[]string{"/usr/bin/rustc", "/usr/bin/cargo", "/usr/lib/rustlib/wasm32-unknown-unknown"}, "the Debian packages rustc, cargo and libstd-rust-dev-wasm32"},
		"assemblyscript": {[]string{asc, "node"}, "npm ci --prefix wasm-build/sdk/assemblyscript"},
	}
	for language, tt := range tests {
		t.Run(language, func(t *testing.T) {
			for _, tool := range tt.tools {
				if !present(tool) {
					missing(t, "%s is not there, from %s; with it the test rebuilds the examples", tool, tt.from)
				}
			}
			first := buildIn(t, filepath.Join(t.TempDir(), "a"), language, "ASC="+asc)
			second := buildIn(t, filepath.Join(t.TempDir(), "a longer", "path"), language, "ASC="+asc)
			compareExamples(t, language, first, second)

			want := madeBy(t, language)
			if got := firstLine(t, tt.tools[0], "--version"); got != want {
				missing(t, "%s is %q; the committed examples were made by %q, and only that makes the same bytes", tt.tools[0], got, want)
			}
			compareExamples(t, language, first, committedSDK)
		})
	}
}

// present finds a program by its name, and anything by its path.
func present(tool string) bool {
	if filepath.IsAbs(tool) {
		_, err := os.Stat(tool)
		return err == nil
	}
	_, err := exec.LookPath(tool)
	return err == nil
}

// madeBy returns what the examples of a language were made by.
func madeBy(t *testing.T, language string) string {
	t.Helper()
	recorded, err := os.ReadFile(filepath.Join(committedSDK, "TOOLCHAINS"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(recorded)) {
		if version, ok := strings.CutPrefix(line, language+": "); ok {
			return strings.TrimSpace(version)
		}
	}
	t.Fatalf("TOOLCHAINS names no compiler for %s", language)
	return ""
}

// buildIn copies the sources into a folder, builds there and returns where the
// modules are.
func buildIn(t *testing.T, root, language string, env ...string) string {
	t.Helper()
	out := t.TempDir()
	copySources(t, filepath.Join(root, "wasm-build"), ".")
	copySources(t, filepath.Join(root, "testdata", "guests"), "../testdata/guests")
	cmd := exec.Command("sh", filepath.Join(root, "wasm-build", "build.sh"), language, out)
	cmd.Env = append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build.sh %s: %v\n%s", language, err, text)
	}
	return out
}

// copySources copies a folder without what a build leaves there.
func copySources(t *testing.T, to, from string) {
	t.Helper()
	skip := map[string]bool{"node_modules": true, "out": true, "target": true}
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && skip[d.Name()] {
			return filepath.SkipDir
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// compareExamples compares the examples of a language in two folders.
func compareExamples(t *testing.T, language, a, b string) {
	t.Helper()
	sums := map[string]string{}
	for _, dir := range []string{a, b} {
		for _, example := range []string{"redact", "standard-webhooks"} {
			name := language + "-" + example + ".wasm"
			sum := sumOf(t, filepath.Join(dir, name))
			if before, ok := sums[name]; ok && before != sum {
				t.Errorf("%s has the SHA-256 %s in %s and %s in %s", name, before, a, sum, b)
			}
			sums[name] = sum
		}
	}
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(code))
}

// The recorded sums are those of the committed examples.
func TestSDKSums(t *testing.T) {
	recorded, err := os.ReadFile(filepath.Join(committedSDK, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(committedSDK, "*.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, path := range paths {
		want += sumOf(t, path) + "  " + filepath.Base(path) + "\n"
	}
	if got := string(recorded); got != want || len(paths) < 6 {
		t.Errorf("SHA256SUMS says\n%sthe examples are\n%srun wasm-build/build.sh all", got, want)
	}
}
