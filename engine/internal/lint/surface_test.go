package lint

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// surface returns what a package exports, one thing a line, sorted. An alias of
// a type of an internal package brings that type's fields and methods with it:
// nothing else shows them.
func surface(pkg *types.Package) []string {
	var out []string
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		if t, ok := object.(*types.TypeName); ok {
			out = append(out, typeLines(t)...)
			continue
		}
		out = append(out, describe(object, name))
	}
	slices.Sort(out)
	return out
}

// describe gives a constant, a variable or a function its line.
func describe(object types.Object, name string) string {
	text := types.TypeString(object.Type(), by(object.Pkg()))
	switch object.(type) {
	case *types.Const:
		return "const " + name + " " + text
	case *types.Var:
		return "var " + name + " " + text
	default:
		return "func " + name + strings.TrimPrefix(text, "func")
	}
}

func typeLines(t *types.TypeName) []string {
	name, qualifier := t.Name(), by(t.Pkg())
	named, ok := types.Unalias(t.Type()).(*types.Named)
	if t.IsAlias() {
		alias := []string{fmt.Sprintf("type %s = %s", name, types.TypeString(types.Unalias(t.Type()), qualifier))}
		if !ok || named.Obj().Pkg() == nil || !strings.Contains(named.Obj().Pkg().Path(), "/internal/") {
			return alias
		}
		return append(alias, members(name, named, qualifier)...)
	}
	parameters := ""
	if p := named.TypeParams(); p.Len() > 0 {
		parameters = strings.TrimPrefix(types.TypeString(named, qualifier), name)
	}
	kind := ""
	switch u := named.Underlying().(type) {
	case *types.Struct:
		kind = "struct"
	case *types.Interface:
		kind = "interface"
	default:
		kind = types.TypeString(u, qualifier)
	}
	return append([]string{"type " + name + parameters + " " + kind}, members(name, named, qualifier)...)
}

// members returns the fields and methods of a type, promoted ones too.
func members(name string, named *types.Named, qualifier types.Qualifier) []string {
	var out []string
	if s, ok := named.Underlying().(*types.Struct); ok {
		out = fieldLines(name, s, qualifier)
	}
	var whole types.Type = named
	if !types.IsInterface(named) {
		whole = types.NewPointer(named)
	}
	byValue := types.NewMethodSet(named)
	for m := range types.NewMethodSet(whole).Methods() {
		if !m.Obj().Exported() {
			if types.IsInterface(named) {
				out = append(out, fmt.Sprintf("method (%s) of its package alone", name))
			}
			continue
		}
		receiver := name
		if byValue.Lookup(m.Obj().Pkg(), m.Obj().Name()) == nil {
			receiver = "*" + name
		}
		signature := strings.TrimPrefix(types.TypeString(m.Type(), qualifier), "func")
		out = append(out, fmt.Sprintf("method (%s) %s%s", receiver, m.Obj().Name(), signature))
	}
	return slices.Compact(out)
}

func fieldLines(name string, s *types.Struct, qualifier types.Qualifier) []string {
	var out []string
	for i := range s.NumFields() {
		f := s.Field(i)
		if f.Exported() {
			line := fmt.Sprintf("field %s.%s %s", name, f.Name(), types.TypeString(f.Type(), qualifier))
			if f.Embedded() {
				line += " embedded"
			}
			if tag := s.Tag(i); tag != "" {
				line += " `" + tag + "`"
			}
			out = append(out, line)
			continue
		}
		if inner, ok := f.Type().Underlying().(*types.Struct); ok && f.Embedded() {
			out = append(out, fieldLines(name, inner, qualifier)...)
		}
	}
	return out
}

// by writes other packages by their names.
func by(home *types.Package) types.Qualifier {
	return func(p *types.Package) string {
		if p == home {
			return ""
		}
		return p.Name()
	}
}

func TestSurface(t *testing.T) {
	const source = `package p
import "io"
const A, b = 1, 2
var V io.Reader
func F[T any](v T) (n int, err error) { return }
type hidden struct{ Deep int }
func (hidden) Promoted() {}
type S struct { hidden; N int ` + "`json:\"n\"`" + `; io.Writer; private int }
func (*S) Set(int) {}
func (*S) reset() {}
type I interface { M() string; own() }
type List []S
type Same = List
`
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	checker := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := checker.Check("p", fset, []*ast.File{parsed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"const A untyped int",
		"field S.Deep int",
		"field S.N int `json:\"n\"`",
		"field S.Writer io.Writer embedded",
		"func F[T any](v T) (n int, err error)",
		"method (*S) Set(int)",
		"method (I) M() string",
		"method (I) of its package alone",
		"method (S) Promoted()",
		"method (S) Write(p []byte) (n int, err error)",
		"type I interface",
		"type List []S",
		"type S struct",
		"type Same = List",
		"var V io.Reader",
	}
	if got := surface(pkg); !slices.Equal(got, want) {
		t.Errorf("surface = %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
