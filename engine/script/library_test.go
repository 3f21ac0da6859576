package script_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// standard are expressions of what the standards define, each with its value as
// JSON. Node.js agrees with every one.
var standard = []struct{ expression, want string }{
	{`btoa("hé\u0000ÿ")`, `"aOkA/w=="`},
	{`atob("aOkA/w==")`, `"hé\u0000ÿ"`},
	{`[atob(" Y Q"), atob("YQ=="), atob(""), btoa("")]`, `["a","a","",""]`},
	{`["!", "YQ=", "a", "YQ==="].map((t) => { try { return atob(t) } catch { return null } })`, `[null,null,null,null]`},
	{`(() => { try { btoa("€") } catch { return "thrown" } })()`, `"thrown"`},
	{`[...new TextEncoder().encode("é€😀\ud800")]`, `[195,169,226,130,172,240,159,152,128,239,191,189]`},
	{`[new TextEncoder().encode().length, new TextEncoder().encoding]`, `[0,"utf-8"]`},
	{`(() => { const into = new Uint8Array(4); return [new TextEncoder().encodeInto("a€é", into), [...into]] })()`, `[{"read":2,"written":4},[97,226,130,172]]`},
	{`new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 97]))`, `"a"`},
	{`new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 97])).length`, `2`},
	{`new TextDecoder().decode(new Uint8Array([97, 0xff, 0xe2, 0x82, 98, 0xf0, 0x9f, 0x98, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf0]))`, `"a��b�������"`},
	{`new TextDecoder().decode(new Uint8Array([1, 97, 98, 2]).subarray(1, 3))`, `"ab"`},
	{`new TextDecoder().decode(new DataView(new Uint8Array([97, 98]).buffer, 1))`, `"b"`},
	{`new TextDecoder().decode(new Uint16Array([0x6261]))`, `"ab"`},
	{`new TextDecoder().decode()`, `""`},
	{`["x", "UTF8", " utf-8 "].map((l) => { try { return new TextDecoder(l).encoding } catch (e) { return e.name } })`, `["RangeError","utf-8","utf-8"]`},
	{`(() => { try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { return e.name } })()`, `"TypeError"`},
	{`structuredClone({ a: [1, , "x", null, undefined], b: new Date(5), c: { d: true } })`, `{"a":[1,null,"x",null,null],"b":"1970-01-01T00:00:00.005Z","c":{"d":true}}`},
	{`(() => { const a = { n: 1 }; a.self = a; const b = structuredClone(a); b.n = 2; return [a.n, b.self === b, b !== a] })()`, `[1,true,true]`},
	{`[...structuredClone(new Map([["a", { x: 1 }]])), ...structuredClone(new Set([1, 2]))]`, `[["a",{"x":1}],1,2]`},
	{`(() => { const r = structuredClone(/a+/gi); return [r.source, r.flags] })()`, `["a+","gi"]`},
	{`(() => { const e = structuredClone(new RangeError("far")); return [e instanceof RangeError, e.message] })()`, `[true,"far"]`},
	{`(() => { const u = structuredClone(new Uint8Array([1, 2, 3]).subarray(1)); return [u.byteOffset, [...u], u.buffer.byteLength] })()`, `[1,[2,3],3]`},
	{`[typeof structuredClone(Object(1)), structuredClone(10n) === 10n, structuredClone(undefined) === undefined]`, `["object",true,true]`},
	{`[() => 1, Symbol("s"), Promise.resolve(), { f() {} }].map((v) => { try { return structuredClone(v) } catch (e) { return e.name } })`, `["DataCloneError","DataCloneError","DataCloneError","DataCloneError"]`},
	{`(() => { class A { x = 1 }; const c = structuredClone(new A()); return [c instanceof A, c] })()`, `[false,{"x":1}]`},
	{`structuredClone(JSON.parse('{"__proto__":{"x":1},"a":1}')).a`, `1`},
	{`new URL("../x?a=1#f", "https://u:p@h.example:8080/a/b/c").href`, `"https://u:p@h.example:8080/a/x?a=1#f"`},
	{`new URL("https://h.example")`, `"https://h.example/"`},
	{`(() => { try { new URL("x") } catch (e) { return e.name } })()`, `"TypeError"`},
	{`[URL.canParse("x"), URL.canParse("x", "https://h"), String(new URL("https://h/é"))]`, `[false,true,"https://h/%C3%A9"]`},
	{`(() => { const u = new URL("https://h/?a=1"); u.searchParams.append("b", "é &"); u.hash = "x"; return [u.href, u.search] })()`, `["https://h/?a=1&b=%C3%A9+%26#x","?a=1&b=%C3%A9+%26"]`},
	{`(() => { const u = new URL("https://h/?a=1"); const p = u.searchParams; u.search = "?b=2"; const one = p.get("b"); u.href = "http://g/?c=3"; p.delete("c"); return [one, p === u.searchParams, u.href] })()`, `["2",true,"http://g/"]`},
	{`(() => { const u = new URL("https://h/a"); u.protocol = "http"; u.host = "g:81"; u.pathname = "/b c"; u.port = "82"; return [u.href, u.origin, u.hostname] })()`, `["http://g:82/b%20c","http://g:82","g"]`},
	{`Object.keys(new URLSearchParams("a=1")).length`, `0`},
	{`[...new URLSearchParams("?a=1&b=2&a=3")]`, `[["a","1"],["b","2"],["a","3"]]`},
	{`(() => { const p = new URLSearchParams({ b: "2", a: 1 }); p.set("b", "x"); p.append("b", "y"); p.sort(); return [p.toString(), p.getAll("b"), p.get("z"), p.has("a"), p.size] })()`, `["a=1&b=x&b=y",["x","y"],null,true,3]`},
	{`(() => { const p = new URLSearchParams([["a", "1"], ["a", "2"], ["b", "3"]]); p.set("a", "9"); p.delete("b"); const seen = []; p.forEach((v, k) => seen.push(k + v)); return [seen, [...p.keys()], [...p.values()], [...p.entries()]] })()`, `[["a9"],["a"],["9"],[["a","9"]]]`},
	{`[new URLSearchParams(new URLSearchParams("a=%20")).toString(), new URLSearchParams("a=%ff").get("a")]`, `["a=+","�"]`},
	{`Object.prototype.toString.call(new URL("a:b")) + Object.prototype.toString.call(new URLSearchParams())`, `"[object URL][object URLSearchParams]"`},
	{`[typeof globalThis.URL, Object.keys(globalThis).includes("URL"), "href" in new URL("a:b")]`, `["function",false,true]`},
}

