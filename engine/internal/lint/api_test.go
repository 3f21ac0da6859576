package lint

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api anew")

// public are the packages that programs build on.
var public = []string{
	"engine", "engine/catalog", "engine/configfile", "engine/connect/gateway", "engine/enginetest", "engine/netguard", "engine/scheme",
	"engine/script", "engine/script/worker", "engine/store", "engine/store/postgres", "engine/store/sqlite", "engine/telemetry",
	"engine/telemetry/trace", "engine/telemetry/trace/otlp", "engine/webhook", "hostabi/conformance", "hostabi/host",
}

// What a package exports is kept in testdata/api, so that nothing is added, taken
// away or changed by accident.
func TestExportedSurface(t *testing.T) {
	imports := exports(t)
	want := map[string]bool{}
	for _, pkg := range public {
		name := strings.ReplaceAll(pkg, "/", "_") + ".txt"
		want[name] = true
		t.Run(pkg, func(t *testing.T) { compareSurface(t, imports, pkg, filepath.Join("testdata", "api", name)) })
	}
	kept, err := os.ReadDir(filepath.Join("testdata", "api"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range kept {
		if !want[e.Name()] {
			t.Errorf("testdata/api/%s belongs to no package; remove it, or enter its package in public", e.Name())
		}
	}
}

func compareSurface(t *testing.T, imports types.Importer, pkg, golden string) {
	loaded, err := imports.Import(module + "/" + pkg)
	if err != nil {
		t.Fatal(err)
	}
	got := surface(loaded)
	if len(got) == 0 {
		t.Fatalf("%s exports nothing", pkg)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(golden)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if changes := changed(strings.FieldsFunc(string(text), isLineEnd), got); len(changes) > 0 {
		t.Errorf("what %s exports is not what %s says:\n%s\nunexport what is new by accident; "+
			"if all of it is meant, run\n\tgo test ./engine/internal/lint -run TestExportedSurface -update\n"+
			"commit the file, and say in CHANGELOG.md what a caller has to change",
			pkg, golden, strings.Join(changes, "\n"))
	}
}

// isLineEnd knows Windows' line ends too, which git may have checked out.
func isLineEnd(r rune) bool { return r == '\r' || r == '\n' }

// changed returns the lines of one list alone, as a diff does.
func changed(was, is []string) []string {
	var out []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+line)
		}
	}
	return out
}

func TestChanged(t *testing.T) {
	got := changed([]string{"func A()", "func B()"}, []string{"func B()", "func C()"})
	if want := []string{"- func A()", "+ func C()"}; !slices.Equal(got, want) {
		t.Errorf("changed = %q, want %q", got, want)
	}
	if got := changed(nil, []string{"func A()"}); !slices.Equal(got, []string{"+ func A()"}) {
		t.Errorf("changed with no golden file = %q", got)
	}
}

// exports reads packages from what the compiler exported of them.
func exports(t *testing.T) types.Importer {
	t.Helper()
	watchSources(t)
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}
	for _, pkg := range public {
		args = append(args, "./"+pkg)
	}
	compiled := map[string]string{}
	for line := range strings.Lines(goTool(t, args...)) {
		pkg, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		compiled[pkg] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(pkg string) (io.ReadCloser, error) {
		if compiled[pkg] == "" {
			return nil, fmt.Errorf("go list -export knows no package %s", pkg)
		}
		return os.Open(compiled[pkg])
	})
}

// watchSources opens every source file. A test's result is cached by the files
// that it opened itself: without them, a test that asks the go command would
// still be taken to pass after a change.
func watchSources(t *testing.T) {
	t.Helper()
	files(t)
	if _, err := os.ReadFile(filepath.Join(root, verifyOnly, "main.go")); err != nil {
		t.Fatal(err)
	}
}

// goTool returns what the go command prints at the root of the repository.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	var complaint bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = root, &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out)
}
