package script_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	readsAll = `
function walk(v) {
  if (v === null || typeof v !== "object") return String(v).length
  let n = 0
  for (const k of Object.keys(v)) n += walk(v[k])
  return n
}
export default (event) => { walk(event.data); return event }`
	wraps = `export default (event) => ({ data: { inner: event.data } })`
	adds  = `export default (event) => { event.data["added member"] = [1, "x", null]; return event }`
)

func TestUntouchedIsByteIdentical(t *testing.T) {
	for _, body := range []string{
		`{"b":1,"2":2}`, `{"2":1,"1":2,"a":3,"0":4}`, `{"a":1,"a":2}`, `{"a":{"x":1},"b":0,"a":{"x":2}}`,
		`{"__proto__":1}`, `{"__proto__":{"x":1},"constructor":2,"toString":3,"toJSON":4}`,
		`[1.0,1e2,12345678901234567890,-0,0.1e-7,1E400,-1e400,123456789012345,1234567890123456]`,
		`["\u00e9","é","\/","\ud83d\ude00","\ud800","\udc00\ud800","\u0000"]`,
		`{"\u00e9":1,"\ud800":2,"\ud801":3,"é":4}`,
		" {\r\n\t\"a\" : [ 1 , 2 ] \n} \n", `{}`, `[]`, ` 1.50 `, `"\u0041"`, `null`, `true`,
		`{"a":` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `}`, "{\"\xff\":\"\xfe\"}", "\xef\xbb\xbf{}", "no json",
	} {
		for _, code := range []string{`export default (event) => event`, `export default (event) => ({ ...event })`, readsAll} {
			if got := bodyOf(t, code, body); got != body {
				t.Errorf("%s: %q became %q", code, body, got)
			}
		}
	}
}

