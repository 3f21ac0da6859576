package conformance

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/hookseal/hookseal/engine/script/scripttest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// trial is a loaded module that is tried.
type trial struct {
	code    webhook.GuestCode
	guest   webhook.Guest
	options Options
	goldens []*scripttest.Suite
}

// answer is what came of a call.
type answer struct {
	// value is a [*webhook.Claim] or a list of [webhook.Output].
	value any
	err   error
	took  time.Duration
}

func (t *trial) call(ctx context.Context, guest webhook.Guest, hook webhook.Hook, m message) (a answer) {
	event, request, tc := m.event(), m.request(), t.context()
	began := time.Now()
	defer func() { a.took = time.Since(began) }()
	if hook == webhook.HookClaim {
		claim, err := guest.Claim(ctx, request, tc.Settings)
		return answer{value: claim, err: err}
	}
	outputs, err := guest.Transform(ctx, event, tc)
	return answer{value: outputs, err: err}
}

// refused reports whether the module failed the call itself, with a message.
func (a answer) refused() bool {
	fault, ok := errors.AsType[*webhook.GuestError](a.err)
	return ok && fault.Kind == webhook.GuestThrow && fault.Message != ""
}

// fault says what is wrong with the answer whatever was asked, empty if nothing.
func (a answer) fault() string {
	if a.err == nil || a.refused() {
		return ""
	}
	return reason(a.err)
}

// clear reports whether the call came to an end that a log explains.
func (a answer) clear() bool {
	fault, ok := errors.AsType[*webhook.GuestError](a.err)
	return a.err == nil || ok && fault.Message != ""
}

// differs says how another answer to the same message differs, empty if it does
// not.
func (a answer) differs(b answer) string {
	switch {
	case a.err == nil && b.err == nil && reflect.DeepEqual(a.value, b.value):
		return ""
	case a.err == nil && b.err == nil:
		return scripttest.Diff(a.show(), b.show())
	case a.err != nil && b.err != nil && a.err.Error() == b.err.Error():
		return ""
	}
	return fmt.Sprintf("- %s\n+ %s\n", a.outcome(), b.outcome())
}

// differs is the same for answers of the module on trial. One that sees the real
// time or real randomness may give another answer each time, and is held to an end
// of the same kind alone.
func (t *trial) differs(a, b answer) string {
	if len(t.code.Grants) > 0 && (a.err == nil) == (b.err == nil) {
		return ""
	}
	return a.differs(b)
}

func (a answer) show() string {
	if outputs, ok := a.value.([]webhook.Output); ok {
		return scripttest.Show(outputs)
	}
	return fmt.Sprintf("%+v\n", a.value)
}

func (a answer) outcome() string {
	if a.err != nil {
		return reason(a.err)
	}
	return "no error"
}

// reason is an error without the name of the module, which the report begins
// with.
func reason(err error) string {
	if fault, ok := errors.AsType[*webhook.GuestError](err); ok {
		return fmt.Sprintf("%s: %s", fault.Kind, fault.Message)
	}
	return err.Error()
}

// tally sums up answers.
type tally struct {
	calls, refused int
	slowest        time.Duration
	faults         []string
}

func (c *tally) note(hook webhook.Hook, m message, a answer) {
	c.calls++
	c.slowest = max(c.slowest, a.took)
	if a.refused() {
		c.refused++
	}
	if fault := a.fault(); fault != "" {
		c.fault(hook, m, "%s", fault)
	}
}

func (c *tally) fault(hook webhook.Hook, m message, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("%s, %s: ", hook, m.name)+fmt.Sprintf(format, args...))
}

// finding sums the tally up; the extra is for one without faults.
func (c *tally) finding(extra string) finding {
	detail := plural(c.calls, "call")
	if len(c.faults) > 0 {
		return finding{detail: detail + ", " + plural(len(c.faults), "fault"), faults: c.faults}
	}
	if c.refused > 0 {
		detail += fmt.Sprintf(", %d of them failed by the module itself", c.refused)
	}
	return finding{detail: detail + extra}
}

// survive hands messages to every hook and expects an orderly end of each call.
func (t *trial) survive(ctx context.Context, messages []message) *tally {
	c := &tally{}
	for _, hook := range t.guest.Hooks() {
		for _, m := range messages {
			c.note(hook, m, t.call(ctx, t.guest, hook, m))
		}
	}
	return c
}
