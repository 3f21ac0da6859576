package script_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// formCase is a script in the form of another service, and what it makes of an
// event. Those that a comment names are what the service's documentation shows,
// restated.
type formCase struct {
	name, code, body string
	// want is the body of the output; kind and message are those of an error.
	want        string
	drop        bool
	header      http.Header
	contentType string
	kind        webhook.GuestErrorKind
	message     string
}

func (tt *formCase) run(t *testing.T) {
	t.Helper()
	outputs, err := load(t, tt.code, roomy).Transform(t.Context(), event(tt.body), webhook.TransformContext{
		Subscription: "to-crm", Endpoint: "crm", Settings: map[string]string{"TEAM": "north"},
	})
	if tt.kind != "" {
		if err == nil {
			t.Fatalf("Transform = %v, want an error with %q", outputs, tt.message)
		}
		wantFault(t, err, tt.kind, tt.message)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if tt.drop {
		if len(outputs) != 0 {
			t.Errorf("Transform = %v, want the event dropped", outputs)
		}
		return
	}
	if len(outputs) != 1 {
		t.Fatalf("Transform gave %d outputs, want 1", len(outputs))
	}
	out := outputs[0]
	if string(out.Body) != tt.want {
		t.Errorf("body = %s, want %s", out.Body, tt.want)
	}
	if tt.contentType == "" {
		tt.contentType = "application/json"
	}
	if out.ContentType != tt.contentType || out.Type != "document.signed" {
		t.Errorf("type = %s %s, want %s document.signed", out.ContentType, out.Type, tt.contentType)
	}
	if sprint(out.Header) != sprint(tt.header) {
		t.Errorf("header = %v, want %v", out.Header, tt.header)
	}
}

func runForms(t *testing.T, cases []formCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, tt.run)
	}
}

func handler(body string) string { return "function handler(webhook) {\n" + body + "\n}" }

// https://docs.svix.com/transformations, https://docs.svix.com/ingest/transformations
func TestSvixForm(t *testing.T) {
	const toText = `
  if (webhook.eventType === "document.signed") {
    webhook.payload = { text: ` + "`${webhook.payload.name} signed for $${webhook.payload.amount}`" + ` }
  } else if (webhook.eventType === "document.deleted") {
    webhook.payload = { text: "deleted" }
  }
  return webhook`
	const redirect = `
	if (webhook.payload.customUrl) {
		webhook.url = webhook.payload.customUrl;
	}
	return webhook;`
	runForms(t, []formCase{
		// Documented: a message by event type, as of a template for Slack.
		{name: "by event type", code: handler(toText), body: `{"name":"Ada","amount":12.50}`, want: `{"text":"Ada signed for $12.5"}`},
		// Documented: a redirect where the payload names an address.
		{name: "no redirect", code: handler(redirect), body: `{"a": 1.0 }`, want: `{"a": 1.0 }`},
		{name: "redirect", code: handler(redirect), body: `{"customUrl":"https://elsewhere.example"}`, kind: webhook.GuestABI, message: "changed webhook.url"},
		// Documented: cancel stops the dispatch; headers are added.
		{name: "cancel", code: handler(`webhook.cancel = true; return webhook`), body: `{}`, drop: true},
		{name: "canceled by an object of its own", code: handler(`return { ...webhook, cancel: true }`), body: `{}`, drop: true},
		{name: "headers", code: handler(`webhook.headers = { "X-Team": "north" }; return webhook`), body: `{}`, want: `{}`, header: http.Header{"X-Team": {"north"}}},
		{name: "headers added to", code: handler(`webhook.headers["x-team"] = "north"; return webhook`), body: `{}`, want: `{}`, header: http.Header{"X-Team": {"north"}}},
		{name: "content type", code: handler(`webhook.headers = { "content-type": "application/cloudevents+json" }; return webhook`), body: `{}`, want: `{}`, contentType: "application/cloudevents+json"},
		// Documented: method is POST or PUT. An endpoint of hookseal takes POST.
		{name: "POST", code: handler(`webhook.method = "POST"; return webhook`), body: `[1e2]`, want: `[1e2]`},
		{name: "PUT", code: handler(`webhook.method = "PUT"; return webhook`), body: `{}`, kind: webhook.GuestABI, message: "changed webhook.method"},
		{name: "event type", code: handler(`webhook.eventType = "x"; return webhook`), body: `{}`, kind: webhook.GuestABI, message: "changed webhook.eventType"},
		// Documented: it works only if the webhook is returned.
		{name: "nothing", code: handler(`webhook.payload = 1`), body: `{}`, kind: webhook.GuestABI, message: "handler returned undefined"},
		{name: "null", code: handler(`return null`), body: `{}`, kind: webhook.GuestABI, message: "handler returned null"},
		{name: "the payload alone", code: handler(`return { text: "x" }`), body: `{}`, kind: webhook.GuestABI, message: "without a payload"},
		{name: "throws", code: handler(`throw new Error("no")`), body: `{}`, kind: webhook.GuestThrow, message: "Error: no"},
		{name: "one member", code: handler(`webhook.payload.a = 2; return webhook`), body: `{"a":1,"b":1.0}`, want: `{"a":2,"b":1.0}`},
		{name: "reserved header", code: handler(`webhook.headers = { "webhook-id": "x" }; return webhook`), body: `{}`, kind: webhook.GuestABI, message: "cannot be set"},
		{name: "text", code: handler(`return webhook`), body: `plain`, want: `plain`},
		{name: "arrow", code: `const handler = (webhook) => webhook`, body: `{}`, want: `{}`},
	})
}

