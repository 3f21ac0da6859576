package bundle_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/bundle"
	"github.com/hookseal/hookseal/engine/webhook"
)

// folder writes files and returns where they are.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads one of the files.
func load(t *testing.T, dir, name string) (webhook.Guest, error) {
	t.Helper()
	code, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return script.Loader{Bundler: bundle.Bundler{Dir: dir}}.Load(t.Context(), webhook.GuestCode{
		Name: name, Code: code, Limits: webhook.GuestLimits{Time: 5 * time.Second},
	})
}

func transform(t *testing.T, g webhook.Guest, body string) (string, error) {
	t.Helper()
	outputs, err := g.Transform(t.Context(), &webhook.Event{
		ID: "evt_1", Type: "made", Time: time.Unix(0, 0), Body: []byte(body),
		Header: http.Header{"Content-Type": {"application/json"}},
	}, webhook.TransformContext{})
	if err != nil || len(outputs) == 0 {
		return "", err
	}
	return string(outputs[0].Body), nil
}

func run(t *testing.T, dir, name, body string) string {
	t.Helper()
	g, err := load(t, dir, name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := transform(t, g, body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const typed = `
import { shout, type Shouted } from "./lib/text"
import names from "./names.json"

interface Body { name: string; n: number }
enum Mood { Calm, Loud = 7 }

export default function transform(event: { data: Body }): unknown {
  const said: Shouted = shout(event.data.name satisfies string)
  event.data.name = said + names.end + Mood.Loud
  return event
}
`

func TestBundle(t *testing.T) {
	dir := folder(t, map[string]string{
		"a/main.ts":         typed,
		"a/names.json":      `{"end":"!"}`,
		"a/lib/text.ts":     "import { up } from '../../b/up.js'\nexport type Shouted = string\nexport const shout = (s: string): Shouted => up(s)\nfunction transform() {}\ntransform()",
		"b/up.js":           "export function up(s) { return s.toUpperCase() }",
		"b/plain.js":        "import { up } from './up.js'\nexport const transform = (event) => ({ data: up(event.type) })\nexport function claim() {}",
		"b/svix.ts":         "function handler(webhook: any): any { webhook.payload.t = 1 as number; return webhook }",
		"b/convoy.ts":       "function transform(payload: any) { return [payload] }",
		"b/hookdeck.ts":     "declare const addHandler: any\naddHandler('transform', (request: any) => { request.body.h = true; return request })",
		"b/module.mjs":      "export default (event) => event",
		"b/inline.mjs":      "export { default } from './module.mjs'",
		"b/claim-and-ts.ts": "const f = (e: unknown) => e\nexport { f as default }",
	})
	for _, tt := range []struct{ name, body, want string }{
		{"a/main.ts", `{"name":"ada", "n": 1.0}`, `{"name":"ADA!7","n":1.0}`},
		{"b/plain.js", `{}`, `"MADE"`},
		{"b/svix.ts", `{"a":1.0}`, `{"a":1.0,"t":1}`},
		{"b/convoy.ts", `{"a": 1.0}`, `[{"a": 1.0}]`},
		{"b/hookdeck.ts", `{"a":1e2}`, `{"a":1e2,"h":true}`},
		{"b/module.mjs", `{ "a":1e2}`, `{ "a":1e2}`},
		{"b/inline.mjs", `{ "a":1e2}`, `{ "a":1e2}`},
		{"b/claim-and-ts.ts", `[ 1.0 ]`, `[ 1.0 ]`},
	} {
		if got := run(t, dir, tt.name, tt.body); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.name, got, tt.want)
		}
	}
	g, err := load(t, dir, "b/plain.js")
	if err != nil {
		t.Fatal(err)
	}
	if got := g.Hooks(); !slices.Contains(got, webhook.HookClaim) || !slices.Contains(got, webhook.HookTransform) {
		t.Errorf("Hooks = %v, want both", got)
	}
}

func TestFilesAndHash(t *testing.T) {
	dir := folder(t, map[string]string{
		"main.js":    "import { n } from './lib/n.js'\nexport default () => ({ data: n })",
		"lib/n.js":   "export const n = 1",
		"lib/odd.js": "export const odd = 1",
	})
	made, err := bundle.Bundler{Dir: dir}.Bundle(webhook.GuestCode{Name: "main.js", Code: read(t, dir, "main.js")})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{filepath.Join(dir, "lib", "n.js")}; !slices.Equal(made.Files, want) {
		t.Errorf("Files = %v, want %v", made.Files, want)
	}
	one := hash(t, dir)
	if again := hash(t, dir); again != one {
		t.Errorf("hash = %s, then %s, want the same", one, again)
	}
	if err := os.WriteFile(filepath.Join(dir, "lib", "n.js"), []byte("export const n = 2"), 0o644); err != nil {
		t.Fatal(err)
	}
	if other := hash(t, dir); other == one {
		t.Error("the hash stayed although an imported file changed")
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	code, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func hash(t *testing.T, dir string) string {
	t.Helper()
	g, err := load(t, dir, "main.js")
	if err != nil {
		t.Fatal(err)
	}
	return g.Hash()
}

// Faults name the file, the line and the column that their author wrote.
func TestPlaces(t *testing.T) {
	dir := folder(t, map[string]string{
		"s/throws.ts":     "// é\ninterface Wide {\n  a: string\n}\n\nexport default (event: { data: Wide }) => {\n  const x = event.data as any\n  return 'é' + x.b.c\n}",
		"s/deep.ts":       "import { fail } from './lib/fail'\nexport default (event: any) => fail(event)",
		"s/lib/fail.ts":   "type T = string\n\nexport function fail(x: unknown): never {\n  throw new Error('no ' + typeof x)\n}",
		"s/toplevel.ts":   "const n: number = 1\n\nmissing(n)\nexport default (e: any) => e",
		"s/syntax.ts":     "export default (e: any) => {\n  const é = = 1\n}",
		"s/insyntax.ts":   "import './lib/broken'\nexport default (e: any) => e",
		"s/lib/broken.ts": "let a: number\nlet b = }",
		"s/package.ts":    "import _ from 'lodash'\nexport default (e: any) => _",
		"s/absolute.js":   "import x from '/etc/hosts'\nexport default (e) => x",
		"s/remote.js":     "import x from 'https://x.example/y.js'\nexport default (e) => x",
		"s/node.js":       "import fs from 'node:fs'\nexport default (e) => fs",
		"s/nowhere.ts":    "\nimport x from './nowhere-at-all'\nexport default (e: any) => x",
		"s/await.ts":      "const x = await 1\nexport default (e: any) => x",
		"s/neither.ts":    "export const x: number = 1",
		"s/helper.ts":     "import { x } from './lib/gone'\nexport default (e: any) => x",
		"s/lib/gone.ts":   "export const y = 1",
		"s/leaves.js":     "import x from '../../other/x.json'\nexport default (e) => x",
		"s/winds.js":      "import x from './lib/../../../x.json'\nexport default (e) => x",
		"s/deeper.js":     "import './lib/leaves'\nexport default (e) => e",
		"s/lib/leaves.js": "import x from '../../../x.json'\nexport default x",
	})
	for _, tt := range []struct{ name, want string }{
		{"s/throws.ts", "s/throws.ts:8:20: throw: TypeError: Cannot read property 'c' of undefined"},
		{"s/deep.ts", "s/lib/fail.ts:4:9: throw: Error: no object"},
		{"s/toplevel.ts", "s/toplevel.ts:3:1: throw: ReferenceError: missing is not defined"},
		{"s/syntax.ts", `s/syntax.ts:2:13: compile: Unexpected "="`},
		{"s/insyntax.ts", `s/lib/broken.ts:2:9: compile: Unexpected "}"`},
		{"s/package.ts", `s/package.ts:1:15: compile: "lodash" cannot be imported: a script imports files, by paths that begin with ./ or ../`},
		{"s/absolute.js", `s/absolute.js:1:15: compile: "/etc/hosts" cannot be imported`},
		{"s/remote.js", `s/remote.js:1:15: compile: "https://x.example/y.js" cannot be imported`},
		{"s/node.js", `s/node.js:1:16: compile: "node:fs" cannot be imported`},
		{"s/nowhere.ts", `s/nowhere.ts:2:15: compile: Could not resolve "./nowhere-at-all"`},
		{"s/await.ts", `s/await.ts:1:11: compile: Top-level await is not available`},
		{"s/neither.ts", "s/neither.ts: compile: the script exports neither transform nor claim"},
		{"s/helper.ts", `s/helper.ts:1:10: compile: No matching export in "lib/gone.ts" for import "x"`},
		{"s/leaves.js", `s/leaves.js:1:15: compile: "../../other/x.json" cannot be imported: it leads out of `},
		{"s/winds.js", `s/winds.js:1:15: compile: "./lib/../../../x.json" cannot be imported: it leads out of `},
		{"s/deeper.js", `s/lib/leaves.js:1:15: compile: "../../../x.json" cannot be imported: it leads out of `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := load(t, dir, tt.name)
			if err == nil {
				_, err = transform(t, g, `{}`)
			}
			var fault *webhook.GuestError
			if !errors.As(err, &fault) {
				t.Fatalf("error = %v, want a GuestError", err)
			}
			if !strings.HasPrefix(err.Error(), tt.want) || fault.Guest != tt.name {
				t.Errorf("error of %s = %s, want %s", fault.Guest, err, tt.want)
			}
		})
	}
}

// What esbuild leaves as it is, the interpreter runs.
func TestSyntax(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ code, want string }{
		{"class A { #x = 1; static y = 2; get x() { return this.#x } static { A.z = 3 } }; return [new A().x, A.y, A.z]", "[1,2,3]"},
		{"let a: any = null; a ??= 1; a ||= 2; a &&= 3; return [a, event?.data?.x ?? 4]", "[3,4]"},
		{"const { a, ...rest } = { a: 1, b: 2 }; return { ...rest, c: [...[1]] }", `{"b":2,"c":[1]}`},
		{"return [2 ** 10, 1_000, Number(10n ** 3n)]", "[1024,1000,1000]"},
		{"try { throw 1 } catch { return [1] }", "[1]"},
		{"function* g() { yield 1; yield* [2] }; return [...g()]", "[1,2]"},
		{"return 'x-y'.replaceAll('-', '+') + `${'a'.padEnd(2)}` + 'aXa'.match(/(?<n>X)/)!.groups!.n", `"x+ya X"`},
		{"return [[1, [2]].flat(2), Object.fromEntries([['a', 1]]), [1, 2].at(-1)]", `[[1,2],{"a":1},2]`},
		{"return /(?<=a)b/s.test('ab')", "true"},
		{"label: for (const x of [1, 2]) { continue label }; return new.target === undefined", "true"},
		{"return [3, 1, 2].sort((a, b) => a - b).findLast((x) => x < 3) ?? 0", "2"},
	} {
		code := "export default async function (event: any) {\n  return { data: f(event) }\n}\nfunction f(event: any): any {\n" + tt.code + "\n}"
		if err := os.WriteFile(filepath.Join(dir, "f.ts"), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := run(t, dir, "f.ts", `{}`); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.code, got, tt.want)
		}
	}
	const lowered = `export default async () => { const out: number[] = []; async function* g() { yield 1; yield 2 }; for await (const x of g()) out.push(x); return { data: out } }`
	if err := os.WriteFile(filepath.Join(dir, "f.ts"), []byte(lowered), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(t, dir, "f.ts", `{}`); got != "[1,2]" {
		t.Errorf("an async generator = %s, want [1,2]", got)
	}
}

// A Loader without a Bundler says what it does not take.
func TestWithoutABundler(t *testing.T) {
	_, err := script.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "t.js", Code: []byte("import x from './x.js'\nexport default x")})
	if want := "t.js:1:1: compile: import is not supported: a script is one file"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
	if got, want := (script.Loader{}).Extensions(), []string{".js"}; !slices.Equal(got, want) {
		t.Errorf("Extensions = %v, want %v", got, want)
	}
	if got, want := (script.Loader{Bundler: bundle.Bundler{}}).Extensions(), []string{".js", ".ts", ".mjs"}; !slices.Equal(got, want) {
		t.Errorf("Extensions = %v, want %v", got, want)
	}
}