func TestTouchingOneMemberLeavesTheOthers(t *testing.T) {
	for _, tt := range []struct{ name, code, body, want string }{
		{"set", `e.data.b = 2`, `{"a":1.0, "b":1, "c":"\u00e9" }`, `{"a":1.0,"b":2,"c":"\u00e9"}`},
		{"set to the same", `e.data.b = 1`, `{"a":1.0, "b":1 }`, `{"a":1.0, "b":1 }`},
		{"negative zero", `e.data.b = -0`, `{"a":1.0, "b":0 }`, `{"a":1.0,"b":0}`},
		{"inner", `e.data.a.x = 2`, `{"a":{"x":1, "y":1e2}, "b": [ 1.0 ]}`, `{"a":{"x":2,"y":1e2},"b":[ 1.0 ]}`},
		{"add", `e.data.z = "é"`, `{"2":1,"a":2.0,"1":3}`, `{"2":1,"a":2.0,"1":3,"z":"é"}`},
		{"add an integer", `e.data[0] = 1`, `{"2":1,"a":2.0}`, `{"2":1,"a":2.0,"0":1}`},
		{"delete", `delete e.data.a`, `{"2":1,"a":2.0, "\u0062":3}`, `{"2":1,"\u0062":3}`},
		{"delete all", `delete e.data.a`, `{"a":2.0 }`, `{}`},
		{"delete and set again", `delete e.data.a; e.data.a = 2`, `{"a":2.0, "b":1}`, `{"a":2.0,"b":1}`},
		{"undefined", `e.data.a = undefined`, `{"a":1,"b":2.0 }`, `{"b":2.0}`},
		{"function first", `e.data.a = () => 1; e.data.c = 1`, `{"a":1,"b":2.0 }`, `{"b":2.0,"c":1}`},
		{"twice in the source", `e.data.b = 2`, `{"a":1,"b":1,"a":2.0}`, `{"a":1,"b":2,"a":2.0}`},
		{"thrice in the source", `e.data.b = 2`, `{"a":1.0,"b":1,"\u0061":[ 1 ],"a":{"x": 2.0}}`, `{"a":1.0,"b":2,"\u0061":[ 1 ],"a":{"x": 2.0}}`},
		{"within the double", `e.data.a.x = 3`, `{"a":1,"b":1,"a":{"x":2.0}}`, `{"a":{"x":3},"b":1}`},
		{"without the double", `delete e.data.a`, `{"a":1,"b":1.0,"a":2.0}`, `{"b":1.0}`},
		{"the double itself", `e.data.a = 3`, `{"a":1,"b":1,"a":2.0}`, `{"a":3,"b":1}`},
		{"push", `e.data.push(4)`, `[1.0, {"a" : 1e0}]`, `[1.0,{"a" : 1e0},4]`},
		{"shift", `e.data.shift()`, `["x", {"a" : 1e0}]`, `[{"a" : 1e0}]`},
		{"hole", `delete e.data[0]`, `[1, 2.0]`, `[null,2.0]`},
		{"longer", `e.data.length = 3`, `[1, 2.0]`, `[1,2.0,null]`},
		{"replaced container", `e.data.a = { x: 1 }`, `{"a":{"x":1.0} }`, `{"a":{"x":1}}`},
		{"moved container", `e.data = { z: e.data.a }`, `{"a":{"x":1.0, "y": 2} }`, `{"z":{"x":1.0, "y": 2}}`},
		{"moved twice", `e.data = [e.data.a, e.data.a]`, `{"a":[ 1.0 ]}`, `[[ 1.0 ],[ 1.0 ]]`},
		{"wrapped", `e.data = { data: e.data }`, ` {"a": 1.0 } `, `{"data":{"a": 1.0 }}`},
		{"proto", `e.data.a = 2`, `{"__proto__":{"x":1.0}, "a":1}`, `{"__proto__":{"x":1.0},"a":2}`},
		{"getter", `Object.defineProperty(e.data, "a", { get: () => 7, enumerable: true })`, `{"a":1.0, "b":1.0}`, `{"a":7,"b":1.0}`},
		{"hidden", `Object.defineProperty(e.data, "a", { enumerable: false })`, `{"a":1.0, "b":1.0}`, `{"b":1.0}`},
		{"toJSON", `e.data.a = { toJSON: (k) => k + "!" }; e.data.d = new Date(0)`, `{"a":1.0}`, `{"a":"a!","d":"1970-01-01T00:00:00.000Z"}`},
		{"boxed", `e.data.a = [new Number(1), new String("x"), new Boolean(false), Object(Symbol())]`, `{"a":1.0}`, `{"a":[1,"x",false,{}]}`},
		{"no numbers", `e.data.a = [NaN, Infinity, undefined, () => 1, Symbol()]`, `{"a":1.0}`, `{"a":[null,null,null,null,null]}`},
		{"text", `e.data.a = "\u0000\n\"\\\u2028\ud800" + "\ud83d" + "\ude00" + "é"`, `{"a":1.0}`, `{"a":"\u0000\n\"\\` + "\u2028" + `\ud800` + "😀" + `é"}`},
		{"surrogate read back", `e.data.b = e.data.a`, `{"a":"x\ud800"}`, `{"a":"x\ud800","b":"x\ud800"}`},
		{"proxy", `e.data = new Proxy(e.data, {})`, `{"a":[1.0 ]}`, `{"a":[1.0 ]}`},
		{"proxy of an array", `e.data = new Proxy(e.data, {})`, `[[1.0 ]]`, `[[1.0 ]]`},
		{"typed array", `e.data = new Uint8Array([1, 2])`, `0`, `{"0":1,"1":2}`},
		{"map", `e.data = new Map([[1, 2]])`, `0`, `{}`},
		{"parsed by the script", `const d = JSON.parse(e.body); d.b = 2; e.data = d`, `{"a":1.0, "b":1}`, `{"a":1.0,"b":2}`},
		{"parsed with a reviver", `e.data = JSON.parse(e.body, (k, v) => k === "a" ? v + 1 : v)`, `{"a":1.0}`, `{"a":2}`},
		{"number forms", `e.data = [1e21, 1e-7, 0.1 + 0.2, -1.5, 123456789012345680000, 5e-324]`, `0`, `[1e+21,1e-7,0.30000000000000004,-1.5,123456789012345680000,5e-324]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := bodyOf(t, `export default (e) => { `+tt.code+`; return e }`, tt.body); got != tt.want {
				t.Errorf("%s of %s = %s, want %s", tt.code, tt.body, got, tt.want)
			}
		})
	}
}

func TestNumbersBehaveAsNumbers(t *testing.T) {
	code := `export default (e) => ({ data: e.data.map((n) => [typeof n, n + 1, Object.is(n, -0)]) })`
	got := bodyOf(t, code, `[1.0,1e2,-0,0.5,-3,999999999999999,9007199254740993]`)
	want := `[["number",2,false],["number",101,false],["number",1,true],["number",1.5,false],["number",-2,false],["number",1000000000000000,false],["number",9007199254740992,false]]`
	if got != want {
		t.Errorf("numbers = %s, want %s", got, want)
	}
}

func TestJSONParseThrowsSyntaxError(t *testing.T) {
	code := `export default (e) => { try { JSON.parse(e.body) } catch (x) { return { body: String(x instanceof SyntaxError) } } }`
	if got := bodyOf(t, code, `{"a":`); got != "true" {
		t.Errorf("JSON.parse threw another error than SyntaxError")
	}
}

// Random texts: read to the last value and handed back, they are the same
// bytes; wrapped, they stand in their wrapper byte for byte; with a member more,
// every other member has the text that it came with.
func TestLosslessProperty(t *testing.T) {
	identity, wrap, add := load(t, readsAll, roomy), load(t, wraps, roomy), load(t, adds, roomy)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		value := randomValue(rng, 4)
		body := space(rng) + value + space(rng)
		if got := run(t, identity, body); got != body {
			t.Fatalf("untouched: %q became %q", body, got)
		}
		// A number or string that is put elsewhere is the script's own.
		moved := strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[")
		if got, want := run(t, wrap, body), `{"inner":`+value+`}`; moved && got != want {
			t.Fatalf("wrapped: %q became %q", body, got)
		}
		names, values := randomMembers(rng, 4)
		var members []string
		for i := range names {
			members = append(members, names[i]+":"+values[i])
		}
		loose := "{" + space(rng) + strings.Join(members, space(rng)+","+space(rng)) + "}"
		want := "{" + strings.Join(append(members, `"added member":[1,"x",null]`), ",") + "}"
		if got := run(t, add, loose); got != want {
			t.Fatalf("with a member more: %q became %q, want %q", loose, got, want)
		}
	}
}

func run(t testing.TB, g webhook.Guest, body string) string {
	t.Helper()
	outputs, err := g.Transform(t.Context(), event(body), webhook.TransformContext{})
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return string(outputs[0].Body)
}

func space(rng *rand.Rand) string {
	return []string{"", "", "", " ", "\n", "\t\r\n  "}[rng.IntN(6)]
}

func randomText(rng *rand.Rand) string {
	pieces := []string{"a", "Z", "0", " ", "é", "😀", `\u00e9`, `\ud800`, `\udfff`, `\ud83d\ude00`, `\n`, `\"`, `\\`, `\/`, "\u2028", `\u0000`}
	var b strings.Builder
	for range rng.IntN(5) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

func randomNumber(rng *rand.Rand) string {
	switch rng.IntN(5) {
	case 0:
		return fmt.Sprint(rng.IntN(1000))
	case 1:
		return fmt.Sprintf("-%d.%d0", rng.IntN(100), rng.IntN(100))
	case 2:
		return fmt.Sprintf("%de%d", rng.IntN(10), rng.IntN(500)-250)
	case 3:
		return fmt.Sprintf("%d%d", rng.Uint64()|1<<63, rng.Uint32())
	default:
		return "-0"
	}
}

// randomMembers gives names that differ for a script too.
func randomMembers(rng *rand.Rand, depth int) (names, values []string) {
	for i := range rng.IntN(5) {
		name := fmt.Sprintf("%q", fmt.Sprint(rng.IntN(3)*100+i))
		if rng.IntN(2) == 0 {
			name = fmt.Sprintf(`"%s%d"`, randomText(rng), i)
		}
		names, values = append(names, name), append(values, randomValue(rng, depth-1))
	}
	return names, values
}

func randomValue(rng *rand.Rand, depth int) string {
	kinds := 6
	if depth <= 0 {
		kinds = 4
	}
	switch rng.IntN(kinds) {
	case 0:
		return []string{"true", "false", "null"}[rng.IntN(3)]
	case 1, 2:
		return randomNumber(rng)
	case 3:
		return `"` + randomText(rng) + `"`
	case 4:
		var items []string
		for range rng.IntN(4) {
			items = append(items, space(rng)+randomValue(rng, depth-1))
		}
		return "[" + strings.Join(items, space(rng)+",") + space(rng) + "]"
	default:
		names, values := randomMembers(rng, depth)
		var members []string
		for i := range names {
			members = append(members, names[i]+space(rng)+":"+space(rng)+values[i])
		}
		if len(members) > 0 && rng.IntN(4) == 0 {
			members = append(members, members[0])
		}
		return "{" + space(rng) + strings.Join(members, ","+space(rng)) + "}"
	}
}

// Whatever the body, a transform that reads all of it and hands it back hands
// back the same bytes, and one that wraps it makes JSON.
func FuzzIdentity(f *testing.F) {
	for _, seed := range []string{`{"b":1,"2":2}`, `[1.0,"\ud800",{"a":{},"a":[]}]`, `"x"`, ` 1 `, `{`, "\xff", `{"__proto__":{"toJSON":1}}`} {
		f.Add([]byte(seed))
	}
	identity, wrap := load(f, readsAll, roomy), load(f, `export default (event) => ({ data: [event.data, event.data] })`, roomy)
	f.Fuzz(func(t *testing.T, body []byte) {
		ev := event(string(body))
		outputs, err := identity.Transform(t.Context(), ev, webhook.TransformContext{})
		if err != nil {
			wantFault(t, err, webhook.GuestThrow, "nested deeper")
			return
		}
		if got := outputs[0].Body; string(got) != string(body) {
			t.Errorf("%q became %q", body, got)
		}
		outputs, err = wrap.Transform(t.Context(), ev, webhook.TransformContext{})
		if err != nil {
			wantFault(t, err, webhook.GuestABI, "nested deeper")
			return
		}
		if !json.Valid(outputs[0].Body) {
			t.Errorf("%q wrapped is no JSON: %q", body, outputs[0].Body)
		}
	})
}
