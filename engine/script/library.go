package script

import (
	"embed"
	"fmt"
	"strings"

	"github.com/dop251/goja"
)

// libraryFS holds the parts of the library that are written in JavaScript: each
// file is a function of what the host gives it, and returns the globals.
//
//go:embed library/*.js
var libraryFS embed.FS

// part is a part of the library. Making it takes some microseconds per call, so
// that a script gets those whose words stand in its text.
type part struct {
	words []string
	file  string
	host  func(c *call) map[string]func(goja.FunctionCall) goja.Value
	// program is the file, compiled.
	program *goja.Program
}

func allParts() []part {
	return []part{
		{words: []string{"TextEncoder", "TextDecoder"}, file: "text.js", host: (*call).textHost},
		{words: []string{"structuredClone"}, file: "clone.js", host: (*call).cloneHost},
		{words: []string{"URL"}, file: "url.js", host: (*call).urlHost},
	}
}

// partsFor returns the parts that a script needs.
func partsFor(text string) ([]part, error) {
	var parts []part
	for _, p := range allParts() {
		if !p.isNamed(text) {
			continue
		}
		code, err := libraryFS.ReadFile("library/" + p.file)
		if err != nil {
			return nil, err
		}
		if p.program, err = goja.Compile("library/"+p.file, "("+strings.TrimSpace(withoutHeading(string(code)))+")", true); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func (p *part) isNamed(text string) bool {
	for _, word := range p.words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// withoutHeading takes off the comment that a file begins with: what follows is
// an expression.
func withoutHeading(code string) string {
	for strings.HasPrefix(code, "//") {
		_, code, _ = strings.Cut(code, "\n")
	}
	return code
}

// install defines the globals of a part.
func (p *part) install(c *call) error {
	value, err := c.vm.RunProgram(p.program)
	if err != nil {
		return fmt.Errorf("library %s: %w", p.file, err)
	}
	make, ok := goja.AssertFunction(value)
	if !ok {
		return fmt.Errorf("library %s is no function", p.file)
	}
	host := c.vm.NewObject()
	for name, f := range p.host(c) {
		define(host, name, c.vm.ToValue(f))
	}
	made, err := make(goja.Undefined(), host)
	if err != nil {
		return fmt.Errorf("library %s: %w", p.file, err)
	}
	globals := made.ToObject(c.vm)
	for _, name := range globals.Keys() {
		if err := c.global(name, globals.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

// global defines a global as the standard's own are: a script may replace it.
func (c *call) global(name string, v goja.Value) error {
	return c.vm.GlobalObject().DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// functions are the globals that are plain functions of the host.
func allFunctions() map[string]func(*call, goja.FunctionCall) goja.Value {
	return map[string]func(*call, goja.FunctionCall) goja.Value{
		"digest": (*call).digest, "btoa": (*call).btoa, "atob": (*call).atob,
	}
}

// installLibrary defines what the script has a use for.
func (c *call) installLibrary() error {
	if c.guest.logs {
		if err := c.global("console", c.vm.NewDynamicObject(c.console())); err != nil {
			return err
		}
	}
	for name, f := range c.guest.functions {
		value := c.vm.ToValue(func(args goja.FunctionCall) goja.Value { return f(c, args) })
		if err := c.global(name, value); err != nil {
			return err
		}
	}
	for i := range c.guest.parts {
		if err := c.guest.parts[i].install(c); err != nil {
			return err
		}
	}
	return nil
}

func functionsFor(text string) map[string]func(*call, goja.FunctionCall) goja.Value {
	functions := allFunctions()
	for name := range functions {
		if !strings.Contains(text, name) {
			delete(functions, name)
		}
	}
	return functions
}
