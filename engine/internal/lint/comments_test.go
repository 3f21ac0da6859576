package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notPublic are the folders whose packages nobody imports: programs, the rules
// themselves, what a build makes, and examples to read.
var notPublic = []string{"cmd", "wasm-build", "engine/connect/examples"}

const bareMessage = "%s:%d: %s has no comment; say what it is, what it guarantees, its errors and units, " +
	"or name it in the comment of its group"

// Every exported name of a package that can be imported has a comment: types,
// functions and methods their own, fields, constants, variables and the methods
// of interfaces their own or that of the group that they stand in.
func TestExportedNamesHaveAComment(t *testing.T) {
	seen := 0
	for _, f := range files(t) {
		if f.test || !importable(f.pkg) {
			continue
		}
		seen++
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, filepath.Join(root, filepath.FromSlash(f.name)), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, bare := range uncommented(fset, parsed) {
			t.Errorf(bareMessage, f.name, fset.Position(bare.pos).Line, bare.name)
		}
		for _, alias := range internalAliases(parsed) {
			checkAlias(t, alias)
		}
	}
	if seen < 50 {
		t.Fatalf("looked at %d files, want those of every public package", seen)
	}
}

func importable(pkg string) bool {
	return !slices.Contains(strings.Split(pkg, "/"), "internal") && !slices.ContainsFunc(notPublic, func(folder string) bool {
		return pkg == folder || strings.HasPrefix(pkg, folder+"/")
	})
}

// exported is an exported name, a field or method with its type before it.
type exported struct {
	name string
	pos  token.Pos
}

// uncommented returns the exported names of a file that nothing is said of. A
// directive such as //go:embed says nothing.
func uncommented(fset *token.FileSet, f *ast.File) []exported {
	var out []exported
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc.Text() != "" || !d.Name.IsExported() {
				continue
			}
			if d.Recv == nil {
				out = append(out, exported{d.Name.Name, d.Pos()})
			} else if of := receiver(d.Recv.List[0].Type); ast.IsExported(of) {
				out = append(out, exported{of + "." + d.Name.Name, d.Pos()})
			}
		case *ast.GenDecl:
			out = append(out, uncommentedIn(fset, d)...)
		}
	}
	return out
}

func uncommentedIn(fset *token.FileSet, d *ast.GenDecl) []exported {
	var out []exported
	var values []member
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.ValueSpec:
			values = append(values, member{s.Names, s.Doc.Text(), s.Comment.Text(), s})
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			if s.Doc.Text()+s.Comment.Text()+d.Doc.Text() == "" {
				out = append(out, exported{s.Name.Name, s.Pos()})
			}
			out = append(out, bareFields(fset, s.Name.Name, s.Type)...)
		}
	}
	return append(out, bare(fset, "", d.Doc.Text(), values)...)
}

// bareFields looks at the fields of a struct and the methods of an interface,
// and at those of structs inside.
func bareFields(fset *token.FileSet, of string, t ast.Expr) []exported {
	var list *ast.FieldList
	switch u := t.(type) {
	case *ast.StructType:
		list = u.Fields
	case *ast.InterfaceType:
		list = u.Methods
	case *ast.ArrayType:
		return bareFields(fset, of, u.Elt)
	case *ast.MapType:
		return bareFields(fset, of, u.Value)
	case *ast.StarExpr:
		return bareFields(fset, of, u.X)
	default:
		return nil
	}
	var members []member
	var inner []exported
	for _, f := range list.List {
		members = append(members, member{f.Names, f.Doc.Text(), f.Comment.Text(), f})
		for _, name := range f.Names {
			if name.IsExported() {
				inner = append(inner, bareFields(fset, of+"."+name.Name, f.Type)...)
			}
		}
	}
	return append(bare(fset, of+".", "", members), inner...)
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
	c int; Inner []struct { Deep int } }
func (*T) M() {}
// The group.
const ( X = 1; Y = 2 )
const Z = 3
// I is fine.
type I interface { N() }
`
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, bare := range uncommented(fset, parsed) {
		got = append(got, bare.name)
	}
	if want := []string{"F", "T.A", "T.Inner", "T.Inner.Deep", "T.M", "Z", "I.N"}; !slices.Equal(got, want) {
		t.Errorf("uncommented = %v, want %v", got, want)
	}
}