func added(body string) string {
	return "addHandler(\"transform\", (request, context) => {\n" + body + "\n});"
}

// https://hookdeck.com/docs/transformations
func TestHookdeckForm(t *testing.T) {
	runForms(t, []formCase{
		// Documented: a header, one from the body, one from the environment.
		{name: "header", code: added(`request.headers["x-example"] = "Hello"; return request;`), body: `{"a":1.0}`, want: `{"a":1.0}`, header: http.Header{"X-Example": {"Hello"}}},
		{name: "header from the body", code: added(`request.headers["x-event-type"] = request.body.type; return request;`), body: `{"type":"made"}`, want: `{"type":"made"}`, header: http.Header{"X-Event-Type": {"made"}}},
		{name: "environment", code: added(`request.headers["x-team"] = process.env.TEAM; return request`), body: `{}`, want: `{}`, header: http.Header{"X-Team": {"north"}}},
		// Documented: the body is reshaped, by source if need be.
		{name: "body", code: added(`
  const { body } = request
  request.body = { order: body.id, email: body.customer?.email || null, total: body.cents / 100 }
  return request`), body: `{"id":7,"cents":1250}`, want: `{"order":7,"email":null,"total":12.5}`},
		{name: "by source", code: added(`
  if (context.connection.source.name === "contracts") request.body.to = context.connection.destination.name
  return request`), body: `{"a":1e2}`, want: `{"a":1e2,"to":"crm"}`},
		{name: "body as text", code: added(`request.body = "<a/>"; request.headers["content-type"] = "text/xml"; return request`), body: `{}`, want: `<a/>`, contentType: "text/xml"},
		// Documented: what fails a transformation.
		{name: "fail", code: added(`if (!request.body.type) $transform.fail("no type"); return request`), body: `{}`, kind: webhook.GuestThrow, message: "Error: no type"},
		{name: "throws", code: added(`return request.body.a.b`), body: `{}`, kind: webhook.GuestThrow, message: "TypeError"},
		{name: "nothing", code: added(`request.body = 1`), body: `{}`, kind: webhook.GuestABI, message: "returned undefined"},
		{name: "null", code: added(`return null`), body: `{}`, kind: webhook.GuestABI, message: "returned null"},
		{name: "an empty object", code: added(`return {}`), body: `{}`, kind: webhook.GuestABI, message: "without a body"},
		{name: "query", code: added(`request.query = "a=1"; return request`), body: `{}`, kind: webhook.GuestABI, message: "changed request.query"},
		{name: "path", code: added(`request.path = "/x"; return request`), body: `{}`, kind: webhook.GuestABI, message: "changed request.path"},
		{name: "headers of its own", code: added(`return { ...request, headers: { ...request.headers, "x-a": "1" } }`), body: `{}`, want: `{}`, header: http.Header{"X-A": {"1"}}},
		{name: "headers deleted", code: added(`delete request.headers["x-trace"]; return request`), body: `{}`, want: `{}`},
		{name: "no such event", code: `const transform = 1; try { addHandler("filter", () => 1) } catch (e) { addHandler("transform", () => { throw e }) }`, body: `{}`, kind: webhook.GuestThrow, message: `no event "filter"`},
		{name: "a function called transform beside", code: `function transform(body) { return { wrapped: body } }` + "\n" + added(`request.body = transform(request.body); return request`), body: `{"a":1.0}`, want: `{"wrapped":{"a":1.0}}`},
		{name: "in a bundle", code: `(() => { var handle = (request) => request; addHandler("transform", handle) })()`, body: `{"a":1.0}`, want: `{"a":1.0}`},
		{name: "the word alone", code: `// no addHandler` + "\nfunction transform(payload) { return [payload] }", body: `{}`, want: `[{}]`},
		{name: "binary", code: added(`return request`), body: "\xff", want: "\xff"},
		{name: "text", code: added(`request.body += "!"; return request`), body: "plain", want: "plain!"},
	})
}

