package script_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestEventShape(t *testing.T) {
	for _, tt := range []struct{ expression, want string }{
		{`Object.keys(event).join()`, "id,type,source,provider,time,headers,contentType,body,data"},
		{`event.id`, "evt_1"},
		{`event.type`, "document.signed"},
		{`event.source`, "contracts"},
		{`event.provider`, "chaindoc"},
		{`event.time`, "2024-12-04T10:30:00.005Z"},
		{`event.contentType`, "application/json"},
		{`event.headers["x-trace"]`, "a, b"},
		{`Object.keys(event.headers).join()`, "content-type,host,x-trace"},
		{`event.body`, `{"n":1}`},
		{`String(event.bytes.length)`, "7"},
		{`event.bytes.constructor.name`, "Uint8Array"},
		{`String(event.data.n + 1)`, "2"},
		{`String(event.data === event.data)`, "true"},
		{`JSON.stringify(context)`, `{"subscription":"to-crm","endpoint":"crm","settings":{"team":"north"}}`},
		{`String("data" in event) + ("nope" in event) + event.hasOwnProperty("id")`, "truefalsetrue"},
		{`String(delete event.data) + event.data`, "trueundefined"},
		{`new Date().toISOString()`, "2024-12-04T10:30:00.005Z"},
		{`String(Math.random() === Math.random())`, "false"},
	} {
		code := `export default (event, context) => ({ body: ` + tt.expression + ` })`
		if got := bodyOf(t, code, `{"n":1}`); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.expression, got, tt.want)
		}
	}
}

func TestRandomnessIsTheEvents(t *testing.T) {
	code := `export default () => ({ body: [Math.random(), Math.random()].join() })`
	if a, b := bodyOf(t, code, "1"), bodyOf(t, code, "2"); a != b {
		t.Errorf("Math.random of the same event = %s and %s, want the same", a, b)
	}
}

func TestBodyThatIsNotText(t *testing.T) {
	code := `export default (event) => ({ body: [event.body, event.data, event.bytes[0]].map(String).join() })`
	if got := bodyOf(t, code, "\xff\x00"); got != "undefined,undefined,255" {
		t.Errorf("binary body seen as %s", got)
	}
	for _, code := range []string{
		`export default (event) => event`,
		`export default (event) => ({ body: event.bytes })`,
		`export default (event) => ({ body: event.bytes.buffer })`,
		`export default (event) => ({ ...event })`,
	} {
		if got := bodyOf(t, code, "\xff\x00"); got != "\xff\x00" {
			t.Errorf("%s gave %q, want the body as it came", code, got)
		}
	}
}

