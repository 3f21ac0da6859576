package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// internalAliases returns the types of internal packages that a file hands out
// under a name of its own, as "folder.Type".
func internalAliases(f *ast.File) []string {
	imported := map[string]string{}
	for _, spec := range f.Imports {
		pkg, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !strings.Contains(pkg, "/internal/") {
			continue
		}
		imported[pkg[strings.LastIndex(pkg, "/")+1:]] = strings.TrimPrefix(pkg, module+"/")
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || !spec.Assign.IsValid() || !spec.Name.IsExported() {
			return true
		}
		if of, ok := spec.Type.(*ast.SelectorExpr); ok {
			if from, ok := of.X.(*ast.Ident); ok && imported[from.Name] != "" {
				out = append(out, imported[from.Name]+"."+of.Sel.Name)
			}
		}
		return true
	})
	return out
}

// checkAlias reports what nothing is said of in the type behind an alias.
func checkAlias(t *testing.T, alias string) {
	folder, name, _ := strings.Cut(alias, ".")
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(folder)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, filepath.Join(root, filepath.FromSlash(folder), e.Name()), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, bare := range uncommented(fset, parsed) {
			if bare.name == name || strings.HasPrefix(bare.name, name+".") {
				t.Errorf(bareMessage, folder+"/"+e.Name(), fset.Position(bare.pos).Line, bare.name)
			}
		}
	}
}

func TestInternalAliases(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "p.go", `package p
import ("`+module+`/engine/internal/receive"; "`+module+`/engine/webhook")
type Refusal = receive.Refusal
type Event = webhook.Event
type Own receive.Refusal
`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := internalAliases(parsed), []string{"engine/internal/receive.Refusal"}; !slices.Equal(got, want) {
		t.Errorf("internalAliases = %v, want %v", got, want)
	}
}
