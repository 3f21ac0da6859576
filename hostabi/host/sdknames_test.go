package host

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/hostabi"
)

// numbers reads the numbers of package hostabi from its source, so that none is
// forgotten: by kind and name, both without case and underscores.
func numbers(t *testing.T) map[string]int32 {
	t.Helper()
	parsed, err := parser.ParseFile(gotoken.NewFileSet(), filepath.Join("..", "numbers.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int32{}
	for _, decl := range parsed.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != gotoken.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			kind := constant.Type.(*ast.Ident).Name
			name := plain(strings.TrimPrefix(strings.TrimPrefix(constant.Names[0].Name, "Field"), "Unix"))
			if shorter, ok := map[string]string{"rawtext": "raw"}[name]; ok {
				name = shorter
			}
			if kind != "int32" {
				name = plain(kind) + "." + name
			}
			out[name] = evaluate(t, constant.Values[0])
		}
	}
	if len(out) < 40 {
		t.Fatalf("numbers.go has %d numbers, want at least 40", len(out))
	}
	return out
}

// evaluate reads a decimal number, a negative one too.
func evaluate(t *testing.T, value ast.Expr) int32 {
	t.Helper()
	switch e := value.(type) {
	case *ast.BasicLit:
		return number(t, e.Value)
	case *ast.UnaryExpr:
		return -evaluate(t, e.X)
	}
	t.Fatalf("%T is no number", value)
	return 0
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// enums reads "enum Kind { Name = 1, … }" of Rust and of AssemblyScript.
func enums(t *testing.T, source string) map[string]int32 {
	t.Helper()
	out := map[string]int32{}
	for _, block := range regexp.MustCompile(`enum (\w+) \{([^}]*)\}`).FindAllStringSubmatch(source, -1) {
		for _, m := range regexp.MustCompile(`(?m)^\s*(\w+) = (-?\d+),$`).FindAllStringSubmatch(block[2], -1) {
			out[plain(block[1])+"."+plain(m[1])] = number(t, m[2])
		}
	}
	return out
}

func number(t *testing.T, text string) int32 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return int32(n)
}

// sources returns the sources of an SDK, one after the other.
func sources(t *testing.T, pattern ...string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(append([]string{"..", "..", "wasm-build", "sdk"}, pattern...)...))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources in %v: %v", pattern, err)
	}
	out := ""
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out += string(text)
	}
	return out
}

func TestRustSDKNumbers(t *testing.T) {
	source, want := sources(t, "rust", "src", "*.rs"), numbers(t)
	got := enums(t, source)
	constant := regexp.MustCompile(`pub const (\w+): (?:i32|Encoding) = (?:Encoding\()?(-?\d+)\)?;`)
	for _, m := range constant.FindAllStringSubmatch(source, -1) {
		name := plain(m[1])
		for kind := range want {
			if k, n, _ := strings.Cut(kind, "."); n == name && (k == "encoding") == strings.Contains(m[0], "Encoding(") {
				name = kind
			}
		}
		got[name] = number(t, m[2])
	}
	if !maps.Equal(got, want) {
		t.Errorf("the Rust SDK has the numbers\n%v\nhostabi has\n%v", got, want)
	}
}

func TestAssemblyScriptSDKNumbers(t *testing.T) {
	source, want := sources(t, "assemblyscript", "assembly", "*.ts"), numbers(t)
	got := enums(t, source)
	if got["result.ok"] != 0 {
		t.Errorf("Result.OK = %d, want 0", got["result.ok"])
	}
	delete(got, "result.ok")
	for _, m := range regexp.MustCompile(`export const (ONLY): i32 = (-?\d+);`).FindAllStringSubmatch(source, -1) {
		got[plain(m[1])] = number(t, m[2])
	}
	if !maps.Equal(got, want) {
		t.Errorf("the AssemblyScript SDK has the numbers\n%v\nhostabi has\n%v", got, want)
	}
}

func TestRustSDKDeclaresEveryFunction(t *testing.T) {
	testDeclarations(t, "the Rust SDK", sources(t, "rust", "src", "abi.rs"),
		`(?m)^    pub fn (?:r#)?(\w+)\(([^)]*)\)(?: -> (i32|!))?;$`)
}

func TestAssemblyScriptSDKDeclaresEveryFunction(t *testing.T) {
	testDeclarations(t, "the AssemblyScript SDK", sources(t, "assemblyscript", "assembly", hostabi.Module+".ts"),
		`(?m)^export declare function (\w+)\(([^)]*)\): (i32|void);$`)
}

// testDeclarations compares the functions that an SDK imports with those that
// the host serves.
func testDeclarations(t *testing.T, sdk, source, declaration string) {
	declared := map[string]bool{}
	for _, m := range regexp.MustCompile(declaration).FindAllStringSubmatch(source, -1) {
		declared[m[1]] = true
		f, ok := functions()[m[1]]
		if params := letters(strings.ReplaceAll(m[2], ": i64", " int64")); !ok || params != f.params || (m[3] != "i32") != f.silent {
			t.Errorf("%s declares %s(%s) %s, the host serves it with the parameters %q", sdk, m[1], m[2], m[3], f.params)
		}
	}
	sameNames(t, sdk, declared)
}

// Each SDK names the version of the ABI in one place: that is all there is to
// change for another one. In Go every import has to repeat it, in one file.
func TestSDKsNameTheVersionOnce(t *testing.T) {
	everything := map[string]string{
		"c":    sources(t, "c", "*.h") + sources(t, "c", "examples", "*"),
		"rust": sources(t, "rust", "src", "*") + sources(t, "rust", "examples", "*"),
		"assemblyscript": sources(t, "assemblyscript", "assembly", "*") +
			sources(t, "assemblyscript", "examples", "*") + sources(t, "assemblyscript", "asconfig.json"),
	}
	version := regexp.MustCompile(`hostabi_v\d+`)
	for sdk, text := range everything {
		if got := version.FindAllString(text, -1); len(got) != 1 || got[0] != hostabi.Module {
			t.Errorf("the SDK in %s names the versions %q, want %s once", sdk, got, hostabi.Module)
		}
	}
	for _, line := range version.FindAllString(file(t, "hostabi", "guest", "imports.go"), -1) {
		if line != hostabi.Module {
			t.Errorf("the SDK in Go imports from %s, want %s", line, hostabi.Module)
		}
	}
	others, err := filepath.Glob(filepath.Join("..", "guest", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range others {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) != "imports.go" && version.Match(text) {
			t.Errorf("%s names a version of the ABI, which is for imports.go alone", path)
		}
	}
}
