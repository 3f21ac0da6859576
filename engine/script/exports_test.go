package script_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestForms(t *testing.T) {
	both := []webhook.Hook{webhook.HookClaim, webhook.HookTransform}
	tr := []webhook.Hook{webhook.HookTransform}
	cl := []webhook.Hook{webhook.HookClaim}
	for _, tt := range []struct {
		name, code string
		hooks      []webhook.Hook
	}{
		{"default function", `export default function transform(event, context) { return event }`, tr},
		{"default with another name", `export default function toCRM(event) { return event }`, tr},
		{"default without a name", "export default function (event) { return event }", tr},
		{"default arrow", `export default (event) => event`, tr},
		{"default async", `export default async function (event) { return event }`, tr},
		{"default async arrow", `export default async event => event`, tr},
		{"default identifier", "const f = (event) => event\nexport default f", tr},
		{"named function", `export function transform(event) { return event }`, tr},
		{"named async", `export async function transform(event) { return event }`, tr},
		{"named const", `export const transform = (event) => event, other = 1`, tr},
		{"words apart", "export // c\n /* d */ default\n\nfunction transform(event) { return event }", tr},
		{"words apart, no name", "export /* c */\n default /* d */ (event) => event", tr},
		{"claim", `export function claim(request) { return {} }`, cl},
		{"default claim", `export default function claim(request) { return {} }`, cl},
		{"both", "export default function (event) { return event }; export function claim() {}", both},
		{"list", "function f(event) { return event }\nfunction g() {}\nexport { f as default, g as claim, }", both},
		{"list first", "export {\n  transform // é\n}\nfunction transform(event) { return event }", tr},
		{"list in one line", "const f = event => event; export { f as transform }; export const other = 1", tr},
		{"no semicolon", "const a = 1\nexport function transform(event) { return event }\nexport const b = a", tr},
		{"top level function", `function transform(event, context) { return event }`, tr},
		{"top level const", `const transform = (event) => event`, tr},
		{"top level both", `function claim() {} var transform = function (event) { return event }`, both},
		{"byte order mark", "\ufeffexport default function (event) { return event }", tr},
		{"the word elsewhere", "/* export default 1 */ const s = 'export default', o = { export: 1, import: 2 }, r = /export default/, u = `export ${o.export}`;\nexport default (event) => event // export default", tr},
		{"not strict without exports", `function transform(event) { undeclared = 1; return event }`, tr},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := load(t, tt.code, roomy)
			if !reflect.DeepEqual(g.Hooks(), tt.hooks) {
				t.Fatalf("Hooks = %v, want %v", g.Hooks(), tt.hooks)
			}
			if tt.hooks[len(tt.hooks)-1] != webhook.HookTransform {
				return
			}
			outputs, err := g.Transform(t.Context(), event(`{"a": 1}`), webhook.TransformContext{})
			if err != nil || len(outputs) != 1 || string(outputs[0].Body) != `{"a": 1}` {
				t.Errorf("Transform = %v, %v", outputs, err)
			}
		})
	}
}

func TestCompileFaults(t *testing.T) {
	for _, tt := range []struct {
		name, code   string
		line, column int
		message      string
	}{
		{"syntax", "export default function (event) {\n  return {\n}", 3, 2, "Unexpected end of input"},
		{"syntax after an export", "export default function transform(e) {}\nlet x = = 1", 2, 9, "Unexpected token ="},
		{"same line after an export", "export function transform(e) {} let x = = 1", 1, 41, "Unexpected token ="},
		{"twice declared", "export default (e) => e\nlet a = 1\nlet a = 2", 3, 5, "already been declared"},
		{"column in characters", "const é = 'ééé', = 1", 1, 18, "Unexpected token ="},
		{"import", "\nimport x from 'y'\nexport default x", 2, 1, "import is not supported"},
		{"dynamic import", "export default (e) => import('x')", 1, 23, "import is not supported"},
		{"list from a file", "export { transform } from './y.js'", 1, 1, "import is not supported"},
		{"list of text", "function f() {}\nexport { f as 'default' }", 2, 10, "this form of export"},
		{"list that is open", "function f() {}\nexport { f as", 2, 10, "this form of export"},
		{"list in a block", "function f() {}\n{ export { f as default } }", 2, 3, "top level only"},
		{"list twice", "function f() {}\nexport { f as default }\nexport { f as transform }", 3, 1, "exports transform twice"},
		{"handler and transform", "function handler(w) { return w }\nfunction transform(p) { return p }", 1, 1, "declares handler, as for Svix, and transform, as for Convoy"},
		{"export star", "export * from 'y'", 1, 1, "this form of export"},
		{"inside a block", "{ export function transform() {} }", 1, 3, "top level only"},
		{"inside a function", "function f() {\n  export default function transform() {}\n}", 2, 3, "top level only"},
		{"after if", "if (true) export default function transform() {}", 1, 11, "top level only"},
		{"behind async", "async export function transform() {}", 1, 7, "top level only"},
		{"in an expression", "const a = export function transform() {}", 1, 11, "top level only"},
		{"two defaults", "export default (e) => e\nexport default (e) => e", 2, 1, "two default exports"},
		{"default and transform", "export default (e) => e\nexport function transform() {}", 2, 1, "exports transform twice"},
		{"default of two", "export default (e) => e, f", 1, 1, "one expression"},
		{"merged", "export default function (e) { return e }\n(1)", 1, 1, "give the function that is exported a name"},
		{"other exports", "export const x = 1", 1, 1, "exports neither transform nor claim"},
		{"neither", "const x = 1", 1, 1, "declares neither transform nor claim"},
		{"not a function", "export default 42", 0, 0, "transform is a number, want a function"},
		{"strict with exports", "export default (e) => { with (e) { return data } }", 1, 25, "with statement"},
		{"regular expression", "export default (e) => /(/", 1, 23, "Unterminated group"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := script.Loader{}.Load(context.Background(), webhook.GuestCode{Name: "t.js", Code: []byte(tt.code)})
			if err == nil {
				t.Fatal("Load took it")
			}
			wantFault(t, err, webhook.GuestCompile, tt.message)
			if fault := guestError(t, err); fault.Line != tt.line || fault.Column != tt.column {
				t.Errorf("place = %d:%d, want %d:%d (%v)", fault.Line, fault.Column, tt.line, tt.column, err)
			}
		})
	}
}

