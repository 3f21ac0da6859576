package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// guest is a loaded module.
type guest struct {
	name  string
	hash  string
	hooks []webhook.Hook
	terms
	// imported is how many functions the module imports.
	imported int
	pool     *pool
	observe  func(Usage)
}

var _ webhook.Guest = (*guest)(nil)

func (g *guest) Name() string          { return g.name }
func (g *guest) Hash() string          { return g.hash }
func (g *guest) Hooks() []webhook.Hook { return slices.Clone(g.hooks) }

// Claim asks the module what the request states was signed.
func (g *guest) Claim(ctx context.Context, req *webhook.Request, settings map[string]string) (*webhook.Claim, error) {
	c := &call{
		hook: webhook.HookClaim, limits: g.limits, algorithms: g.algorithms, req: req,
		settings: settings, header: req.Header, body: req.Body,
	}
	if err := g.run(ctx, c); err != nil {
		return nil, err
	}
	return c.claim.finish(), nil
}

// Transform hands the module an event and returns what it emitted.
func (g *guest) Transform(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	c := &call{
		hook: webhook.HookTransform, limits: g.limits, grants: g.grants, ev: ev, tc: tc,
		settings: tc.Settings, header: ev.Header, body: ev.Body,
	}
	if err := g.run(ctx, c); err != nil {
		return nil, err
	}
	return c.outputs, nil
}

// Close waits for the running calls and frees the module. Calls that begin later
// return an error. If ctx ends first, nothing is freed and Close may be called
// again; a second Close after a first that succeeded does nothing.
func (g *guest) Close(ctx context.Context) error {
	if err := g.pool.close(ctx); err != nil {
		return fmt.Errorf("close %s: %w", g.name, err)
	}
	return nil
}

// run makes one call in an instance of the pool.
func (g *guest) run(ctx context.Context, c *call) error {
	if !slices.Contains(g.hooks, c.hook) {
		return fault(g.name, webhook.GuestABI, "the module has no %s", c.hook)
	}
	in, err := g.pool.borrow(ctx)
	if err != nil {
		return g.explain(ctx, err)
	}
	err = in.call(ctx, c)
	if err == nil && g.observe != nil {
		g.observe(in.usage(c))
	}
	g.pool.giveBack(ctx, in, err == nil)
	if err != nil {
		return g.explain(ctx, err)
	}
	return nil
}

// explain turns what an instance returned into the error of the guest, or into
// the caller's own if it gave up.
func (g *guest) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", g.name, context.Cause(ctx))
	}
	if errors.Is(err, errClosed) {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	var broken *breakdown
	if !errors.As(err, &broken) {
		return fault(g.name, webhook.GuestTrap, "%v", err)
	}
	return broken.guestError(g.name, g.imported)
}

// breakdown is an error of an instance with what is known about its end.
type breakdown struct {
	cause error
	// during is the hook or the start, for the message.
	during string
	limits webhook.GuestLimits
	budget fmt.Stringer
	// denied is how many bytes of memory were asked for in vain, zero if none.
	denied uint64
	// lastWords is the first line that the guest wrote to its standard error.
	lastWords string
}

func (b *breakdown) Error() string { return b.during + ": " + b.cause.Error() }
func (b *breakdown) Unwrap() error { return b.cause }

func (b *breakdown) guestError(name string, imported int) *webhook.GuestError {
	var ended *abort
	deliberate := errors.As(b.cause, &ended)
	if !deliberate && overflowed(b.cause) {
		ended, deliberate = &abort{kind: webhook.GuestStack}, true
	}
	switch {
	case deliberate && ended.kind == webhook.GuestTimeout:
		return fault(name, ended.kind, "%s ran longer than %s", b.during, b.budget)
	case deliberate && ended.kind == webhook.GuestFuel:
		return fault(name, ended.kind, "%s did more work than its fuel of %d instructions allows", b.during, b.limits.Fuel)
	case deliberate && ended.kind == webhook.GuestStack:
		return fault(name, ended.kind, "%s nested its calls deeper than its stack of %d bytes allows", b.during, b.limits.Stack)
	case b.denied > 0 && (!deliberate || ended.kind == webhook.GuestTrap):
		return fault(name, webhook.GuestMemory, "%s asked for %d bytes of memory, at most %d are granted", b.during, b.denied, b.limits.Memory)
	case deliberate:
		return fault(name, ended.kind, "%s", b.sentence(ended.message))
	}
	return fault(name, webhook.GuestTrap, "%s", b.sentence(trapText(b.cause, imported)))
}

// overflowed reports whether the runtime's own bound of the stack was reached
// before that of the meter: its interpreter nests no more than 2,000 calls.
func overflowed(err error) bool {
	return strings.HasPrefix(strings.TrimPrefix(err.Error(), "wasm error: "), "stack overflow")
}

func (b *breakdown) sentence(what string) string {
	text := b.during + ": " + what
	if b.lastWords != "" {
		text += ": " + b.lastWords
	}
	return text
}

// trapText takes the cause and the innermost frame out of wazero's message,
// which goes on for as many lines as the stack is deep.
func trapText(err error, imported int) string {
	lines := strings.Split(err.Error(), "\n")
	text := strings.TrimSuffix(strings.TrimPrefix(lines[0], "wasm error: "), " (recovered by wazero)")
	if len(lines) > 2 && strings.HasPrefix(lines[1], "wasm stack trace:") {
		text += " in " + original(strings.TrimSpace(lines[2]), imported)
	}
	return clip(text)
}

// original undoes in the name of a function without one, which is "$" and its
// index, that the meter's import has moved it up.
func original(frame string, imported int) string {
	prefix, rest, unnamed := strings.Cut(frame, ".$")
	digits, types, ok := strings.Cut(rest, "(")
	index, err := strconv.Atoi(digits)
	if !unnamed || !ok || err != nil || index <= imported {
		return frame
	}
	return prefix + ".$" + strconv.Itoa(index-1) + "(" + types
}

// clip bounds text that a guest chose before it reaches a log.
func clip(text string) string {
	if len(text) > hostabi.MaxLine {
		text = text[:hostabi.MaxLine] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
