package script_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hookseal/hookseal/engine/webhook"
)

// No call sees what another left: not in globals, not in prototypes, not in
// what was shared at the top level.
func TestCallsShareNothing(t *testing.T) {
	g := load(t, `
let count = 0
const seen = []
export default function (event) {
  count++
  seen.push(event.id)
  globalThis.left = (globalThis.left || 0) + 1
  Object.prototype.dirty = (Object.prototype.dirty || 0) + 1
  Array.prototype.map = () => ["hijacked"]
  JSON.parse = () => "hijacked"
  event.headers["x-trace"] = "changed"
  event.data.list.push(1)
  const r = { body: [count, seen.length, globalThis.left, ({}).dirty, event.data.list.length].join() }
  delete Object.prototype.dirty
  return r
}`, roomy)
	ev := event(`{"list":[]}`)
	for range 3 {
		outputs, err := g.Transform(t.Context(), ev, webhook.TransformContext{})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(outputs[0].Body); got != "1,1,1,1,1" {
			t.Errorf("state of an event = %s, want 1,1,1,1,1", got)
		}
	}
	if string(ev.Body) != `{"list":[]}` || ev.Header.Get("X-Trace") != "a" {
		t.Errorf("the event itself changed: %s, %v", ev.Body, ev.Header)
	}
}

func TestBytesAreACopy(t *testing.T) {
	g := load(t, `export default (event) => { event.bytes[0] = 65; return event }`, roomy)
	ev := event("xyz")
	outputs, err := g.Transform(t.Context(), ev, webhook.TransformContext{})
	if err != nil {
		t.Fatal(err)
	}
	outputs[0].Body[1] = '!'
	if string(ev.Body) != "xyz" {
		t.Errorf("the event's body became %q", ev.Body)
	}
}

func TestConcurrentCalls(t *testing.T) {
	g := load(t, `
let last
export default (event) => { last = event.data.n; for (let i = 0; i < 100; i++) event.data.n = last; return { data: { n: last, r: /\d+/.exec("a" + last)[0] } } }`, roomy)
	var calls sync.WaitGroup
	for i := range 8 {
		calls.Go(func() {
			n := strconv.Itoa(i)
			for range 50 {
				outputs, err := g.Transform(context.Background(), event(`{"n":`+n+`}`), webhook.TransformContext{})
				if err != nil {
					t.Error(err)
					return
				}
				if got, want := string(outputs[0].Body), `{"n":`+n+`,"r":"`+n+`"}`; got != want {
					t.Errorf("body = %s, want %s", got, want)
				}
			}
		})
	}
	calls.Wait()
}

// A bubble does not end before its goroutines do: one that is left behind
// fails the test.
func TestCallsLeaveNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load(t, `export default (event, context) => { if (event.data === 1) throw 1; return event }`, roomy)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for _, body := range []string{"0", "1", "x"} {
			_, _ = g.Transform(ctx, event(body), webhook.TransformContext{})
		}
		if err := g.Close(ctx); err != nil {
			t.Errorf("Close = %v, want nil", err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	g := load(t, `export default (event) => { console.log("running"); while (true) {} }`, roomy)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := g.Transform(ctx, event("{}"), webhook.TransformContext{Log: func(string, string) { cancel() }})
	if got, want := errText(err), "t.js: abandoned: context canceled"; got != want {
		t.Errorf("error = %v, want %v", got, want)
	}
	_, err = g.Transform(ctx, event("{}"), webhook.TransformContext{Log: func(string, string) { t.Error("the script ran") }})
	if got, want := errText(err), "t.js: abandoned: context canceled"; got != want {
		t.Errorf("error of a call begun too late = %v, want %v", got, want)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
