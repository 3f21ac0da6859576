package script

import (
	"strings"

	"github.com/dop251/goja/ast"
)

// rewriteList overwrites an export list with an empty statement and blanks:
//
//	export { f as default, claim };
//
// Where the list has a from, its names are those of another file: that is an
// import.
func (u *unit) rewriteList(text string, at, brace int) (string, export, error) {
	exp := export{word: at, at: at, list: []exportName{}}
	next := skipTrivia(text, brace+1)
	for !strings.HasPrefix(text[next:], "}") {
		name, after, ok := exportPair(text, next)
		if !ok {
			return "", exp, u.faultAt(next, "this form of export is not supported: write export in front of the declaration, such as export function transform(event) {…}")
		}
		exp.list = append(exp.list, name)
		if next = skipTrivia(text, after); strings.HasPrefix(text[next:], ",") {
			next = skipTrivia(text, next+1)
		}
	}
	end := next + 1
	if word, _ := wordAt(text, skipTrivia(text, end)); word == "from" {
		return "", exp, u.importFault(at)
	}
	return overwrite(text, at, ";"+blank(text[at+1:end])), exp, nil
}

// exportPair reads a name of a list, with its "as" or without.
func exportPair(text string, at int) (name exportName, end int, ok bool) {
	name.local, end = wordAt(text, at)
	name.exported = name.local
	next := skipTrivia(text, end)
	if word, after := wordAt(text, next); word == "as" {
		name.exported, end = wordAt(text, skipTrivia(text, after))
		next = skipTrivia(text, end)
	}
	closed := strings.HasPrefix(text[next:], ",") || strings.HasPrefix(text[next:], "}")
	return name, end, closed && name.local != "" && name.exported != ""
}

// blank replaces everything but the ends of lines, byte by byte.
func blank(text string) string {
	out := []byte(text)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '\n' || out[i] == '\r':
		case strings.HasPrefix(text[i:], "\u2028"), strings.HasPrefix(text[i:], "\u2029"):
			i += len("\u2028") - 1
		default:
			out[i] = ' '
		}
	}
	return string(out)
}

// afterStatements reports whether an offset lies in no statement but an empty
// one, at the top level.
func afterStatements(tree *ast.Program, offset int) bool {
	for _, s := range tree.Body {
		if _, empty := s.(*ast.EmptyStatement); empty {
			continue
		}
		if int(s.Idx0())-1 <= offset && offset < int(s.Idx1())-1 {
			return false
		}
	}
	return true
}
