package script

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxCallDepth bounds how deep calls of a script nest. Each level that goes
// through a builtin, such as a callback of forEach, takes some KiB of stack.
const maxCallDepth = 4096

// call is one call of a guest: a virtual machine, what it was given and what
// bounds it. It is used once.
type call struct {
	guest *guest
	vm    *goja.Runtime
	log   logSink
	// parsed are the containers that were built from JSON text.
	parsed map[*goja.Object]*container
	// body is the event's body, which must not get into a message.
	body []byte
	// env are the settings of the transform.
	env map[string]string
	// registered is what the script gave to addHandler, nil if it has not.
	registered goja.Value
	// overran is set when the time is up.
	overran atomic.Bool
}

func (g *guest) newCall(log func(level, line string)) *call {
	c := &call{guest: g, vm: goja.New()}
	c.vm.SetMaxCallStackSize(maxCallDepth)
	// goja's parser would read the source map that a comment of evaluated code
	// names, from the disk.
	c.vm.SetParserOptions(parser.WithDisableSourceMaps)
	c.log = logSink{emit: log, left: g.limits.LogLines}
	return c
}

// useEvent makes Date and Math.random functions of the event, and keeps its body
// out of messages.
func (c *call) useEvent(ev *webhook.Event) {
	c.body = ev.Body
	c.vm.SetTimeSource(func() time.Time { return ev.Time })
	var source *rand.Rand
	c.vm.SetRandSource(func() float64 {
		if source == nil {
			seed := sha256.Sum256([]byte(ev.ID))
			source = rand.New(rand.NewPCG(binary.BigEndian.Uint64(seed[:]), binary.BigEndian.Uint64(seed[8:])))
		}
		return source.Float64()
	})
}

// forbidClock makes Date without arguments, Date.now and Math.random throw.
func (c *call) forbidClock() {
	c.vm.SetTimeSource(func() time.Time {
		panic(c.vm.NewTypeError("claim has no clock: state the time in the claim, the host compares it"))
	})
	c.vm.SetRandSource(func() float64 { panic(c.vm.NewTypeError("claim has no randomness")) })
}

// run calls a hook. Give makes its arguments, take reads its result; both run
// within the bounds of the call.
func (c *call) run(ctx context.Context, hook webhook.Hook, give func() []goja.Value, take func(goja.Value) error) error {
	return c.guarded(ctx, func() error {
		function, err := c.hook(hook)
		if err != nil {
			return err
		}
		result, err := function(goja.Undefined(), give()...)
		if err != nil {
			return err
		}
		if result, err = settled(result); err != nil {
			return err
		}
		return take(result)
	})
}

// hook runs the top level of the script and returns one of its functions.
func (c *call) hook(hook webhook.Hook) (goja.Callable, error) {
	if err := c.installGlobals(); err != nil {
		return nil, err
	}
	if _, err := c.vm.RunProgram(c.guest.unit.program); err != nil {
		return nil, err
	}
	value, err := c.vm.RunProgram(c.guest.unit.hooks[hook])
	if err != nil {
		return nil, err
	}
	function, ok := goja.AssertFunction(value)
	if !ok {
		return nil, c.guest.fault(webhook.GuestCompile, "%s is %s, want a function", hook, describe(value))
	}
	return function, nil
}

func (c *call) installGlobals() error {
	if err := c.installLibrary(); err != nil {
		return err
	}
	if c.guest.unit.registers {
		if err := c.installHookdeck(); err != nil {
			return err
		}
	}
	for _, g := range c.guest.guards {
		if err := g.install(c); err != nil {
			return fmt.Errorf("guard %s: %w", g.word, err)
		}
	}
	return nil
}

// settled gives the value of a promise that is settled: what an async function
// without anything to wait for returns.
func settled(v goja.Value) (goja.Value, error) {
	object, ok := v.(*goja.Object)
	if !ok || object.ExportType() != reflect.TypeFor[*goja.Promise]() {
		return v, nil
	}
	promise, ok := object.Export().(*goja.Promise)
	if !ok {
		return v, nil
	}
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		return promise.Result(), nil
	case goja.PromiseStateRejected:
		return nil, rejection{promise.Result()}
	default:
		return nil, abiFault("returned a promise that nothing will settle: there are no timers and no network")
	}
}

// rejection is what a promise was rejected with.
type rejection struct{ value goja.Value }

func (r rejection) Error() string { return "rejected promise" }

// guarded runs f within the time of the call and the life of ctx, and turns
// whatever went wrong into the error of a guest. A result that came too late is
// none.
func (c *call) guarded(ctx context.Context, f func() error) error {
	if ctx.Err() != nil {
		return c.abandoned(ctx)
	}
	limit := c.guest.limits.Time
	began := time.Now()
	timer := time.AfterFunc(limit, func() {
		c.overran.Store(true)
		c.vm.Interrupt("time is up")
	})
	defer timer.Stop()
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { c.vm.Interrupt("context ended") })()
	}
	err := c.protected(f)
	if guestError := c.faultOf(err); guestError != nil {
		err = guestError
	}
	// Interrupt does not stop a builtin, such as a regular expression that
	// backtracks: what it gave after its time does not count.
	if c.overran.Load() || time.Since(began) > limit {
		return c.timeout(err, limit)
	}
	if ctx.Err() != nil {
		return c.abandoned(ctx)
	}
	return err
}

func (c *call) abandoned(ctx context.Context) error {
	return fmt.Errorf("%s: abandoned: %w", c.guest.Name(), context.Cause(ctx))
}

func (c *call) timeout(err error, limit time.Duration) error {
	timeout := c.guest.fault(webhook.GuestTimeout, "ran longer than %s", limit)
	if at, ok := err.(*webhook.GuestError); ok {
		timeout.File, timeout.Line, timeout.Column = at.File, at.Line, at.Column
	}
	return timeout
}
