package host_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/host"
)

func TestLoadRefuses(t *testing.T) {
	hook := exports("transform", 0)
	tests := map[string]struct {
		code    []byte
		kind    webhook.GuestErrorKind
		message string
	}{
		"no module":      {[]byte("export default 1"), webhook.GuestCompile, `not a WebAssembly module of version 1: it does not begin with \0asm`},
		"nothing":        {nil, webhook.GuestCompile, "not a WebAssembly module of version 1: it is empty"},
		"component":      {[]byte("\x00asm\x0d\x00\x01\x00"), webhook.GuestCompile, "not a WebAssembly module of version 1: it is a component; build a core module, in Rust for wasm32-unknown-unknown or wasm32-wasip1"},
		"other version":  {[]byte("\x00asm\x02\x00\x00\x00"), webhook.GuestCompile, "not a WebAssembly module of version 1: it is of version 0x02000000"},
		"header cut off": {[]byte("\x00asm"), webhook.GuestCompile, "not a WebAssembly module of version 1: its header is cut off"},
		"compressed":     {[]byte("\x1f\x8b\x08"), webhook.GuestCompile, "not a WebAssembly module of version 1: it is compressed by gzip"},
		"cut off":        {bad(t, "trap").Code[:120], webhook.GuestCompile, "section 7 at byte 99 is cut off or unknown"},
		"unknown function": {
			bad(t, "unknown-import").Code, webhook.GuestABI,
			"the module imports the function hostabi_v1.open_socket, which the host does not serve",
		},
		"draft of the ABI": {
			assemble(types("i"), imports("hostabi_v0", "log", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module is built for hostabi_v0 (it imports hostabi_v0.log), and this host serves hostabi_v1 alone: " +
				"version 0 was a draft, so build the module anew with an SDK for version 1",
		},
		"later version of the ABI": {
			assemble(types("i"), imports("hostabi_v2", "log", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module is built for hostabi_v2 (it imports hostabi_v2.log), and this host serves hostabi_v1 alone: " +
				"update hookseal, or build the module with an SDK for version 1",
		},
		"what a later version adds": {
			assemble(types("i"), imports("hostabi_v1_1", "log", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module is built for hostabi_v1_1 (it imports hostabi_v1_1.log), and this host serves hostabi_v1 alone: " +
				"update hookseal, or build the module with an SDK for version 1",
		},
		"export of a later version": {
			assemble(types("i"), functions(0), exports("transform", 0, "hostabi_route", 0), code(returns(0))), webhook.GuestABI,
			`the module exports "hostabi_route": names that begin with "hostabi_" are for later versions of the ABI, ` +
				`those with "hookseal" for what the host adds`,
		},
		"export of what the host adds": {
			assemble(types("i"), functions(0), exports("transform", 0, "hookseal.global.7", 0), code(returns(0))), webhook.GuestABI,
			`the module exports "hookseal.global.7": names that begin with "hostabi_" are for later versions of the ABI, ` +
				`those with "hookseal" for what the host adds`,
		},
		"other module": {
			assemble(types("i"), imports("env", "log", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module imports the function env.log; the host serves hostabi_v1 and a few functions of wasi_snapshot_preview1",
		},
		"other WASI function": {
			assemble(types("i"), imports(hostabi.WASI, "path_open", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module imports the function wasi_snapshot_preview1.path_open; of wasi_snapshot_preview1 the host serves " +
				strings.Join(hostabi.WASIFunctions(), ", "),
		},
		"other type": {
			assemble(types("i"), imports(hostabi.Module, "log", 0), functions(0), hook1(), code(returns(0))), webhook.GuestABI,
			"the module imports hostabi_v1.log as () -> (i32), it is (i32, i32, i32) -> ()",
		},
		"imports a memory": {
			assemble(types("i"), importsMemory(), functions(0), hook, code(returns(0))), webhook.GuestABI,
			"the module imports env.memory, which is no function; the host serves functions alone",
		},
		"no hook": {
			assemble(types("i"), functions(0), exports("run", 0), code(returns(0))), webhook.GuestABI,
			`the module exports neither "claim" nor "transform"`,
		},
		"command": {
			assemble(types("i"), functions(0), exports("transform", 0, "_start", 0), code(returns(0))), webhook.GuestABI,
			`the module is a command (it exports "_start"); build it as a reactor: ` +
				"Go with -buildmode=c-shared, Rust as a cdylib, C with -Wl,--no-entry or -mexec-model=reactor",
		},
		"hook of another type": {
			assemble(types("v"), functions(0), hook, code("\x0b")), webhook.GuestABI,
			`the export "transform" must take nothing and return an i32`,
		},
		"initialize of another type": {
			assemble(types("i"), functions(0), exports("transform", 0, "_initialize", 0), code(returns(0))), webhook.GuestABI,
			`the export "_initialize" must take and return nothing`,
		},
		"large table": {
			assemble(types("i"), functions(0), sectionOf(4, "\x01\x70\x00\x81\x80\x80\x01"), hook, code(returns(0))), webhook.GuestMemory,
			"the module's tables have 2097153 entries, at most 1048576 are granted",
		},
		"grows a table": {
			assemble(types("i"), functions(0), tableOfOne(), hook, code("\xd0\x70\x41\x01\xfc\x0f\x00\x1a\x41\x00\x0b")), webhook.GuestABI,
			"the module grows a table, which is not served",
		},
		"traps at its start": {
			assemble(types("iv"), functions(0, 1), exports("transform", 0, "_initialize", 1), code(returns(0), "\x00\x0b")), webhook.GuestTrap,
			"start: unreachable in .$1()",
		},
		"calls the host at its start": {
			assemble(types("iv"), imports(hostabi.Module, "part_body", 1), functions(0, 1),
				exports("transform", 1, "_initialize", 2), code(returns(0), "\x10\x00\x0b")), webhook.GuestABI,
			"start: part_body belongs to claim",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "a.wasm", Code: tt.code})
			wantFault(t, err, tt.kind, tt.message)
		})
	}
	_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "a.wasm", Code: make([]byte, hostabi.MaxModule+1)})
	wantFault(t, err, webhook.GuestCompile, "the module is 33554433 bytes, at most 33554432 are taken")
}

// What is cut off or made of random bytes is refused, with an error of its own
// kind, whatever it looks like.
func TestRandomBytes(t *testing.T) {
	whole := bad(t, "trap").Code
	random := rand.New(rand.NewPCG(1, 2))
	broken := [][]byte{nil, {}, []byte("\x00asm"), whole[:8]}
	for n := 0; n < len(whole); n += 7 {
		broken = append(broken, whole[:n])
	}
	for range 100 {
		noise := make([]byte, 8+random.IntN(200))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		copy(noise, whole[:random.IntN(9)])
		broken = append(broken, noise)
	}
	for _, code := range broken {
		_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "a.wasm", Code: code})
		fault, ok := errors.AsType[*webhook.GuestError](err)
		if !ok || fault.Message == "" || fault.Kind != webhook.GuestCompile && fault.Kind != webhook.GuestABI {
			t.Errorf("Load of %d bytes, %.16q: %v, want a GuestError of the kind compile or abi", len(code), code, err)
		}
	}
}

func TestInvalidCodeIsRefusedByTheCompiler(t *testing.T) {
	module := assemble(types("i"), functions(0), exports("transform", 0), code("\x42\x00\x0b")) // an i64 for an i32
	_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "a.wasm", Code: module})
	var fault *webhook.GuestError
	if !errors.As(err, &fault) || fault.Kind != webhook.GuestCompile || !strings.Contains(fault.Message, "cannot use i64 as result") {
		t.Errorf("error = %v, want one of the kind compile about the result", err)
	}
}

func TestIdentity(t *testing.T) {
	g := load(t, shipped(t, "chaindoc-rule"))
	if g.Name() != "chaindoc-rule.wasm" || len(g.Hash()) != 64 || fmt.Sprint(g.Hooks()) != "[claim]" {
		t.Errorf("Name, Hash, Hooks = %q, %q, %v", g.Name(), g.Hash(), g.Hooks())
	}
	if ext := fmt.Sprint(host.Loader{}.Extensions()); ext != "[.wasm]" {
		t.Errorf("Extensions = %s, want [.wasm]", ext)
	}
}

func TestClose(t *testing.T) {
	code := bad(t, "spin")
	code.Limits = webhook.GuestLimits{Fuel: patient.Fuel} // the default time
	g, err := host.Loader{Instances: 1}.Load(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	running, ended := make(chan struct{}), make(chan error, 1)
	tc := webhook.TransformContext{Settings: nil}
	ctx := &signalingContext{Context: t.Context(), asked: running}
	go func() {
		_, err := g.Transform(ctx, event("{}"), tc)
		ended <- err
	}()
	<-running
	given, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Close(given); !errors.Is(err, context.Canceled) {
		t.Errorf("Close while a call runs and nobody waits = %v, want %v", err, context.Canceled)
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := g.Close(t.Context()); err != nil {
				t.Errorf("Close = %v", err)
			}
		})
	}
	wg.Wait()
	wantFault(t, <-ended, webhook.GuestTimeout, "transform ran longer than 250ms")
	if _, err := g.Transform(t.Context(), event("{}"), good()); err == nil || err.Error() != "spin.wasm: guest is closed" {
		t.Errorf("a call after Close: %v, want that the guest is closed", err)
	}
	if err := g.Close(t.Context()); err != nil {
		t.Errorf("Close of a closed guest = %v", err)
	}
}