func TestThrown(t *testing.T) {
	for _, tt := range []struct {
		name, code   string
		line, column int
		message      string
	}{
		{"error", "export default function transform(event) {\n  throw new Error('no document')\n}", 2, 9, "Error: no document"},
		{"on the line of the export", "export default (event) => event.data.a.b", 1, 40, "TypeError: Cannot read property 'b' of undefined"},
		{"column in characters", "export default (event) => 'ééé' + event.data.a.b", 1, 48, "TypeError"},
		{"after words apart", "export\ndefault\n(event) => missing(event)", 3, 19, "ReferenceError: missing is not defined"},
		{"in a callback", "export default (event) => [1].map(() => {\n  null.x\n})", 2, 8, "TypeError"},
		{"in a helper", "const f = (x) => x.y.z\nexport default (event) => f(event)", 1, 22, "TypeError"},
		{"not an error", "export default () => { throw 'plain' }", 1, 24, "plain"},
		{"cannot be shown", "export default () => { throw { toString() { throw 1 } } }", 1, 24, "cannot be converted"},
		{"rejected", "export default async () => { throw new Error('later') }", 1, 36, "Error: later"},
		{"rejected in a callback", "export default async () => {\n  await null\n  return [1].map(() => null.x)\n}", 3, 29, "TypeError"},
		{"rejected with no error", "export default () => Promise.reject('plain')", 0, 0, "plain"},
		{"rejected with nothing", "export default () => Promise.reject()", 0, 0, "undefined"},
		{"getter in the result", "export default () => ({\n  data: { get x() { throw new Error('late') } }\n})", 2, 27, "Error: late"},
		{"toJSON in the result", "export default () => ({ data: { toJSON() { throw new Error('late') } } })", 1, 50, "Error: late"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := transform(t, tt.code, `{}`)
			wantFault(t, err, webhook.GuestThrow, tt.message)
			if fault := guestError(t, err); fault.Line != tt.line || fault.Column != tt.column {
				t.Errorf("place = %d:%d, want %d:%d (%v)", fault.Line, fault.Column, tt.line, tt.column, err)
			}
		})
	}
}

func TestTopLevelThatThrows(t *testing.T) {
	_, err := script.Loader{}.Load(context.Background(), webhook.GuestCode{
		Name: "t.js", Code: []byte("export default (e) => e\n\nmissing()"),
	})
	wantFault(t, err, webhook.GuestThrow, "missing is not defined")
	if got, want := err.Error(), "t.js:3:8: throw: ReferenceError: missing is not defined"; got != want {
		t.Errorf("error = %s, want %s", got, want)
	}
}

// The source map that a script names is not read, from the disk or elsewhere.
func TestSourceMapIsNotRead(t *testing.T) {
	for _, code := range []string{
		"export default (e) => e\n//# sourceMappingURL=/nowhere/at/all.map",
		"export default (e) => { (0, eval)('1\\n//# sourceMappingURL=/nowhere/at/all.map'); return e }",
		"export default (e) => { new Function('return 1\\n//# sourceMappingURL=/nowhere/at/all.map')(); return e }",
	} {
		if _, err := transform(t, code, "{}"); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}
