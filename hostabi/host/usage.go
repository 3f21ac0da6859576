package host

import "github.com/hookseal/hookseal/engine/webhook"

// Usage is what one call of a guest took.
type Usage struct {
	// Hook is what was called.
	Hook webhook.Hook
	// Fuel is the work in instructions, which is the same every time for the same
	// call on the same module.
	Fuel int64
	// Memory is how many bytes the instance held at the end, which is the most that
	// it held.
	Memory int64
}

// usage returns what the call took that has just succeeded.
func (in *instance) usage(c *call) Usage {
	return Usage{
		Hook:   c.hook,
		Fuel:   in.limits.Fuel - c.meter.left - int64(in.fuel.Get()) + c.meter.owed,
		Memory: int64(uint64(len(in.memory.bytes)) + in.memory.beside),
	}
}
