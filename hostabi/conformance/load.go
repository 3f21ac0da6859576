package conformance

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// bodySizes hands out bodies of 0 bytes to 1 MiB, as JSON and as bytes.
func (t *trial) bodySizes(ctx context.Context) (finding, error) {
	m := plain("")
	var list []message
	for _, size := range []int{0, 1, 2, 63, 64, 65, 1 << 10, 16<<10 - 1, 16 << 10, 64<<10 + 1, 256 << 10, 1 << 20} {
		list = append(list,
			m.with(plural(size, "byte")+" of JSON", func(m *message) { m.body = jsonOf(size) }),
			m.with(plural(size, "byte")+" of text", func(m *message) {
				m.header.Set("Content-Type", "text/plain")
				m.body = bytes.Repeat([]byte("a"), size)
			}))
	}
	c := t.survive(ctx, list)
	return c.finding(fmt.Sprintf("; the slowest took %s", c.slowest.Round(100*time.Microsecond))), nil
}

// jsonOf returns JSON of a size, of many small members where they fit.
func jsonOf(size int) []byte {
	const head, member, tail = `{"items":[`, `{"id":"evt_1","email":"ada@example.com"},`, `null]}`
	if size < len(head)+len(tail) {
		return []byte(strings.Repeat("7", size))
	}
	fill := size - len(head) - len(tail)
	return []byte(head + strings.Repeat(member, fill/len(member)) + strings.Repeat(" ", fill%len(member)) + tail)
}

// exhaustion hands out more than a module may have room for. The call may end in
// any error that is explained, and the next call must be as it was before.
func (t *trial) exhaustion(ctx context.Context) (finding, error) {
	c := &tally{}
	for _, hook := range t.guest.Hooks() {
		before := t.call(ctx, t.guest, hook, plain(""))
		for _, m := range t.tooMuch() {
			a := t.call(ctx, t.guest, hook, m)
			c.calls++
			if a.refused() {
				c.refused++
			}
			if !a.clear() {
				c.fault(hook, m, "ends without an explanation: %v", a.err)
			}
			if diff := t.differs(before, t.call(ctx, t.guest, hook, plain(""))); diff != "" {
				c.fault(hook, m, "the next call differs\n%s", diff)
			}
		}
	}
	return c.finding("; the next call is as before"), nil
}

func (t *trial) tooMuch() []message {
	memory := cmp.Or(t.code.Limits.Memory, webhook.GuestLimits{}.WithDefaults().Memory)
	const many = 10_000
	m := plain("")
	return []message{
		m.with("a body larger than the memory", func(m *message) { m.body = bytes.Repeat([]byte(" "), int(memory)+1<<20) }),
		m.with("a body of 4 MiB", func(m *message) { m.body = jsonOf(4 << 20) }),
		m.with("JSON nested 100,000 deep", func(m *message) {
			m.body = []byte(strings.Repeat("[", 10*many) + strings.Repeat("]", 10*many))
		}),
		m.with("10,000 headers", func(m *message) {
			for i := range many {
				m.header[http.CanonicalHeaderKey(fmt.Sprintf("x-header-%d", i))] = []string{"value"}
			}
		}),
		m.with("10,000 values of every header", func(m *message) {
			for name, values := range m.header {
				m.header[name] = strings.Split(strings.Repeat(values[0]+"\n", many)+"last", "\n")
			}
		}),
		m.with("headers of 1 MiB", func(m *message) {
			for name, values := range m.header {
				m.header.Set(name, values[0]+strings.Repeat(",v1", 1<<20/3))
			}
		}),
	}
}
