package metering_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/hostabi/metering"
)

// frugal is the fuel of a call of a generated module: many of them never end.
const frugal = 50_000

// Generated modules are valid with the meter, and do the same as without.
func FuzzGeneratedModules(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(choices(seed))
	}
	config := wazero.NewRuntimeConfigInterpreter()
	f.Fuzz(func(t *testing.T, choices []byte) { compare(t, config, generate(choices)) })
}

// The compiler is too slow to be fuzzed.
func TestGeneratedModules(t *testing.T) {
	compared := 0
	for seed := range uint64(300) {
		compared += compare(t, wazero.NewRuntimeConfigCompiler(), generate(choices(seed)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if compared < 300 {
		t.Errorf("%d calls of generated modules came to an end, want more", compared)
	}
}

func choices(seed uint64) []byte {
	out := make([]byte, 600)
	for i, r := 0, rand.New(rand.NewPCG(seed, 1)); i < len(out); i++ {
		out[i] = byte(r.Uint32())
	}
	return out
}

// compare runs every function of a module with the meter and without, one after
// the other in the same instance, and returns how many it has run. What uses up
// its fuel or stack is not run without.
func compare(t *testing.T, config wazero.RuntimeConfig, module []byte) int {
	t.Helper()
	plain, metered := newWorld(t, config, false), newWorld(t, config, true)
	without, err := plain.start(module, "")
	if err != nil {
		t.Fatalf("the generated module is not valid: %v\n%x", err, module)
	}
	with, err := metered.start(module, "")
	if err != nil {
		t.Fatalf("the module is not taken with its meter: %v\n%x", err, module)
	}
	calls := 0
	for name := range with.ExportedFunctionDefinitions() {
		if slices.Contains([]string{"0", "1", "2", "3", "4"}, name) {
			calls++
		}
	}
	for i := range 2 * calls {
		name := string(rune('0' + i%calls))
		args := make([]uint64, len(with.ExportedFunction(name).Definition().ParamTypes()))
		for n := range args {
			args[n] = uint64(i * (n + 3))
		}
		got := metered.callWith(frugal, with, name, args...)
		if strings.Contains(got, "out of fuel") || strings.Contains(got, "stack overflow") {
			return i
		}
		if want := plain.call(without, name, args...); got != want {
			t.Errorf("%s%v: with the meter %s, without %s\n%x", name, args, got, want, module)
		}
		if got, want := state(with), state(without); got != want {
			t.Errorf("%s%v: with the meter the memory is %s, without %s\n%x", name, args, got, want, module)
		}
	}
	return 2 * calls
}

// state describes the memory of an instance.
func state(mod api.Module) string {
	all, _ := mod.Memory().Read(0, mod.Memory().Size())
	return fmt.Sprintf("%d bytes %x", len(all), sha256.Sum256(all))
}

// Any bytes are refused, or give a module that is valid if the bytes were one.
func FuzzRewrite(f *testing.F) {
	for _, pattern := range []string{"../../testdata/guests/*.wasm", "../../wasm-build/dist/*.wasm"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no modules under %s: %v", pattern, err)
		}
		for _, file := range files {
			module, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(module)
		}
	}
	for seed := range uint64(4) {
		f.Add(generate(choices(seed)))
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	f.Cleanup(func() { _ = r.Close(ctx) })
	f.Fuzz(func(t *testing.T, module []byte) {
		rewritten, refusal := metering.Rewrite(module, options)
		if !modest(module) {
			return
		}
		before := compile(ctx, r, module)
		if refusal != nil && before == nil && !limited(refusal) {
			t.Fatalf("a valid module is refused: %v", refusal)
		}
		if refusal == nil && before == nil {
			if after := compile(ctx, r, rewritten); after != nil {
				t.Fatalf("with its meter the module is not valid: %v", after)
			}
		}
	})
}

// limited reports whether a refusal is one that a valid module may meet.
func limited(err error) bool {
	return strings.Contains(err.Error(), " not supported") || strings.Contains(err.Error(), "reserved") ||
		strings.Contains(err.Error(), "too many")
}

// compile returns why a module is not valid.
func compile(ctx context.Context, r wazero.Runtime, module []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	compiled, err := r.CompileModule(ctx, module)
	if err == nil {
		_ = compiled.Close(ctx)
	}
	return err
}
