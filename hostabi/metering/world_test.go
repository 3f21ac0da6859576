package metering_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/hostabi/metering"
)

// plenty is fuel enough for every test, slice what tick grants at once.
const plenty, slice = 1 << 40, 10_000

// options are those of the tests.
var options = metering.Options{
	TickModule: "meter", TickName: "tick", Fuel: "meter.fuel", Stack: "meter.stack", StackBytes: 1 << 20,
}

// engines are the two ways in which wazero runs a module.
func engines() map[string]wazero.RuntimeConfig {
	return map[string]wazero.RuntimeConfig{
		"compiler": wazero.NewRuntimeConfigCompiler(), "interpreter": wazero.NewRuntimeConfigInterpreter(),
	}
}

// world is a runtime in which modules run plain or metered.
type world struct {
	wazero.Runtime
	metered bool
	// budget is the fuel of a call, ticks counts how often it was asked for.
	budget    int64
	ticks     int
	instances []api.Module
}

// exhausted and overflow are what tick panics with.
type (
	exhausted struct{}
	overflow  struct{}
)

func (exhausted) Error() string { return "out of fuel" }
func (overflow) Error() string  { return "stack overflow" }

func newWorld(t testing.TB, config wazero.RuntimeConfig, metered bool) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{Runtime: wazero.NewRuntimeWithConfig(ctx, config), metered: metered, budget: plenty}
	t.Cleanup(func() {
		if err := w.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	tick := api.GoFunc(func(_ context.Context, stack []uint64) {
		w.ticks++
		if int64(stack[0]) == metering.Overflow {
			panic(overflow{})
		}
		w.budget += int64(stack[0])
		if w.budget < 0 {
			panic(exhausted{})
		}
		grant := min(w.budget, slice)
		w.budget -= grant
		stack[0] = uint64(grant)
	})
	long := []api.ValueType{api.ValueTypeI64}
	_, err := w.NewHostModuleBuilder(options.TickModule).NewFunctionBuilder().
		WithGoFunction(tick, long, long).Export(options.TickName).Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// start instantiates a module. What the compiler panics at is no valid module.
func (w *world) start(code []byte, name string) (mod api.Module, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if w.metered {
		if code, err = metering.Rewrite(code, options); err != nil {
			return nil, err
		}
	}
	w.refill(plenty)
	mod, err = w.InstantiateWithConfig(context.Background(), code, wazero.NewModuleConfig().WithName(name).WithStartFunctions())
	if err == nil {
		w.instances = append(w.instances, mod)
	}
	return mod, err
}

// refill gives the next call a budget, and puts back the stack that a trap has
// left.
func (w *world) refill(budget int64) {
	w.budget, w.ticks = budget, 0
	if !w.metered {
		return
	}
	for _, mod := range w.instances {
		mod.ExportedGlobal(options.Fuel).(api.MutableGlobal).Set(0)
		mod.ExportedGlobal(options.Stack).(api.MutableGlobal).Set(uint64(options.StackBytes))
	}
}

// used returns how much fuel the last call took.
func (w *world) used(mod api.Module, budget int64) int64 {
	return budget - w.budget - int64(mod.ExportedGlobal(options.Fuel).Get())
}

// call runs an exported function and describes what came of it: the bits of every
// result, or the trap.
func (w *world) call(mod api.Module, name string, args ...uint64) string {
	return w.callWith(plenty, mod, name, args...)
}

// callWith does so with a budget.
func (w *world) callWith(budget int64, mod api.Module, name string, args ...uint64) string {
	w.refill(budget)
	f := mod.ExportedFunction(name)
	if f == nil {
		return "there is no function " + name
	}
	results, err := f.Call(context.Background(), args...)
	if err != nil {
		return "trap: " + trap(err)
	}
	return "results: " + describe(f.Definition().ResultTypes(), results)
}

// trap returns the reason of a trap alone.
func trap(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(line, "stack overflow") {
		return "stack overflow"
	}
	return line
}

// describe writes results down. Of a reference only whether it is null is the same
// in two runs.
func describe(types []api.ValueType, results []uint64) string {
	const vector = 0x7b
	var out []string
	for _, t := range types {
		switch {
		case t == vector:
			out = append(out, fmt.Sprintf("%x:%x", results[0], results[1]))
			results = results[1:]
		case t == api.ValueTypeI32 || t == api.ValueTypeF32:
			out = append(out, fmt.Sprintf("%x", results[0]&math.MaxUint32))
		case t == api.ValueTypeI64 || t == api.ValueTypeF64:
			out = append(out, fmt.Sprintf("%x", results[0]))
		default:
			out = append(out, fmt.Sprintf("reference, null: %t", results[0] == 0))
		}
		results = results[1:]
	}
	return strings.Join(out, " ")
}
