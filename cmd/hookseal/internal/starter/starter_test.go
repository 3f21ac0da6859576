package starter_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/starter"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/conformance"
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

// toolchains are what a language needs to build, where it comes from, and the
// environment that names it.
func toolchains(t *testing.T) map[string]struct {
	tools []string
	from  string
	env   []string
} {
	asc, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "wasm-build", "sdk", "assemblyscript", "node_modules", ".bin", "asc"))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]struct {
		tools []string
		from  string
		env   []string
	}{
		"c": {[]string{"sh", "clang", "wasm-ld"}, "the Debian packages clang and lld", nil},
		"rust": {
			[]string{"sh", "/usr/bin/rustc", "/usr/bin/cargo", "/usr/lib/rustlib/wasm32-unknown-unknown"},
			"the Debian packages rustc, cargo and libstd-rust-dev-wasm32",
			[]string{"CARGO=/usr/bin/cargo", "RUSTC=/usr/bin/rustc"},
		},
		"assemblyscript": {[]string{"sh", "node", asc}, "npm ci --prefix wasm-build/sdk/assemblyscript", []string{"ASC=" + asc}},
		"go":             {[]string{"sh", "go"}, "https://go.dev", []string{"GOFLAGS=", "GOWORK=off", "GOPROXY=off"}},
	}
}

// What is written builds, and the module passes what an author would try it with.
func TestNewBuildTest(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module in four languages, which takes some seconds")
	}
	hooks := starter.Hooks()
	if os.Getenv("HOOKSEAL_CI") == "" {
		hooks = hooks[:1] // that of a claim has the same layout
	}
	for language, tt := range toolchains(t) {
		t.Run(language, func(t *testing.T) {
			for _, tool := range tt.tools {
				if _, err := exec.LookPath(tool); err != nil && !exists(tool) {
					missing(t, "%s is not there, from %s; with it the test builds what plugin new writes", tool, tt.from)
				}
			}
			for _, hook := range hooks {
				dir := write(t, starter.Options{Name: "orders-2", Language: language, Hook: hook})
				cmd := exec.Command("sh", filepath.Join(dir, "build.sh"))
				cmd.Env = append(os.Environ(), tt.env...)
				if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
					t.Fatalf("%s build.sh: %v\n%s", hook, err, out)
				}
				tryModule(t, dir, hook)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return filepath.IsAbs(path) && err == nil
}

func write(t *testing.T, o starter.Options) string {
	t.Helper()
	dir, err := starter.Write(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func tryModule(t *testing.T, dir string, hook webhook.Hook) {
	t.Helper()
	code, err := os.ReadFile(filepath.Join(dir, "orders-2.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	options := conformance.Options{Calls: 20, Settings: map[string]string{"members": "email"}}
	if hook == webhook.HookTransform {
		options.Golden = filepath.Join(dir, "tests")
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "orders-2.toml"))
	if err != nil {
		t.Fatal(err)
	}
	guest := webhook.GuestCode{Name: "orders-2.wasm", Code: code, Manifest: manifest, ManifestName: "orders-2.toml"}
	report, err := conformance.Check(t.Context(), guest, options)
	if err != nil || !report.Passed() || len(report.Module.Hooks) != 1 || report.Module.Hooks[0] != hook {
		t.Errorf("Check = %v\n%swant a %s that passes", err, report, hook)
	}
}

func TestWritten(t *testing.T) {
	for _, language := range starter.Languages() {
		for _, hook := range starter.Hooks() {
			dir := write(t, starter.Options{Name: "orders", Language: language, Hook: hook})
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				text, err := os.ReadFile(path)
				if err == nil && strings.Contains(strings.ReplaceAll(string(text), "@external", ""), "@NAME") {
					t.Errorf("%s has a placeholder that is not filled", path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	good := starter.Options{Name: "orders", Language: "c", Hook: webhook.HookTransform}
	for name, o := range map[string]starter.Options{
		"no name":          {Language: "c", Hook: webhook.HookClaim},
		"a path":           {Name: "../orders", Language: "c", Hook: webhook.HookClaim},
		"a long name":      {Name: strings.Repeat("a", 65), Language: "c", Hook: webhook.HookClaim},
		"a digit":          {Name: "2orders", Language: "c", Hook: webhook.HookClaim},
		"a line":           {Name: "orders\n", Language: "c", Hook: webhook.HookClaim},
		"another language": {Name: "orders", Language: "cobol", Hook: webhook.HookClaim},
		"another hook":     {Name: "orders", Language: "c", Hook: "deliver"},
	} {
		dir := t.TempDir()
		if _, err := starter.Write(dir, o); err == nil {
			t.Errorf("%s: Write = nil, want an error", name)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: %v is written, %v", name, entries, err)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "orders"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := starter.Write(dir, good); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Write over a file = %v, want %v", err, fs.ErrExist)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "orders")); err != nil || string(text) != "mine" {
		t.Errorf("the file is %q now, %v", text, err)
	}
}