func TestResults(t *testing.T) {
	body := `{"a": 1.0}`
	json := "application/json"
	for _, tt := range []struct {
		name, code string
		want       []webhook.Output
	}{
		{"null", `(event) => null`, nil},
		{"array of no length", `(event) => new Proxy([event], { get: (t, k) => k === "length" ? -1 : t[k] })`, []webhook.Output{}},
		{"empty array", `(event) => []`, []webhook.Output{}},
		{"the event", `(event) => event`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte(body)}}},
		{"a copy", `(event) => ({ ...event })`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte(body)}}},
		{"another type", `(event) => { event.type = "x"; return event }`, []webhook.Output{{Type: "x", ContentType: json, Body: []byte(body)}}},
		{"new data", `(event) => ({ type: "y", data: [true] })`, []webhook.Output{{Type: "y", ContentType: json, Body: []byte(`[true]`)}}},
		{"scalar data", `(event) => ({ data: 0 })`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte(`0`)}}},
		{"null data", `(event) => ({ data: null })`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte(`null`)}}},
		{"new body", `(event) => ({ body: "hi", contentType: "text/plain" })`, []webhook.Output{{Type: "document.signed", ContentType: "text/plain", Body: []byte("hi")}}},
		{"set body", `(event) => { event.body = "hi"; return event }`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte("hi")}}},
		{"set body after a look at data", `(event) => { event.body = "hi" + event.data.a; return event }`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte("hi1")}}},
		{"two", `(event) => [event, { data: event.data.a }]`, []webhook.Output{
			{Type: "document.signed", ContentType: json, Body: []byte(body)},
			{Type: "document.signed", ContentType: json, Body: []byte(`1`)},
		}},
		{"async", `async (event) => { await null; return { data: 1 } }`, []webhook.Output{{Type: "document.signed", ContentType: json, Body: []byte(`1`)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := transform(t, "export default "+tt.code, body)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Transform = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestContentTypeOfNewData(t *testing.T) {
	ev := event("a=1")
	ev.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	g := load(t, `export default (event) => [{ data: { raw: event.body } }, event, { data: 1, contentType: "application/cloudevents+json" }]`, roomy)
	outputs, err := g.Transform(t.Context(), ev, webhook.TransformContext{})
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, o := range outputs {
		types = append(types, o.ContentType)
	}
	if got, want := strings.Join(types, " "), "application/json application/x-www-form-urlencoded application/cloudevents+json"; got != want {
		t.Errorf("content types = %s, want %s", got, want)
	}
}

func TestResultsThatAreNone(t *testing.T) {
	for _, tt := range []struct{ code, message string }{
		{`() => {}`, "transform returned undefined: is a return missing?"},
		{`() => 5`, "transform returned a number, want an event"},
		{`() => "x"`, "transform returned a string"},
		{`() => (() => 1)`, "which is a function, want an event"},
		{`(e) => [e, null]`, "item 1 is null, want an event; leave out what is dropped"},
		{`(e) => [[e]]`, "item 0, which is an array, want an event"},
		{`() => ({})`, "it has neither data nor body"},
		{`() => ({ type: "x" })`, "it has neither data nor body"},
		{`() => ({ kind: "x", document: 1 })`, `unknown member "kind"`},
		{`() => ({ data: 1, contenttype: "x" })`, `unknown member "contenttype"`},
		{`() => new Proxy([1], { get: (t, k) => k === "length" ? 1 : undefined })`, "item 0 is undefined, want an event"},
		{`() => ({ data: 1, type: 5 })`, "type is a number, want a string"},
		{`() => ({ data: 1, type: null })`, "type is null, want a string"},
		{`() => ({ data: 1, type: "a\nb" })`, "type holds control characters"},
		{`() => ({ data: 1, contentType: [] })`, "contentType is an array, want a string"},
		{`() => ({ data: 1, contentType: "a\nb" })`, "contentType holds control characters"},
		{`() => ({ data: 1, headers: "x" })`, "headers is a string, want an object"},
		{`() => ({ data: () => 1 })`, "data is a function, which JSON cannot carry"},
		{`() => ({ data: { n: 1n } })`, "returned a BigInt"},
		{`() => ({ body: { n: 1 } })`, "body is an object, want a string, a Uint8Array or an ArrayBuffer; an object goes under data"},
		{`() => ({ body: 7 })`, "body is a number"},
		{`(e) => ({ ...e, id: "other" })`, "id cannot be changed"},
		{`(e) => { e.time = new Date(); return e }`, "time cannot be changed"},
		{`(e) => { e.data.a = 2; e.body = "x"; return e }`, "data and body were both changed"},
		{`() => { const a = []; a[0] = a; return { data: a } }`, "or containing itself"},
		{`() => new Promise(() => {})`, "a promise that nothing will settle"},
	} {
		_, err := transform(t, "export default "+tt.code, `{"a":1}`)
		if err == nil {
			t.Errorf("%s was taken", tt.code)
			continue
		}
		wantFault(t, err, webhook.GuestABI, tt.message)
	}
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		code string
		want string
	}{
		{`(e) => e`, `map[]`},
		{`(e) => { e.headers["x-new"] = "1"; return e }`, `map[X-New:[1]]`},
		{`(e) => { e.headers["x-trace"] = "c"; return e }`, `map[X-Trace:[c]]`},
		{`(e) => { delete e.headers["x-trace"]; return e }`, `map[]`},
		{`(e) => ({ ...e, headers: { "x-trace": e.headers["x-trace"] } })`, `map[X-Trace:[a, b]]`},
		{`(e) => ({ ...e, headers: { ...e.headers, "x-new": ["1", "2"] } })`, `map[X-New:[1 2] X-Trace:[a, b]]`},
	} {
		outputs, err := transform(t, "export default "+tt.code, `{}`)
		if err != nil {
			t.Errorf("%s: %v", tt.code, err)
			continue
		}
		if got := sprint(outputs[0].Header); got != tt.want {
			t.Errorf("%s: header = %s, want %s", tt.code, got, tt.want)
		}
	}
	for _, tt := range []struct{ code, message string }{
		{`{ host: "evil.example" }`, "the header host cannot be set"},
		{`{ "Content-Length": "1" }`, "the header content-length cannot be set"},
		{`{ "webhook-id": "1" }`, "the header webhook-id cannot be set"},
		{`{ "Content-Type": "text/plain" }`, "set contentType"},
		{`{ "x y": "1" }`, `"x y" is not the name of a header`},
		{`{ "x": "1\r\nhost: evil.example" }`, "holds control characters"},
		{`{ "x": 1 }`, `header "x" is a number, want a string`},
		{`{ "x": [1] }`, "has an item that is a number"},
	} {
		_, err := transform(t, `export default (e) => ({ ...e, headers: `+tt.code+` })`, `{}`)
		if err == nil {
			t.Errorf("headers %s were taken", tt.code)
			continue
		}
		wantFault(t, err, webhook.GuestABI, tt.message)
	}
}

func TestConsole(t *testing.T) {
	var lines []string
	g := load(t, `
console.log("start");
export default (event) => {
  console.info("n", 1.5, true, null, undefined, { a: event.data }, [1]);
  console.warn("two\nlines");
  console.error(new TypeError("bad"));
  console.debug(event.data);
  event.data.a = 2;
  console.log(event.data);
  return event;
}`, roomy)
	outputs, err := g.Transform(t.Context(), event(`{"a": 1}`), webhook.TransformContext{Log: func(level, line string) {
		lines = append(lines, level+" "+line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`info start`, `info n 1.5 true null undefined {"a":{"a": 1}} [1]`, `warn two lines`,
		`error TypeError: bad`, `debug {"a": 1}`, `info {"a":2}`,
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("log = %q, want %q", lines, want)
	}
	if got := string(outputs[0].Body); got != `{"a":2}` {
		t.Errorf("body = %s: what was logged before must not count as untouched", got)
	}
}
