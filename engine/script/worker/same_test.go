package worker

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/bundle"
	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// both load a script in this process and in a worker.
func both(t *testing.T, workers *Loader, bundler script.Bundler, code webhook.GuestCode) (here, there webhook.Guest) {
	t.Helper()
	here, wantErr := script.Loader{Bundler: bundler}.Load(t.Context(), code)
	there, err := workers.Load(t.Context(), code)
	if !reflect.DeepEqual(err, wantErr) {
		t.Fatalf("%s: Load = %#v, want %#v", code.Name, err, wantErr)
	}
	if err != nil {
		return nil, nil
	}
	t.Cleanup(func() {
		if err := there.Close(t.Context()); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	if there.Name() != here.Name() || there.Hash() != here.Hash() || !slices.Equal(there.Hooks(), here.Hooks()) {
		t.Errorf("the guest is %s, %s, %v, want %s, %s, %v", there.Name(), there.Hash(), there.Hooks(), here.Name(), here.Hash(), here.Hooks())
	}
	return here, there
}

// What a transform gives, says and complains of is the same in a worker.
func TestTransformsAreTheSame(t *testing.T) {
	workers := newLoader(1)
	for _, code := range []string{
		`export default (event) => event`,
		`export default () => null`,
		`export default (event) => [event, { data: event.data.list, type: "a.b" }, { body: event.bytes, contentType: "x/y", headers: { "X-A": ["1", "2"] } }]`,
		`export default (event, context) => ({ data: [event, context, new Date(), Math.random(), new Date(2024, 1, 1).getTimezoneOffset()] })`,
		`export default (event) => { console.log("a", event.data); console.error("b\n\u{1f600}"); return { data: 1 } }`,
		`export default () => { for (let i = 0; i < 200; i++) console.debug(i); return null }`,
		"export default (event) => {\n  throw new RangeError('é\\ud800' + event.data.list[0])\n}",
		"export default (event) => {\n  return event.data.none.x\n}",
		`export default () => undefined`,
		`export default () => ({ body: "x".repeat(5e6) })`,
		`export default () => ({ body: "x".repeat(7e7) })`,
		`export default () => { const f = () => f() + 1; return f() }`,
		`export default () => ({ data: 1, headers: { "webhook-id": "x" } })`,
		`export default () => new Promise(() => {})`,
		`export default async () => { throw "rejected" }`,
		`export default () => ({ body: new URL("../b?c=d#e", "https://a.example/x/y").href + digest("sha256", "x") + btoa("y") })`,
		`function handler(webhook) { webhook.payload.more = true; return webhook }`,
		`addHandler("transform", (request, context) => { request.headers["x-b"] = "c"; request.body.n = 1; return request })`,
		`function transform(payload) { return { ...payload, seen: true } }`,
		`export default (`,
		`const nothing = 1`,
		`throw new Error("at the top"); function transform() {}`,
		"import { x } from './x.js'\nexport default () => x",
	} {
		here, there := both(t, workers, nil, webhook.GuestCode{Name: "t.js", Code: []byte(code), Limits: roomy})
		if here == nil {
			continue
		}
		wantLog, want, wantErr := transform(t, here)
		gotLog, got, err := transform(t, there)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) || !slices.Equal(gotLog, wantLog) {
			t.Errorf("%s\ngave %.300q, %#v, %q\nwant %.300q, %#v, %q", code, got, err, gotLog, want, wantErr, wantLog)
		}
	}
}

func transform(t *testing.T, g webhook.Guest) (log []string, outputs []webhook.Output, err error) {
	outputs, err = g.Transform(t.Context(), event(`{"list":[1.0,"a\u00e9"],"n":12345678901234567890}`), webhook.TransformContext{
		Subscription: "to-crm", Endpoint: "crm", Settings: map[string]string{"team": "north"},
		Log: func(level, line string) { log = append(log, level+" "+line) },
	})
	return log, outputs, err
}

// Errors in TypeScript and in imported files name the same places.
func TestBundlesAreTheSame(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("lib.ts", "export function fail(n: number): never {\n  const x: string = `${n}`\n  throw new Error(x)\n}\n")
	bundler := bundle.Bundler{Dir: dir}
	workers := NewLoader(Config{Args: []string{asWorker}, Workers: 1, Bundler: bundler})
	if got, want := workers.Extensions(), []string{".js", ".ts", ".mjs"}; !slices.Equal(got, want) {
		t.Errorf("Extensions = %v, want %v", got, want)
	}
	for name, text := range map[string]string{
		"a.ts": "import { fail } from './lib.ts'\ntype Event = { data: any }\nexport default (event: Event) => {\n  fail(event.data.list.length)\n}\n",
		"b.js": "import { fail } from './lib.ts'\n\nexport default () => fail(1)\n",
		"c.ts": "export default (event: unknown) => ({ data: 1 as number })\n",
		"d.ts": "export default (event: unknown => 1\n",
		"e.js": "import x from './none.js'\nexport default () => x\n",
		"f.ts": "export const x = 1\n",
	} {
		here, there := both(t, workers, bundler, webhook.GuestCode{Name: name, Code: []byte(text), Limits: roomy})
		if here == nil {
			continue
		}
		_, want, wantErr := transform(t, here)
		_, got, err := transform(t, there)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) {
			t.Errorf("%s gave %q, %v, want %q, %v", name, got, err, want, wantErr)
		}
	}
}

