package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/hookseal/hookseal/engine/webhook"
)

// noGlobal stands for the fuel of a module that has no meter.
type noGlobal struct{ api.MutableGlobal }

func (noGlobal) Get() uint64 { return 0 }
func (noGlobal) Set(uint64)  {}

// bench starts an instance of a module, with its meter or without, under a
// configuration of the runtime.
func bench(b *testing.B, code []byte, config wazero.RuntimeConfig, meter bool) *stretch {
	b.Helper()
	limits := webhook.GuestLimits{Time: time.Minute, Fuel: 1 << 60}.WithDefaults()
	mod, err := inspect(code)
	if err != nil {
		b.Fatal(err)
	}
	plain := mod.withGlobalsExported()
	if code = plain; meter {
		if code, err = metered(plain, limits); err != nil {
			b.Fatal(err)
		}
	}
	r := wazero.NewRuntimeWithConfig(context.Background(), config)
	b.Cleanup(func() { _ = r.Close(context.Background()) })
	if err := serve(b.Context(), r, mod.abi()); err != nil {
		b.Fatal(err)
	}
	memory := &linearMemory{limit: uint64(limits.Memory)}
	c := &call{limits: limits, memory: memory}
	c.meter.begin(b.Context(), time.Minute, unlimited)
	ctx := experimental.WithMemoryAllocator(withCall(b.Context(), c), memory)
	running, err := r.InstantiateWithConfig(ctx, code, wazero.NewModuleConfig().WithStartFunctions("_initialize"))
	if err != nil {
		b.Fatal(err)
	}
	in := &instance{
		mod: running, memory: memory, limits: limits, fuel: noGlobal{},
		hooks: map[webhook.Hook]api.Function{webhook.HookTransform: running.ExportedFunction("transform")},
	}
	if meter {
		in.fuel = running.ExportedGlobal(meterFuel).(api.MutableGlobal)
	}
	for i := range mod.mutable {
		in.globals = append(in.globals, running.ExportedGlobal(globalName(i)))
	}
	s, err := in.snapshot()
	if err != nil {
		b.Fatal(err)
	}
	return &stretch{in, s}
}

// stretch is an instance that stays in use when its memory has grown.
type stretch struct {
	*instance
	origin *snapshot
}

// lap runs so many transforms and returns the time of one.
func lap(b *testing.B, in *stretch, ev *webhook.Event, calls int) time.Duration {
	b.Helper()
	took := time.Duration(0)
	for range calls {
		c := &call{
			hook: webhook.HookTransform, limits: in.limits, ev: ev, header: ev.Header, body: ev.Body,
			settings: map[string]string{"members": "email,phone"},
		}
		start := time.Now()
		err := in.call(b.Context(), c)
		took += time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
		in.put(in.origin)
	}
	return took / time.Duration(calls)
}

// BenchmarkPrice compares a transform with its meter, without one, and under the
// runtime's own way to end a call, in laps one after the other.
func BenchmarkPrice(b *testing.B) {
	const person = `{"name":"Ada Example","email":"ada@customers.example","city":"Zürich","tags":["a","b"],"age":36},`
	for name, path := range map[string]string{
		"envelope": "wasm-build/dist/envelope.wasm", "redact-c": "testdata/guests/sdk/c-redact.wasm",
		"redact-rust": "testdata/guests/sdk/rust-redact.wasm",
	} {
		code, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
		if err != nil {
			b.Fatal(err)
		}
		for _, size := range []int{1, 16, 64, 1024} {
			b.Run(fmt.Sprintf("%s/%dKB", name, size), func(b *testing.B) {
				body := "[" + strings.Repeat(person, size<<10/len(person)) + "{}]"
				comparePrices(b, code, &webhook.Event{ID: "e", Type: "t", Body: []byte(body)}, max(1, 32/size))
			})
		}
	}
}

func comparePrices(b *testing.B, code []byte, ev *webhook.Event, calls int) {
	with := bench(b, code, wazero.NewRuntimeConfig(), true)
	without := bench(b, code, wazero.NewRuntimeConfig(), false)
	closing := bench(b, code, wazero.NewRuntimeConfig().WithCloseOnContextDone(true), false)
	lap(b, with, ev, calls)
	lap(b, without, ev, calls)
	var metered, plain, ratios, others []float64
	for b.Loop() {
		p, m := lap(b, without, ev, calls), lap(b, with, ev, calls)
		plain, metered = append(plain, float64(p)), append(metered, float64(m))
		ratios = append(ratios, float64(m)/float64(p))
		if len(others) < 5 {
			others = append(others, float64(lap(b, closing, ev, max(1, calls/10)))/float64(p))
		}
	}
	b.ReportMetric(median(plain), "plain-ns")
	b.ReportMetric(median(metered), "metered-ns")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(others), "closing-ratio")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
