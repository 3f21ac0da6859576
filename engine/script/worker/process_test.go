package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// pids are the processes that are idle.
func (l *Loader) pids() []int {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	var pids []int
	for _, p := range l.pool.idle {
		pids = append(pids, p.cmd.Process.Pid)
	}
	return pids
}

// beServer holds a process at work until it is killed itself.
func beServer() {
	l := newLoader(1)
	g, err := l.Load(context.Background(), webhook.GuestCode{Name: "t.js", Code: []byte(`export default () => { console.log("on"); /^(?=a)(a+)+$/.test("a".repeat(60) + "!") }`), Limits: roomy})
	if err != nil {
		panic(err)
	}
	fmt.Println(l.pids()[0])
	_, err = g.Transform(context.Background(), event("{}"), webhook.TransformContext{Log: func(string, string) { fmt.Println("on") }})
	fmt.Println(err)
}

// A call whose context ends is given up, and its process with it.
func TestContextEnds(t *testing.T) {
	l := newLoader(1)
	g := load(t, l, "t.js", `export default (event) => { if (event.data) return event; console.log("on"); for (;;); }`, roomy)
	before := l.pids()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := g.Transform(ctx, event("0"), webhook.TransformContext{Log: func(string, string) { cancel() }})
	if got, want := fmt.Sprint(err), "t.js: abandoned: context canceled"; got != want || !errors.Is(err, context.Canceled) {
		t.Errorf("Transform = %v, want %v", got, want)
	}
	if _, err := g.Transform(ctx, event("1"), webhook.TransformContext{}); fmt.Sprint(err) != "t.js: abandoned: context canceled" {
		t.Errorf("Transform after the end = %v", err)
	}
	if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
		t.Errorf("the next call = %v", err)
	}
	if after := l.pids(); len(after) != 1 || after[0] == before[0] {
		t.Errorf("processes = %v, want another than %v", after, before)
	}
}

// A process whose call was given up in the moment of its answer is not lent again:
// the next call would be killed in the place of that one.
func TestContextEndsWithAnswer(t *testing.T) {
	l := newLoader(1)
	g := load(t, l, "t.js", `export default (event) => event`, roomy).(*guest)
	for range 20 {
		p, err := l.pool.take(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		m := loadMessage{Script: g.number, Code: g.code}
		err = p.exchange(ctx, startTime, kindLoad, m, bounds{kindLoaded: 1024}, func(frame) (bool, error) {
			cancel()
			return true, nil
		})
		if err != nil || p.usable() {
			t.Errorf("exchange = %v, and the process is usable: %t, want no error and a process that is not", err, p.usable())
		}
		l.pool.put(p)
	}
}

// Close waits for the calls that run, and nothing is called after it.
func TestCloseDrains(t *testing.T) {
	l := newLoader(2)
	g, err := l.Load(t.Context(), webhook.GuestCode{
		Name: "t.js", Limits: roomy,
		Code: []byte(`export default (event) => { console.log("on"); for (let i = 0; i < 1e5; i++); return event }`),
	})
	if err != nil {
		t.Fatal(err)
	}
	on := make(chan bool, 1)
	var calls sync.WaitGroup
	calls.Go(func() {
		if outputs, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{Log: func(string, string) { on <- true }}); err != nil || len(outputs) != 1 {
			t.Errorf("the call under way = %v, %v", outputs, err)
		}
	})
	<-on
	for range 2 {
		if err := g.Close(t.Context()); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	calls.Wait()
	if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); !errors.Is(err, errClosed) {
		t.Errorf("Transform after Close = %v, want %v", err, errClosed)
	}
	if pids := l.pids(); len(pids) != 0 || l.pool.guests != 0 {
		t.Errorf("after Close there are processes %v and %d guests", pids, l.pool.guests)
	}
}

// Processes take scripts up to a number, and those of another limit of memory get
// a process of their own.
func TestProcessesAreReplaced(t *testing.T) {
	l := newLoader(1)
	code := `export default (event) => event`
	first := load(t, l, "first.js", code, roomy)
	was := l.pids()[0]
	for i := range maxScripts {
		if _, err := load(t, l, fmt.Sprintf("%d.js", i), code, roomy).Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
			t.Fatal(err)
		}
	}
	if pids := l.pids(); len(pids) != 1 || pids[0] == was {
		t.Errorf("processes = %v, want one, and another than %d", pids, was)
	}
	if _, err := first.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
		t.Errorf("a script that the process before knew = %v", err)
	}
	if raced {
		return
	}
	was = l.pids()[0]
	large := load(t, l, "large.js", `export default (event) => ({ data: new Uint8Array(2e8).length })`, webhook.GuestLimits{Time: roomy.Time, Memory: 1 << 28})
	if _, err := large.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
		t.Errorf("200 MB of 256 = %v", err)
	}
	if pids := l.pids(); len(pids) != 1 || pids[0] == was {
		t.Errorf("processes = %v, want one, and another than %d", pids, was)
	}
}

// A script that always hangs waits in line with itself, and others go on.
func TestHangingScriptHoldsUpOneProcess(t *testing.T) {
	l := newLoader(2)
	hanging := load(t, l, "hanging.js", `export default () => { console.log("on"); for (;;); }`, webhook.GuestLimits{})
	good := load(t, l, "good.js", `export default (event) => event`, roomy)
	// From the first overrun on there is one at a time.
	if _, err := hanging.Transform(t.Context(), event("1"), webhook.TransformContext{}); faultOf(t, err).Kind != webhook.GuestTimeout {
		t.Fatalf("Transform = %v, want a timeout", err)
	}
	var mu sync.Mutex
	running, most := 0, 0
	ctx, stop := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range 6 {
		calls.Go(func() {
			for ctx.Err() == nil {
				started := false
				_, _ = hanging.Transform(ctx, event("1"), webhook.TransformContext{Log: func(string, string) {
					mu.Lock()
					defer mu.Unlock()
					started, running = true, running+1
					most = max(most, running)
				}})
				mu.Lock()
				if started {
					running--
				}
				mu.Unlock()
			}
		})
	}
	for range 200 {
		if _, err := good.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
			t.Errorf("a good script = %v", err)
		}
	}
	stop()
	calls.Wait()
	if most > 1 {
		t.Errorf("the hanging script ran %d times at once, want once", most)
	}
}

func TestEnvironmentIsWhatWasGiven(t *testing.T) {
	l := NewLoader(Config{Args: []string{asWorker}, Workers: 1, Env: []string{"TZ=Asia/Kathmandu"}})
	g := load(t, l, "t.js", `export default () => ({ body: String(new Date(2024, 1, 1).getTimezoneOffset()) })`, roomy)
	outputs, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{})
	if err != nil || string(outputs[0].Body) != "-345" {
		t.Errorf("Transform = %q, %v, want the offset -345", outputs, err)
	}
}

func TestLastWords(t *testing.T) {
	var w lastWords
	for range 3 {
		if n, err := w.Write([]byte("fatal\x1b error: " + strings.Repeat("x", maxWords))); n != maxWords+14 || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	}
	if len(w.text) != maxWords || !strings.HasPrefix(w.quoted(), " (fatal  error: xx") || !w.has("no", "error:") || w.has("no") {
		t.Errorf("%d bytes, %s", len(w.text), w.quoted())
	}
	if (&lastWords{}).quoted() != "" {
		t.Error("nothing is quoted as something")
	}
}
