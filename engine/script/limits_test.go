package script_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestDeadline(t *testing.T) {
	limits := webhook.GuestLimits{Time: 50 * time.Millisecond}
	for _, code := range []string{
		`() => { while (true) {} }`,
		`() => { for (;;) { try { for (;;) {} } catch (e) {} finally { for (;;) {} } } }`,
		`() => { const f = () => Promise.resolve().then(f); f(); return null }`,
		`() => [1, 2].sort(() => { for (;;) {} })`,
		`() => ({ data: { toJSON() { for (;;) {} } } })`,
		`() => ({ get data() { for (;;) {} } })`,
		`() => { throw { toString() { for (;;) {} } } }`,
		`() => ({ data: new Proxy({}, { ownKeys() { for (;;) {} } }) })`,
		`async () => { for (;;) { await null } }`,
	} {
		g := load(t, "export default "+code, limits)
		began := time.Now()
		_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
		if err == nil {
			t.Errorf("%s ended by itself", code)
			continue
		}
		wantFault(t, err, webhook.GuestTimeout, "ran longer than 50ms")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s was stopped after %s, want about 50ms", code, took)
		}
	}
}

func TestDeadlineNamesThePlace(t *testing.T) {
	g := load(t, "export default () => {\n  let n = 0\n  for (;;) n++\n}", webhook.GuestLimits{Time: 20 * time.Millisecond})
	_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	wantFault(t, err, webhook.GuestTimeout, "ran longer than 20ms")
	if fault := guestError(t, err); fault.Line != 3 {
		t.Errorf("line = %d, want 3", fault.Line)
	}
}

func TestDeadlineOfTheTopLevel(t *testing.T) {
	_, err := script.Loader{}.Load(context.Background(), webhook.GuestCode{
		Name: "t.js", Code: []byte("for (;;) {}\nfunction transform() {}"), Limits: webhook.GuestLimits{Time: 20 * time.Millisecond},
	})
	wantFault(t, err, webhook.GuestTimeout, "ran longer than 20ms")
}

// A builtin cannot be interrupted. What a regular expression that backtracks
// gives after its time is discarded, be it a match or none.
func TestRegularExpressionThatOverran(t *testing.T) {
	for _, code := range []string{
		`() => ({ body: String(/(?!x)(a+)+$/.test("a".repeat(19) + "c")) })`,
		`() => { /(?!x)(a+)+$/.test("a".repeat(19) + "c"); return null }`,
	} {
		g := load(t, "export default "+code, webhook.GuestLimits{Time: 10 * time.Millisecond})
		outputs, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
		if err == nil {
			t.Errorf("%s gave %v", code, outputs)
			continue
		}
		wantFault(t, err, webhook.GuestTimeout, "ran longer than 10ms")
	}
}

func TestOutputLimits(t *testing.T) {
	limits := webhook.GuestLimits{Time: 5 * time.Second, Output: 100, Events: 3}
	for _, tt := range []struct {
		code, message string
	}{
		{`() => ({ body: "x".repeat(101) })`, "more than 100 bytes"},
		{`() => ({ data: "x".repeat(101) })`, "more than 100 bytes"},
		{`() => ({ data: 1, type: "x".repeat(101) })`, "more than 100 bytes"},
		{`() => ({ data: 1, headers: { "x-a": "x".repeat(101) } })`, "more than 100 bytes"},
		{`(e) => [e, { body: "x".repeat(60) }, { body: "x".repeat(60) }]`, "more than 100 bytes"},
		{`() => { const a = []; a.length = 4294967295; return { data: a } }`, "more than 100 bytes"},
		{`(e) => [e, e, e, e]`, "4 events, the limit is 3"},
		{`() => { const a = []; a.length = 4294967295; return a }`, "4294967295 events, the limit is 3"},
	} {
		g := load(t, "export default "+tt.code, limits)
		_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
		if err == nil {
			t.Errorf("%s was taken", tt.code)
			continue
		}
		wantFault(t, err, webhook.GuestOutput, tt.message)
	}
}

func TestMemoryLimits(t *testing.T) {
	limits := webhook.GuestLimits{Time: 5 * time.Second, Memory: 1 << 20}
	for _, code := range []string{
		`() => ({ body: "ab".repeat(1 << 20) })`,
		`() => ({ body: "a".padStart(1 << 24) })`,
		`() => ({ body: "a".padEnd(1 << 24) })`,
		`() => ({ data: Array(1 << 24).fill(1) })`,
		`() => { try { "ab".repeat(1 << 20) } catch (e) {} return null }`,
		`(e) => ({ data: e.data })`,
		`(e) => ({ data: JSON.parse(e.body) })`,
	} {
		g := load(t, "export default "+code, limits)
		_, err := g.Transform(t.Context(), event("["+strings.Repeat("[],", 5000)+"0]"), webhook.TransformContext{})
		if err == nil {
			t.Errorf("%s was taken", code)
			continue
		}
		wantFault(t, err, webhook.GuestMemory, "the limit is 1048576")
	}
	for _, code := range []string{
		`() => ({ body: ["x".repeat(3), "x".padStart(3, "ab"), "x".padEnd(3), Array(2).fill(7)].join("|") })`,
	} {
		if got, want := bodyOf(t, "export default "+code, "{}"), "xxx|abx|x  |7,7"; got != want {
			t.Errorf("guarded builtins gave %q, want %q", got, want)
		}
	}
}