// https://docs.getconvoy.io/product-manual/functions
func TestConvoyForm(t *testing.T) {
	runForms(t, []formCase{
		// Documented: a new object made from the payload.
		{name: "object", code: `function transform(payload) {
  return {
    event_type: "chain.connected",
    data: { address: payload.connected[0].address, created_at: new Date(payload.connected[0].timestamp).toISOString() },
  }
}`, body: `{"connected":[{"address":"0xca3a","timestamp":"2023-05-18T16:07:22Z"}]}`, want: `{"event_type":"chain.connected","data":{"address":"0xca3a","created_at":"2023-05-18T16:07:22.000Z"}}`},
		{name: "array", code: `function transform(payload) { const [first, ...rest] = payload?.name?.trim().split(" "); return [first, rest.join("-")] }`, body: `{"name":"A B C"}`, want: `["A","B-C"]`},
		{name: "the payload", code: `function transform(payload) { return payload }`, body: `{"a" : 1.0}`, want: `{"a" : 1.0}`},
		{name: "one member", code: `function transform(payload) { payload.b = 1; return payload }`, body: `{"a":12345678901234567890}`, want: `{"a":12345678901234567890,"b":1}`},
		// Documented: the function must return a value. Any value is one.
		{name: "nothing", code: `function transform(payload) { payload.a = 1 }`, body: `{}`, kind: webhook.GuestABI, message: "returned undefined"},
		{name: "null", code: `function transform() { return null }`, body: `{}`, want: `null`},
		{name: "false", code: `function transform() { return false }`, body: `{}`, want: `false`},
		{name: "text", code: `function transform() { return "x" }`, body: `{}`, want: `"x"`},
		{name: "a function", code: `function transform() { return () => 1 }`, body: `{}`, kind: webhook.GuestABI, message: "a function, which JSON cannot carry"},
		{name: "throws", code: `function transform() { throw "no" }`, body: `{}`, kind: webhook.GuestThrow, message: "no"},
		{name: "other functions", code: `function helper(x) { return x } function transform(payload) { return helper(payload) }`, body: `{}`, want: `{}`},
		{name: "not JSON", code: `function transform(payload) { return { text: payload } }`, body: `plain`, want: `{"text":"plain"}`},
	})
}

// Nobody but a script for Hookdeck finds its names.
func TestFormsBringNothingElse(t *testing.T) {
	for _, code := range []string{
		`function transform() { return [typeof $transform, typeof process] }`,
		`function handler(webhook) { webhook.payload = [typeof $transform, typeof process]; return webhook }`,
		`export default () => ({ data: [typeof $transform, typeof process] }) // addHandler`,
	} {
		if got := bodyOf(t, code, "{}"); strings.Count(got, "undefined") != 2 {
			t.Errorf("%s = %s, want neither", code, got)
		}
	}
}
