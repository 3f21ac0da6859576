package host

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// instance is one running copy of a module. One call at a time uses it.
type instance struct {
	mod    api.Module
	memory *linearMemory
	limits webhook.GuestLimits
	hooks  map[webhook.Hook]api.Function
	// globals are the mutable ones, which [module.withGlobalsExported] exports.
	globals []api.Global
	// fuel is what the module has of its slice.
	fuel  api.MutableGlobal
	stack [1]uint64
}

func newInstance(mod api.Module, memory *linearMemory, limits webhook.GuestLimits, globals int) *instance {
	in := &instance{
		mod: mod, memory: memory, limits: limits, hooks: map[webhook.Hook]api.Function{},
		fuel: mod.ExportedGlobal(meterFuel).(api.MutableGlobal),
	}
	for hook, export := range hookExports() {
		if f := mod.ExportedFunction(export); f != nil {
			in.hooks[hook] = f
		}
	}
	for i := range globals {
		in.globals = append(in.globals, mod.ExportedGlobal(globalName(i)))
	}
	return in
}

// call runs the hook of c. After an error the instance must not be used again.
func (in *instance) call(ctx context.Context, c *call) error {
	c.memory = in.memory
	in.fuel.Set(uint64(c.meter.begin(ctx, in.limits.Time, in.limits.Fuel)))
	err := in.hooks[c.hook].CallWithStack(withCall(ctx, c), in.stack[:])
	c.console.flush(c)
	if err == nil {
		err = c.meter.end(int64(in.fuel.Get()))
	}
	if err == nil {
		err = c.settle(int32(uint32(in.stack[0])))
	}
	if err == nil {
		return nil
	}
	return &breakdown{
		cause: err, during: string(c.hook), limits: in.limits, budget: in.limits.Time,
		denied: in.memory.denied, lastWords: c.console.firstError,
	}
}

// discard frees the instance.
func (in *instance) discard(ctx context.Context) {
	// Closing an instance without files cannot go wrong in a way that matters.
	_ = in.mod.Close(context.WithoutCancel(ctx))
}

// snapshot is the whole state of a restorable module: its memory and its
// mutable globals.
type snapshot struct {
	memory  []byte
	globals []uint64
}

func (in *instance) snapshot() (*snapshot, error) {
	s := &snapshot{memory: append([]byte(nil), in.memory.bytes...)}
	for i, g := range in.globals {
		if _, ok := g.(api.MutableGlobal); !ok {
			return nil, fmt.Errorf("global %d of the module cannot be set", i)
		}
		s.globals = append(s.globals, g.Get())
	}
	return s, nil
}

// restore puts the instance into the state s. It reports false if it cannot:
// memory that grew does not shrink.
func (in *instance) restore(s *snapshot) bool {
	if len(in.memory.bytes) != len(s.memory) {
		return false
	}
	in.memory.denied = 0
	copy(in.memory.bytes, s.memory)
	for i, g := range in.globals {
		g.(api.MutableGlobal).Set(s.globals[i])
	}
	return true
}

// hookExports returns the exports by which the hooks are known.
func hookExports() map[webhook.Hook]string {
	return map[webhook.Hook]string{
		webhook.HookClaim:     hostabi.ExportClaim,
		webhook.HookTransform: hostabi.ExportTransform,
	}
}