func TestStandardLibrary(t *testing.T) {
	for _, tt := range standard {
		if got := bodyOf(t, `export default () => ({ data: `+tt.expression+` })`, `{}`); compact(t, got) != compact(t, tt.want) {
			t.Errorf("%s = %s, want %s", tt.expression, got, tt.want)
		}
	}
}

// compact makes escapes comparable.
func compact(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestStandardLibraryAgainstNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatal("node is not installed")
		}
		t.Skip("node is not installed")
	}
	var program strings.Builder
	for _, tt := range standard {
		program.WriteString("console.log(JSON.stringify(" + tt.expression + "))\n")
	}
	cmd := exec.Command(node, "--no-warnings", "-")
	cmd.Stdin = strings.NewReader(program.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(standard) {
		t.Fatalf("node printed %d lines, want %d", len(lines), len(standard))
	}
	for i, tt := range standard {
		if compact(t, lines[i]) != compact(t, tt.want) {
			t.Errorf("node: %s = %s, want %s", tt.expression, lines[i], tt.want)
		}
	}
}

func TestDigest(t *testing.T) {
	for _, tt := range []struct{ expression, want string }{
		{`digest("md5", "abc")`, "900150983cd24fb0d6963f7d28e17f72"},
		{`digest("sha1", "abc")`, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{`digest("sha256", "abc", "hex")`, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{`digest("sha256", new TextEncoder().encode("xabc").subarray(1), "base64")`, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
		{`digest("sha256", "abc", "base64url")`, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"},
		{`digest("sha384", "é").slice(0, 8) + digest("sha512", event.bytes.buffer).slice(0, 8)`, "41a2ddb327c74670"},
		{`digest("sha1", event.body) === digest("sha1", event.bytes)`, "true"},
	} {
		if got := bodyOf(t, `export default (event) => ({ body: String(`+tt.expression+`) })`, `{}`); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.expression, got, tt.want)
		}
	}
	for expression, message := range map[string]string{
		`digest("crc32", "")`: `"crc32" is no algorithm`, `digest("md5", "", "utf8")`: `"utf8" is no encoding`, `digest("md5", { a: 1 })`: "the data is an object",
		`digest("md5")`: "the data is undefined",
	} {
		_, err := transform(t, `export default () => ({ body: `+expression+` })`, `{}`)
		wantFault(t, err, webhook.GuestThrow, message)
	}
}

// What the library throws is at the place of the script that called it.
func TestLibraryThrowsAtItsCaller(t *testing.T) {
	for code, column := range map[string]int{
		"export default () => {\n  new URL('no url')\n}":                       3,
		"export default () => {\n  return structuredClone(() => 1)\n}":         25,
		"export default () => {\n  return new TextDecoder().decode('text')\n}": 34,
		"export default () => {\n  return { data: digest('md4', '') }\n}":      24,
		"export default () => {\n  new URLSearchParams([['a', 'b', 'c']])\n}":  3,
	} {
		_, err := transform(t, code, `{}`)
		if fault := guestError(t, err); fault.Kind != webhook.GuestThrow || fault.Line != 2 || fault.Column != column {
			t.Errorf("%s: error = %v, want one thrown at 2:%d", code, err, column)
		}
	}
}

// A copy of what came from JSON keeps its text, as what it was made from does.
func TestCloneKeepsText(t *testing.T) {
	code := `export default (event) => { const copy = structuredClone(event.data); copy.a.push(1); return { data: [event.data, copy] } }`
	if got, want := bodyOf(t, code, `{"n":1.0, "a":[ 1e2 ]}`), `[{"n":1.0, "a":[ 1e2 ]},{"n":1.0,"a":[1e2,1]}]`; got != want {
		t.Errorf("body = %s, want %s", got, want)
	}
}

// Nothing reaches outside, and nobody waits.
func TestNothingReachesOutside(t *testing.T) {
	for _, name := range []string{
		"fetch", "XMLHttpRequest", "WebSocket", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "process",
		"require", "module", "exports", "Buffer", "Deno", "Bun", "navigator", "location", "importScripts", "Worker", "WebAssembly",
		"performance", "crypto",
	} {
		if got := bodyOf(t, `export default () => ({ body: typeof `+name+` })`, `{}`); got != "undefined" {
			t.Errorf("typeof %s = %s, want undefined", name, got)
		}
	}
}
