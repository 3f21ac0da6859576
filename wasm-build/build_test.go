package wasmbuild_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// missing skips the test for want of a tool, or fails it where every tool has to
// be there.
func missing(t *testing.T, format string, values ...any) {
	t.Helper()
	if os.Getenv("HOOKSEAL_CI") != "" {
		t.Fatalf(format, values...)
	}
	t.Skipf(format, values...)
}

// firstLine runs a command and returns the first line of its output.
func firstLine(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

func TestCommittedModulesAreWhatTheSourcesMake(t *testing.T) {
	recorded, err := os.ReadFile("dist/COMPILER")
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, "%s is not installed; with it the test rebuilds the guests in C and compares them", tool)
		}
	}
	want := strings.TrimSpace(string(recorded))
	if got := firstLine(t, "clang", "--version"); got != want {
		missing(t, "clang is %q; the committed guests were made by %q, and only that makes the same bytes", got, want)
	}
	dir := t.TempDir()
	if out, err := exec.Command("sh", "./build.sh", "c", dir, dir).CombinedOutput(); err != nil {
		t.Fatalf("build.sh c: %v\n%s", err, out)
	}
	compare(t, dir, "dist")
	compare(t, dir, filepath.Join("..", "testdata", "guests"))
}

// compare compares the modules of a folder with those that were just built.
func compare(t *testing.T, built, committed string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(committed, "*.wasm"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no modules in %s: %v", committed, err)
	}
	for _, path := range paths {
		got, err := os.ReadFile(filepath.Join(built, filepath.Base(path)))
		if err != nil {
			t.Errorf("%s has no source: %v", path, err)
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its source makes; run wasm-build/build.sh c", path)
		}
	}
}

func TestEmbeddedModules(t *testing.T) {
	names, err := fs.Glob(wasmbuild.FS, "dist/*.wasm")
	if err != nil || strings.Join(names, " ") != "dist/chaindoc-rule.wasm dist/dastra-rule.wasm dist/envelope.wasm dist/qualifio-rule.wasm dist/seatable-rule.wasm dist/smino-rule.wasm dist/truelayer-rule.wasm" {
		t.Errorf("FS holds %v, %v", names, err)
	}
	for _, name := range names {
		if info, err := fs.Stat(wasmbuild.FS, name); err != nil || info.Size() > 16<<10 {
			t.Errorf("%s: %v, %v, want a module of 16 KiB at most", name, info, err)
		}
	}
}

func TestGoModulesAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles Go guests twice, which takes seconds")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		missing(t, "sh is not installed; with it the test runs build.sh")
	}
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		if out, err := exec.Command("sh", "./build.sh", "go", dir).CombinedOutput(); err != nil {
			t.Fatalf("build.sh go: %v\n%s", err, out)
		}
	}
	compare(t, first, second)
}
