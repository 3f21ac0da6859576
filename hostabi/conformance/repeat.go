package conformance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/hookseal/hookseal/hostabi/host"
)

// plateau is how much more the process may hold after all calls than after the
// first tenth of them, which is the noise of the runtime. Of 9,000 calls none may
// leave more than 466 bytes behind.
const plateau = 4 << 20

// determinism hands out every shape twice, and once to the module loaded anew.
func (t *trial) determinism(ctx context.Context) (found finding, err error) {
	again, err := host.Loader{}.Load(ctx, t.code)
	if err != nil {
		return finding{}, err
	}
	defer func() { err = errors.Join(err, again.Close(context.WithoutCancel(ctx))) }()
	c := &tally{}
	for _, hook := range t.guest.Hooks() {
		for _, m := range append(shapes(), plain("a plain message")) {
			first := t.call(ctx, t.guest, hook, m)
			c.note(hook, m, first)
			if diff := t.differs(first, t.call(ctx, t.guest, hook, m)); diff != "" {
				c.fault(hook, m, "the second call differs\n%s", diff)
			}
			if diff := t.differs(first, t.call(ctx, again, hook, m)); diff != "" {
				c.fault(hook, m, "loaded anew the module differs\n%s", diff)
			}
		}
	}
	c.refused = 0
	if len(t.code.Grants) > 0 {
		return skipped("the module sees the real time or real randomness"), nil
	}
	return c.finding(", each made twice and once in a module loaded anew"), nil
}

// memory makes many calls, and looks at what the process holds after a tenth of
// them and at the end.
func (t *trial) memory(ctx context.Context) (finding, error) {
	began := time.Now()
	c := &tally{}
	if !t.repeat(ctx, c, t.options.Calls/10) {
		return c.finding(""), nil
	}
	heap, routines := held()
	if !t.repeat(ctx, c, t.options.Calls-t.options.Calls/10) {
		return c.finding(""), nil
	}
	heapAfter, routinesAfter := held()
	if heapAfter > heap+plateau {
		c.faults = append(c.faults, fmt.Sprintf("the process holds %s after %s and %s after %d", mebibytes(heap),
			plural(t.options.Calls/10, "call"), mebibytes(heapAfter), t.options.Calls))
	}
	if routinesAfter > routines {
		c.faults = append(c.faults, fmt.Sprintf("%s after %s and %d after %d", plural(routines, "goroutine"),
			plural(t.options.Calls/10, "call"), routinesAfter, t.options.Calls))
	}
	each := time.Since(began) / time.Duration(max(1, c.calls))
	return c.finding(fmt.Sprintf("; %s after a tenth, %s at the end; %s a call", mebibytes(heap), mebibytes(heapAfter),
		each.Round(time.Microsecond/10))), nil
}

// repeat makes n calls of the hooks in turn, and reports whether all were as the
// first.
func (t *trial) repeat(ctx context.Context, c *tally, n int) bool {
	hooks := t.guest.Hooks()
	first := make([]answer, len(hooks))
	m := plain("a plain message")
	for i := range n {
		k := i % len(hooks)
		a := t.call(ctx, t.guest, hooks[k], m)
		c.note(hooks[k], m, a)
		if i < len(hooks) {
			first[k] = a
		} else if diff := t.differs(first[k], a); diff != "" {
			c.fault(hooks[k], m, "call %d differs from the first\n%s", i+1, diff)
		}
		if len(c.faults) > 0 || ctx.Err() != nil {
			return false
		}
	}
	return true
}

// held is what the process holds once nothing is left to collect.
func held() (heap uint64, routines int) {
	var stats runtime.MemStats
	// What a first collection finalizes, a second one frees.
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, runtime.NumGoroutine()
}

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
