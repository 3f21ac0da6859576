package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"testing"
)

// member is one line of a group: a field, a method of an interface, a constant
// or a variable, or several of one type.
type member struct {
	names        []*ast.Ident
	doc, comment string
	ast.Node
}

// bare returns the exported names of a group that no comment says anything of.
//
// A comment above a name or at the end of its line is the name's own. One above
// that begins otherwise than with the name is about all that follow, until the
// next one above a name or an empty line. Of those that follow in the same way,
// any comment is about the names that it mentions. The comment above the whole
// group, where there may be one, is about all when it is the only one, and else
// about those that it mentions.
func bare(fset *token.FileSet, prefix string, above string, group []member) []exported {
	var out []exported
	owns := func(m member) bool { return m.doc+m.comment != "" }
	alone := above != "" && !slices.ContainsFunc(group, owns)
	said, whole, last := "", false, 0
	for _, m := range group {
		if fset.Position(m.Pos()).Line > last+1 {
			said, whole = "", false
		}
		if m.doc != "" {
			said = m.doc
			whole = !slices.ContainsFunc(m.names, func(n *ast.Ident) bool { return opens(said, n.Name) })
		}
		last = fset.Position(m.End()).Line
		if owns(m) || whole || alone {
			continue
		}
		for _, name := range m.names {
			if name.IsExported() && !mentions(said, name.Name) && !mentions(above, name.Name) {
				out = append(out, exported{prefix + name.Name, name.Pos()})
			}
		}
	}
	return out
}

func opens(comment, name string) bool { return matches(`^`, comment, name) }

func mentions(comment, name string) bool { return matches(``, comment, name) }

func matches(before, comment, name string) bool {
	return regexp.MustCompile(before + `\b` + regexp.QuoteMeta(name) + `\b`).MatchString(comment)
}

func TestBare(t *testing.T) {
	for name, c := range map[string]struct {
		group string
		want  []string
	}{
		"none":            {"const (\nA = 1\nB = 2\n)", []string{"A", "B"}},
		"above all":       {"// Both.\nconst (\nA = 1\n\nB = 2\n)", nil},
		"above, and one":  {"// All.\nconst (\n// A is one.\nA = 1\nB = 2\n)", []string{"B"}},
		"above, named":    {"// All; B is two.\nconst (\n// A is one.\nA = 1\nB = 2\n)", nil},
		"own is no group": {"const (\n// A is one.\nA = 1\nB = 2\n)", []string{"B"}},
		"names the next":  {"const (\n// A is one, B two.\nA = 1\nB = 2\nC = 3\n)", []string{"C"}},
		"part of a word":  {"const (\n// A is one, Bee two.\nA = 1\nB = 2\n)", []string{"B"}},
		"group":           {"const (\n// The first.\nA = 1\nB = 2\nC = 3\n)", nil},
		"group ends":      {"const (\n// The first.\nA = 1\n\nB = 2\n// C is three.\nC = 3\nD = 4\n)", []string{"B", "D"}},
		"end of line":     {"var (\nA = 1 // one\nB = 2\n)", []string{"B"}},
		"unexported":      {"var (\na = 1\nb = 2\n)", nil},
		"directive":       {"//go:embed *\nvar A string", []string{"A"}},
		"several":         {"// A is one.\nvar A, B = 1, 2\nvar C, D = 3, 4", []string{"C", "D"}},
	} {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, "p.go", "package p\n"+c.group, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range uncommented(fset, parsed) {
			got = append(got, b.name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: bare = %v, want %v", name, got, c.want)
		}
	}
}
