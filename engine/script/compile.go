package script

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/hookseal/hookseal/engine/webhook"
)

// unit is a compiled script.
type unit struct {
	name   string
	source string
	// bundled says that source is a bundle, whose origins lie in other files.
	bundled bool
	origins []Origin
	program *goja.Program
	// form is how transform is called, unless the script calls addHandler.
	form form
	// registers says that the script may call addHandler.
	registers bool
	// hooks are the expressions whose values are the script's functions, to be
	// run after program.
	hooks map[webhook.Hook]*goja.Program
}

// maxExports bounds how often a script is parsed.
const maxExports = 64

// compile parses the script and finds its hooks.
func (u *unit) compile() (err error) {
	defer func() {
		// goja reports some faults of a script as a panic.
		if x := recover(); x != nil {
			err = u.faultAt(0, "the parser gave up: %v", x)
		}
	}()
	tree, exports, err := u.parse()
	if err != nil {
		return err
	}
	named, err := u.findHooks(tree, exports)
	if err != nil {
		return err
	}
	// What has exports is a module, and modules are strict.
	if u.program, err = goja.CompileAST(tree, len(exports) > 0); err != nil {
		return u.compileFault(err)
	}
	u.hooks = map[webhook.Hook]*goja.Program{}
	for hook, expression := range named {
		if u.hooks[hook], err = goja.Compile("", expression, true); err != nil {
			return u.compileFault(err)
		}
	}
	return nil
}

// parse returns the tree of the script with its export words taken out.
//
// goja has no modules, so that its parser stops at every export that is one: in
// strings, comments and after a dot it is none. Each is overwritten in place by
// text of the same length and the parse begun again, which leaves every line
// and column where it was.
func (u *unit) parse() (*ast.Program, []export, error) {
	rewritten := u.source
	var exports []export
	for {
		// Without source maps: goja would read the file that a comment names.
		tree, err := parser.ParseFile(nil, u.name, rewritten, 0, parser.WithDisableSourceMaps)
		if err == nil {
			return tree, exports, u.checkPlaces(tree, exports)
		}
		var faults parser.ErrorList
		if !errors.As(err, &faults) || len(faults) == 0 {
			return nil, nil, u.faultAt(0, "%v", err)
		}
		at := offsetOf(rewritten, faults[0].Position)
		switch word, _ := wordAt(rewritten, at); word {
		case "export":
			if len(exports) == maxExports {
				return nil, nil, u.faultAt(at, "more than %d exports", maxExports)
			}
			var exp export
			if rewritten, exp, err = u.rewriteExport(rewritten, at); err != nil {
				return nil, nil, err
			}
			exports = append(exports, exp)
		case "import":
			return nil, nil, u.importFault(at)
		default:
			return nil, nil, u.faultAt(at, "%s", faults[0].Message)
		}
	}
}

// importFault reports that a script needs another file.
func (u *unit) importFault(at int) error {
	return &importError{u.faultAt(at, "import is not supported: a script is one file")}
}

// importError is the fault of a script that a bundler could load.
type importError struct{ fault *webhook.GuestError }

func (e *importError) Error() string { return e.fault.Error() }
func (e *importError) Unwrap() error { return e.fault }

// compileFault turns an error of goja's compiler into a GuestError.
func (u *unit) compileFault(err error) error {
	var syntax *goja.CompilerSyntaxError
	if errors.As(err, &syntax) && syntax.File != nil {
		return u.faultAt(syntax.Offset, "%s", syntax.Message)
	}
	return u.faultAt(0, "%v", err)
}

// faultAt reports a fault of the kind compile at an offset of the source.
func (u *unit) faultAt(offset int, format string, args ...any) *webhook.GuestError {
	fault := &webhook.GuestError{Guest: u.name, Kind: webhook.GuestCompile, Message: fmt.Sprintf(format, args...)}
	u.locate(fault, file.NewFile(u.name, u.source, 1).Position(offset))
	return fault
}

// locate fills in the place of a position, and reports whether there is one: in
// a bundle some code is nobody's.
func (u *unit) locate(fault *webhook.GuestError, p file.Position) bool {
	line, column := u.place(p)
	if line > 0 && u.bundled {
		// Of what was bundled, a column is off by one for each character beyond
		// U+FFFF before it.
		at := u.origin(line, column)
		fault.File, line, column = at.File, at.Line, at.Column
	}
	fault.Line, fault.Column = line, column
	return line > 0
}

// place returns line and column of a position, the column in characters as
// editors count them: goja counts bytes.
func (u *unit) place(p file.Position) (line, column int) {
	if p.Line <= 0 {
		return 0, 0
	}
	start := lineStart(u.source, p.Line)
	end := min(start+p.Column-1, len(u.source))
	return p.Line, utf8.RuneCountInString(u.source[start:end]) + 1
}

// offsetOf is the inverse of goja's Position.
func offsetOf(text string, p file.Position) int {
	return min(lineStart(text, p.Line)+p.Column-1, len(text))
}

// lineStart returns the offset of a line, counted from 1. Lines end as
// ECMA-262 says.
func lineStart(text string, line int) int {
	start, after := 0, 1
	for i := 0; i < len(text) && after < line; {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '\r' && i < len(text) && text[i] == '\n':
			i++
			fallthrough
		case r == '\r', r == '\n', r == '\u2028', r == '\u2029':
			start, after = i, after+1
		}
	}
	return start
}
