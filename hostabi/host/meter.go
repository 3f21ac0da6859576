package host

import (
	"context"
	"math"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/metering"
)

// The names by which a module and its meter know each other. A module that
// imports meterModule itself is refused, as it is no module that the host serves
// to guests.
const (
	meterModule = "hookseal"
	meterTick   = "tick"
	meterFuel   = "hookseal.fuel"
	meterStack  = "hookseal.stack"
)

// fuelSlice is how much fuel a module is given at once. Between two slices the
// clock is looked at, and the garbage collector may stop the module. It is some
// 20 to 50 µs of work.
const fuelSlice = 50_000

// The cost of what the host does for a module, in units of its fuel. Each is above
// what the work takes, so that no host function is a way around the deadline.
const (
	costCall       = 40 // a call of a host function
	costDigestByte = 4
	costRandomByte = 4
	costParseByte  = 8 // JSON, forms, queries and cookies are parsed anew by each call
	costPair       = 8 // a parameter that is looked at again
	bytesPerUnit   = 8 // memory that is copied
)

// metered returns the module with its meter.
func metered(module []byte, limits webhook.GuestLimits) ([]byte, error) {
	return metering.Rewrite(module, metering.Options{
		TickModule: meterModule, TickName: meterTick, Fuel: meterFuel, Stack: meterStack,
		StackBytes: limits.Stack, MaxSize: hostabi.MaxMetered,
	})
}

// serveMeter instantiates the module that metered modules import.
func serveMeter(ctx context.Context, runtime wazero.Runtime) error {
	tick := api.GoModuleFunc(func(ctx context.Context, _ api.Module, stack []uint64) {
		stack[0] = uint64(ctx.Value(callKey{}).(*call).meter.tick(int64(stack[0])))
	})
	long := []api.ValueType{api.ValueTypeI64}
	_, err := runtime.NewHostModuleBuilder(meterModule).NewFunctionBuilder().
		WithGoModuleFunction(tick, long, long).Export(meterTick).Instantiate(ctx)
	return err
}

// meter bounds the work of one call. Its fuel is in three places: what the host
// still has, what the module has been given and not used, which is a global of the
// module, and what the host's own work has cost since, which is owed.
type meter struct {
	// ctx is the caller's.
	ctx      context.Context
	deadline time.Time
	left     int64
	owed     int64
	// slice is what the module was given last, of which it may have used any part.
	slice int64
}

// begin returns the first slice of a call.
func (m *meter) begin(ctx context.Context, limit time.Duration, fuel int64) int64 {
	*m = meter{ctx: ctx, deadline: time.Now().Add(limit), left: fuel}
	return m.grant()
}

// tick is called by a module whose slice is used up, with what it has spent beyond
// that as a negative number. It returns the next slice, or ends the call.
func (m *meter) tick(rest int64) int64 {
	if rest == metering.Overflow {
		panic(&abort{kind: webhook.GuestStack})
	}
	m.left += rest
	m.slice = 0
	m.settle()
	return m.grant()
}

func (m *meter) grant() int64 {
	m.slice = min(m.left, fuelSlice)
	m.left -= m.slice
	return m.slice
}

// charge takes what the host does off the fuel.
func (m *meter) charge(cost int64) {
	if m.owed += cost; m.owed >= fuelSlice {
		m.settle()
	}
}

// settle pays what is owed, and ends the call if there is no fuel or time for it
// or the caller has given up. What the module has not used of its slice may pay
// too; how much that is shows when the slice ends.
func (m *meter) settle() {
	m.left -= m.owed
	m.owed = 0
	switch {
	case m.left+m.slice < 0:
		panic(&abort{kind: webhook.GuestFuel})
	case m.ctx.Err() != nil || time.Now().After(m.deadline):
		panic(&abort{kind: webhook.GuestTimeout})
	}
}

// end returns an error if a call that has come to its end did more work than it
// was allowed; rest is what the module has not used of its slice.
func (m *meter) end(rest int64) error {
	if m.left+rest < m.owed {
		return &abort{kind: webhook.GuestFuel}
	}
	return nil
}

// unlimited is the fuel of the start of a module, which is bounded by the clock.
const unlimited = math.MaxInt64
