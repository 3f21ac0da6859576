package lint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// data are the packages whose structs hold values that others work with: their
// fields may go by their names, under the comment of the struct. Elsewhere a
// field has its own.
var data = []string{"engine/catalog", "engine/scheme", "engine/store", "engine/webhook"}

// Every exported name of a public package has a comment: its own, one at the end
// of its line, or that of the group that it stands in.
func TestExportedNamesHaveAComment(t *testing.T) {
	for _, pkg := range public {
		folder := filepath.Join(root, filepath.FromSlash(pkg))
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			parsed, err := parser.ParseFile(fset, filepath.Join(folder, e.Name()), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, bare := range uncommented(parsed, !slices.Contains(data, pkg)) {
				t.Errorf("%s/%s:%d: %s has no comment; say what it is, what it guarantees, its errors and units", pkg, e.Name(), fset.Position(bare.Pos()).Line, bare.Name)
			}
		}
	}
}

// uncommented returns the exported names of a file that nothing is said of, the
// fields of structs among them where they are asked for.
func uncommented(f *ast.File, withFields bool) []*ast.Ident {
	var out []*ast.Ident
	note := func(names []*ast.Ident, comments ...*ast.CommentGroup) {
		if slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c != nil }) {
			return
		}
		for _, name := range names {
			if name.IsExported() {
				out = append(out, name)
			}
		}
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				note([]*ast.Ident{d.Name}, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.ValueSpec:
					note(s.Names, s.Doc, s.Comment, d.Doc)
				case *ast.TypeSpec:
					note([]*ast.Ident{s.Name}, s.Doc, s.Comment, d.Doc)
					if s.Name.IsExported() {
						noteMembers(s.Type, withFields, note)
					}
				}
			}
		}
	}
	return out
}

func noteMembers(t ast.Expr, withFields bool, note func([]*ast.Ident, ...*ast.CommentGroup)) {
	switch u := t.(type) {
	case *ast.InterfaceType:
		for _, m := range u.Methods.List {
			note(m.Names, m.Doc, m.Comment)
		}
	case *ast.StructType:
		if !withFields {
			return
		}
		for _, f := range u.Fields.List {
			note(f.Names, f.Doc, f.Comment)
		}
	}
}

// receiver returns the name of the type that a method belongs to.
func receiver(t ast.Expr) string {
	switch r := t.(type) {
	case *ast.StarExpr:
		return receiver(r.X)
	case *ast.IndexExpr:
		return receiver(r.X)
	case *ast.IndexListExpr:
		return receiver(r.X)
	case *ast.Ident:
		return r.Name
	}
	return ""
}

func TestUncommented(t *testing.T) {
	const source = `package p
func F() {}
// G is fine.
func G() {}
type hidden int
func (hidden) M() {}
// T is fine.
type T struct { A int; B int // b
	c int }
func (*T) M() {}
// The group.
const ( X = 1; Y = 2 )
const Z = 3
// I is fine.
type I interface { N() }
`
	parsed, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for withFields, want := range map[bool]string{true: "[F A M Z N]", false: "[F M Z N]"} {
		if got := fmt.Sprint(uncommented(parsed, withFields)); got != want {
			t.Errorf("uncommented, fields %v = %v, want %v", withFields, got, want)
		}
	}
}