func TestConcurrentCalls(t *testing.T) {
	g := load(t, bad(t, "echo"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				body := fmt.Sprintf(`{"a":"%d-%d"}`, i, n)
				tc := webhook.TransformContext{Settings: map[string]string{"field": "9", "name": "a"}}
				out, err := g.Transform(context.Background(), event(body), tc)
				if want := fmt.Sprintf("%d-%d", i, n); err != nil || len(out) != 1 || string(out[0].Body) != want {
					t.Errorf("Transform = %v, %v, want the body %q", out, err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

// signalingContext tells when it is asked for its end, as a guest's call does
// when it begins.
type signalingContext struct {
	context.Context
	once  sync.Once
	asked chan struct{}
}

func (c *signalingContext) Value(key any) any { return c.Context.Value(key) }

func (c *signalingContext) Done() <-chan struct{} {
	c.once.Do(func() { close(c.asked) })
	return c.Context.Done()
}

// In a bubble a goroutine that outlives the test is a failure.
func TestEveryGoroutineEnds(t *testing.T) {
	code := bad(t, "trap")
	synctest.Test(t, func(t *testing.T) {
		g := load(t, code)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
					t.Errorf("Transform: %v", err)
				}
				if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err == nil {
					t.Error("Transform = nil, want a trap")
				}
			})
		}
		wg.Wait()
	})
}
