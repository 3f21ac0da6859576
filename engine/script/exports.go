package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
)

// export is one export that was overwritten.
type export struct {
	// word is the offset of the word export itself.
	word int
	// at is the offset at which the declaration now begins.
	at int
	// unnamed is the variable that a default export without a name of its own
	// became; value is where its expression begins.
	unnamed string
	value   int
	// byDefault says that it is the default export.
	byDefault bool
	// list are the pairs of an export list.
	list []exportName
}

// exportName is a name that is exported, and what it is called in the script.
type exportName struct{ local, exported string }

// names returns what an export exports.
func (exp export) names(tree *ast.Program) []exportName {
	if exp.list != nil {
		return exp.list
	}
	if exp.unnamed != "" {
		return []exportName{{exp.unnamed, "default"}}
	}
	var names []exportName
	for _, name := range declared(statementAt(tree, exp.at)) {
		exported := name
		if exp.byDefault {
			exported = "default"
		}
		names = append(names, exportName{name, exported})
	}
	return names
}

const placeholder = "$deflt"

// rewriteExport overwrites the export at the offset:
//
//	export function f() {}           ->         function f() {}
//	export default function f() {}   ->                function f() {}
//	export default (event) => event  ->  var    $deflt=(event) => event
//	export { f as default }          ->  ;
func (u *unit) rewriteExport(text string, at int) (string, export, error) {
	exp := export{word: at}
	next := skipTrivia(text, at+len("export"))
	if strings.HasPrefix(text[next:], "{") {
		return u.rewriteList(text, at, next)
	}
	word, _ := wordAt(text, next)
	switch word {
	case "function", "async", "const", "let", "var", "class":
		exp.at = next
		return overwrite(text, at, "      "), exp, nil
	case "default":
	default:
		return "", exp, u.faultAt(at, "this form of export is not supported: write export in front of the declaration, such as export function transform(event) {…}")
	}
	exp.byDefault = true
	exp.value = skipTrivia(text, next+len("default"))
	if declaresName(text, exp.value) {
		exp.at = exp.value
		return overwrite(overwrite(text, at, "      "), next, "       "), exp, nil
	}
	if strings.Contains(text, placeholder) {
		return "", exp, u.faultAt(at, "the name %s is taken, or there are two default exports", placeholder)
	}
	exp.at, exp.unnamed = at, placeholder
	return overwrite(overwrite(text, at, "var   "), next, placeholder+"="), exp, nil
}

func overwrite(text string, at int, with string) string {
	return text[:at] + with + text[at+len(with):]
}

// declaresName reports whether a function or class with a name begins at the
// offset.
func declaresName(text string, at int) bool {
	word, end := wordAt(text, at)
	if word == "async" {
		word, end = wordAt(text, skipTrivia(text, end))
	}
	if word != "function" && word != "class" {
		return false
	}
	next := skipTrivia(text, end)
	if next < len(text) && text[next] == '*' {
		next = skipTrivia(text, next+1)
	}
	name, _ := wordAt(text, next)
	return name != "" && name != "extends"
}

// wordAt returns the word that begins at the offset, and where it ends.
func wordAt(text string, at int) (string, int) {
	end := at
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if r != '$' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += size
	}
	return text[at:end], end
}

// skipTrivia returns the offset after white space and comments.
func skipTrivia(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		rest := text[at:]
		switch {
		case unicode.IsSpace(r) || r == '\ufeff':
			at += size
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexAny(rest, "\r\n\u2028\u2029")
			if end < 0 {
				return len(text)
			}
			at += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				return len(text)
			}
			at += end + len("*/")
		default:
			return at
		}
	}
	return at
}

// checkPlaces holds every export to the place where one may stand: in front of
// a statement of the top level. What the parser made of the rewritten text is
// the proof.
func (u *unit) checkPlaces(tree *ast.Program, exports []export) error {
	for _, exp := range exports {
		if exp.list != nil && afterStatements(tree, exp.word) {
			continue
		}
		statement := statementAt(tree, exp.at)
		if statement == nil {
			return u.faultAt(exp.word, "export may stand at the top level only, in front of a declaration")
		}
		if exp.unnamed == "" {
			continue
		}
		list := statement.(*ast.VariableStatement).List
		if len(list) != 1 {
			return u.faultAt(exp.word, "export default takes one expression")
		}
		// A declaration ends by itself, the expression that it became does not.
		word, _ := wordAt(u.source, exp.value)
		switch list[0].Initializer.(type) {
		case *ast.FunctionLiteral, *ast.ClassLiteral, *ast.ArrowFunctionLiteral:
		default:
			if word == "function" || word == "async" || word == "class" {
				return u.faultAt(exp.word, "give the function that is exported a name, or end it with a semicolon")
			}
		}
	}
	return nil
}

func statementAt(tree *ast.Program, offset int) ast.Statement {
	for _, s := range tree.Body {
		if int(s.Idx0())-1 == offset {
			return s
		}
	}
	return nil
}