// The rules that there are claim the same, over every vector of their providers.
func TestClaimsAreTheSame(t *testing.T) {
	rules, err := filepath.Glob("../../../plugins/*/rule.js")
	twins, twinErr := filepath.Glob("../../../testdata/packs/*-js/rule.js")
	if err != nil || twinErr != nil || len(rules) < 4 || len(twins) < 5 {
		t.Fatalf("rules %v, %v and %v, %v, want four and five at least", rules, err, twins, twinErr)
	}
	workers := newLoader(1)
	load(t, workers, "kept.js", `export default () => null`, roomy)
	for _, rule := range append(rules, twins...) {
		provider := strings.TrimSuffix(filepath.Base(filepath.Dir(rule)), "-js")
		t.Run(provider, func(t *testing.T) {
			code, err := os.ReadFile(rule)
			if err != nil {
				t.Fatal(err)
			}
			here, there := both(t, workers, nil, webhook.GuestCode{Name: rule, Code: code, Limits: roomy})
			for _, v := range vectorsOf(t, provider) {
				want, wantErr := here.Claim(t.Context(), v.HTTP(), v.Settings)
				got, err := there.Claim(t.Context(), v.HTTP(), v.Settings)
				if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(err, wantErr) {
					t.Fatalf("%s: Claim = %#v, %v, want %#v, %v", v.Name, got, err, want, wantErr)
				}
			}
		})
	}
}

func vectorsOf(t testing.TB, provider string) []catalog.Vector {
	t.Helper()
	pack, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{Loaders: []webhook.GuestLoader{script.Loader{}}})
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := pack.Vectors()
	if err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	return vectors
}

// The transforms that ship pass their tests.
func TestScriptsPassTheirTests(t *testing.T) {
	suites, err := filepath.Glob("../../../scripts/*" + scripttest.Suffix)
	if err != nil || len(suites) < 5 {
		t.Fatalf("tests = %v, %v, want those of five scripts", suites, err)
	}
	workers := newLoader(1)
	load(t, workers, "kept.js", `export default () => null`, roomy)
	for _, file := range suites {
		suite, err := scripttest.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		results, err := suite.Run(t.Context(), workers)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, r := range results {
			if r.Fault != "" {
				t.Errorf("%s: %s: %s", file, r.Name, r.Fault)
			}
		}
	}
}

// What a message of a claim leaves out of a [webhook.Claim] is known: of a
// challenge what scripts have no word for.
func TestClaimedMessageIsAClaim(t *testing.T) {
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[webhook.Claim](), reflect.TypeFor[claimedMessage]()},
		{reflect.TypeFor[webhook.Challenge](), reflect.TypeFor[challengeMessage]()},
	} {
		for i := range pair[0].NumField() {
			name := pair[0].Field(i).Name
			if _, ok := pair[1].FieldByName(name); !ok && !slices.Contains([]string{"Header", "Keep", "Confirm"}, name) {
				t.Errorf("%s has no field %s, which %s has", pair[1], name, pair[0])
			}
		}
	}
}