func TestNesting(t *testing.T) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	_, err := transform(t, `export default (event) => ({ data: event.data })`, deep)
	wantFault(t, err, webhook.GuestThrow, "nested deeper than 1000")
	_, err = transform(t, `export default (event) => ({ data: JSON.parse(event.body) })`, deep)
	wantFault(t, err, webhook.GuestThrow, "nested deeper than 1000")
	_, err = transform(t, `export default () => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return { data: a } }`, "{}")
	wantFault(t, err, webhook.GuestABI, "nested deeper than 1000")
	_, err = transform(t, "export default () => {\n  const f = () => f() + 1\n  return f()\n}", "{}")
	wantFault(t, err, webhook.GuestTrap, "calls nested deeper than 4096")
	_, err = transform(t, `export default () => { const f = () => [1].forEach(f); f() }`, "{}")
	wantFault(t, err, webhook.GuestTrap, "calls nested deeper than 4096")
}

func TestLogLimits(t *testing.T) {
	g := load(t, `export default () => { console.log("x".repeat(10000)); for (let i = 0; i < 10; i++) console.log(i); return null }`,
		webhook.GuestLimits{Time: 5 * time.Second, LogLines: 3})
	for range 2 {
		var lines []string
		if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{Log: func(level, line string) {
			lines = append(lines, level+" "+line)
		}}); err != nil {
			t.Fatal(err)
		}
		if len(lines) != 4 || len(lines[0]) > 4200 || !strings.HasSuffix(lines[0], "…") ||
			lines[2] != "info 1" || lines[3] != "warn further log lines of this call are left out" {
			t.Errorf("log = %d lines, %.80q", len(lines), lines)
		}
	}
	if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err != nil {
		t.Errorf("without a log: %v", err)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	_, err := transform(t, `export default () => { throw new Error("é".repeat(100000)) }`, "{}")
	wantFault(t, err, webhook.GuestThrow, "Error: ééé")
	if n := len(guestError(t, err).Message); n > 1100 {
		t.Errorf("message of %d bytes", n)
	}
}

// What a script must not find: a way out.
func TestNoWayOut(t *testing.T) {
	names := `["require", "process", "fetch", "XMLHttpRequest", "setTimeout", "setInterval", "global", "window", "Deno", "Bun", "os", "std", "load", "read"]`
	code := `export default () => ({ body: ` + names + `.filter((n) => { try { return (0, eval)("typeof " + n) !== "undefined" } catch (e) { return false } }).join() })`
	if got := bodyOf(t, code, "{}"); got != "" {
		t.Errorf("globals that a script must not have: %s", got)
	}
}

// A message of the interpreter that quotes the body does not carry it to a log.
func TestBodyStaysOutOfMessages(t *testing.T) {
	_, err := transform(t, `export default function transform(event) { event.body.x = 1; return event }`, "a confidential body")
	if err == nil || strings.Contains(err.Error(), "confidential") {
		t.Errorf("Transform = %v, want an error without the body", err)
	}
}

// A regular expression that backtracks ends, and what it made of its end does
// not count.
func TestBacktrackingEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes five seconds of computing")
	}
	guest := load(t, `export default function transform(event) { return /^(?=a)(a+)+$/.test(event.data.s) ? event : null }`, webhook.GuestLimits{})
	began := time.Now()
	_, err := guest.Transform(t.Context(), event(`{"s":"`+strings.Repeat("a", 60)+`!"}`), webhook.TransformContext{})
	if fault := guestError(t, err); fault.Kind != webhook.GuestTimeout {
		t.Errorf("Transform = %v, want a timeout", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it ended after %v", took)
	}
}

func TestTimeLimitIsBounded(t *testing.T) {
	_, err := script.Loader{}.Load(t.Context(), webhook.GuestCode{
		Name: "slow.js", Code: []byte(`function transform(event) { return event }`), Limits: webhook.GuestLimits{Time: time.Minute},
	})
	if err == nil || !strings.Contains(err.Error(), "5s") {
		t.Errorf("Load with a limit of a minute = %v, want an error that names the most", err)
	}
}

// What is granted to modules, and how they are pinned, is not passed over.
func TestGrantsAndPinsAreRefused(t *testing.T) {
	const code = "export default function transform(event) { return event }"
	for _, asked := range []webhook.GuestCode{
		{SHA256: strings.Repeat("0", 64)},
		{Grants: []webhook.Capability{webhook.ClockCapability}},
	} {
		asked.Name, asked.Code = "t.js", []byte(code)
		_, err := script.Loader{}.Load(t.Context(), asked)
		wantFault(t, err, webhook.GuestRefused, "are for modules")
	}
}
