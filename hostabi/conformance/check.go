package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// DefaultCalls is how many calls the memory is watched over.
const DefaultCalls = 10_000

// patience is the time of a call where the code states none. It is more than a
// server grants, since a machine that is busy building must not make a verdict:
// what a call may do is bounded by its fuel, which is the same everywhere.
const patience = 4 * time.Second

// Options say how a module is tried. The zero Options leave golden events out.
type Options struct {
	// Golden is a folder whose *.test.toml, in it and below, say what becomes of
	// events; package scripttest describes them. All are run with the module, and
	// the script that they name does not count. Empty is none.
	Golden string
	// Calls is how many calls the memory is watched over, zero for
	// [DefaultCalls], at least 10.
	Calls int
	// Settings are what the configuration gives the module, in all calls but
	// those of golden events.
	Settings map[string]string
}

// check is one thing that a module is tried for.
type check struct {
	name string
	run  func(*trial, context.Context) (finding, error)
}

// checks lists what is tried once a module is loaded, in order.
func checks() []check {
	return []check{
		{"shapes", (*trial).shapes},
		{"not UTF-8", (*trial).foreignBytes},
		{"duplicate headers", (*trial).duplicateHeaders},
		{"body sizes", (*trial).bodySizes},
		{"exhaustion", (*trial).exhaustion},
		{"determinism", (*trial).determinism},
		{"memory", (*trial).memory},
		{"golden events", (*trial).golden},
	}
}

// Check tries a module. That it fails a check is in the report; the error is why
// the report could not be finished: ctx ended, golden events cannot be read, or
// the process cannot load modules.
//
// A zero Time in the limits of the code is four seconds here. The other limits
// have their defaults. Memory is that of the whole process, so nothing else
// should run in it meanwhile.
func Check(ctx context.Context, code webhook.GuestCode, options Options) (report Report, err error) {
	code.Limits.Time = cmp.Or(code.Limits.Time, patience)
	code = AsAsked(code)
	options.Calls = max(10, cmp.Or(options.Calls, DefaultCalls))
	goldens, err := openGoldens(options.Golden)
	if err != nil {
		return Report{}, err
	}
	var unread error
	report.Module, unread = Inspect(code)
	guest, err := host.Loader{}.Load(ctx, code)
	manifest, link, err := linked(report.Module, code, err)
	if err != nil {
		return report, err
	}
	if unread != nil && len(link.faults) == 0 {
		link = fail("%v", unread)
	}
	report.add("manifest", manifest)
	report.add("link", link)
	if guest == nil || len(link.faults) > 0 {
		report.skip("the module is not loaded", "answers")
		return report, closed(ctx, guest)
	}
	t := &trial{code: code, guest: guest, options: options, goldens: goldens}
	return report, errors.Join(t.runAll(ctx, &report), closed(ctx, guest))
}

func closed(ctx context.Context, guest webhook.Guest) error {
	if guest == nil {
		return nil
	}
	return guest.Close(context.WithoutCancel(ctx))
}

// runAll runs the checks in order. A module that does not answer the plainest
// message is spared the rest, each call of which might take all of its time.
func (t *trial) runAll(ctx context.Context, report *Report) error {
	first := t.answers(ctx)
	report.add("answers", first)
	if len(first.faults) > 0 {
		report.skip("the module does not answer")
		return ctx.Err()
	}
	for _, c := range checks() {
		found, err := c.run(t, ctx)
		if err := cmp.Or(ctx.Err(), err); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		report.add(c.name, found)
	}
	return nil
}
