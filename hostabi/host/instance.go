package host

import (
	"context"

	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/engine/webhook"
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
	// values is room for those of a call, which is taken again by the next.
	values []value
}

func newInstance(mod api.Module, memory *linearMemory, limits webhook.GuestLimits, hooks map[webhook.Hook]string, globals int) *instance {
	in := &instance{
		mod: mod, memory: memory, limits: limits, hooks: map[webhook.Hook]api.Function{},
		fuel: mod.ExportedGlobal(meterFuel).(api.MutableGlobal),
	}
	for hook, export := range hooks {
		in.hooks[hook] = mod.ExportedFunction(export)
	}
	for i := range globals {
		in.globals = append(in.globals, mod.ExportedGlobal(globalName(i)))
	}
	return in
}

// call runs the hook of c. After an error the instance must not be used again.
func (in *instance) call(ctx context.Context, c *call) error {
	c.memory = in.memory
	c.memory.beside = 0
	c.values = in.values[:0]
	in.stack[0] = 0 // an Extism plug-in may return nothing, which is success
	in.fuel.Set(uint64(c.meter.begin(ctx, in.limits.Time, in.limits.Fuel)))
	err := in.hooks[c.hook].CallWithStack(withCall(ctx, c), in.stack[:])
	clear(c.values)
	in.values = c.values
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
		denied: in.memory.denied, lastWords: c.lastWords(),
	}
}

// discard frees the instance.
func (in *instance) discard(ctx context.Context) {
	// Closing an instance without files cannot go wrong in a way that matters.
	_ = in.mod.Close(context.WithoutCancel(ctx))
}
