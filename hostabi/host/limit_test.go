package host_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// spinning are the ways in which the guest exhaust never ends.
var spinning = []string{"bulk", "move", "digest", "json", "read", "log", "exponential"}

// large is an event whose body takes a while to parse.
func large() *webhook.Event { return event(`{"b":"` + strings.Repeat("x", 200_000) + `"}`) }

// wantNext fails the test unless the next event is fine.
func wantNext(t *testing.T, g webhook.Guest) {
	t.Helper()
	if out, err := g.Transform(t.Context(), event("{}"), good()); err != nil || len(out) != 1 || out[0].Type != "good" {
		t.Errorf("the next event: %v, %v, want one output of the type good", out, err)
	}
}

func TestDeadlineHoldsInEveryWay(t *testing.T) {
	code := bad(t, "exhaust")
	code.Limits.Time = 50 * time.Millisecond
	g := load(t, code)
	for _, way := range spinning {
		start := time.Now()
		_, err := g.Transform(t.Context(), large(), setting(way))
		took := time.Since(start)
		t.Logf("%s: %s", way, took)
		wantFault(t, err, webhook.GuestTimeout, "transform ran longer than 50ms")
		if took > 30*time.Second {
			t.Errorf("%s ran %s, want about 50ms", way, took)
		}
		wantNext(t, g)
	}
}

func TestFuelEndsInEveryWay(t *testing.T) {
	code := bad(t, "exhaust")
	code.Limits.Fuel = 3_000_000
	g := load(t, code)
	for _, way := range spinning {
		_, err := g.Transform(t.Context(), large(), setting(way))
		wantFault(t, err, webhook.GuestFuel, "transform did more work than its fuel of 3000000 instructions allows")
		wantNext(t, g)
	}
}

func TestStackIsBounded(t *testing.T) {
	code := bad(t, "exhaust")
	for _, limit := range []int32{100_000, 4 << 20} {
		code.Limits.Stack = limit
		g := load(t, code)
		for _, way := range []string{"indirect", "wide"} {
			before := allocated()
			_, err := g.Transform(t.Context(), event("{}"), setting(way))
			wantFault(t, err, webhook.GuestStack, fmt.Sprintf("transform nested its calls deeper than its stack of %d bytes allows", limit))
			took := allocated() - before
			t.Logf("%s with a stack of %d bytes: %d bytes of the host", way, limit, took)
			if most := uint64(8*limit) + 1<<20; took > most {
				t.Errorf("%s with a stack of %d bytes took %d bytes of the host, want at most %d", way, limit, took, most)
			}
			wantNext(t, g)
		}
	}
}

// allocated returns how many bytes the process has allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

// A spinning guest does not hold up the garbage collector, which has to stop it
// for a moment.
func TestGarbageCollectorIsNotHeldUp(t *testing.T) {
	g := load(t, bad(t, "spin"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		_, err := g.Transform(&signalingContext{Context: ctx, asked: began}, event("{}"), webhook.TransformContext{})
		ended <- err
	}()
	<-began
	longest := time.Duration(0)
	for range 20 {
		start := time.Now()
		runtime.GC()
		longest = max(longest, time.Since(start))
	}
	t.Logf("the longest of 20 collections took %s", longest)
	select {
	case err := <-ended:
		t.Fatalf("the guest ended before the collections: %v", err)
	default:
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the guest ended with %v, want %v", err, context.Canceled)
	}
	if longest > 10*time.Second {
		t.Errorf("a collection took %s beside a spinning guest", longest)
	}
}

// A guest that spins while it starts is refused when it is loaded.
func TestStartIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the end of two seconds")
	}
	for name, start := range map[string]string{
		"_initialize": exports("transform", 0, "_initialize", 1), "start section": exports("transform", 0) + sectionOf(8, "\x01"),
	} {
		module := assemble(types("iv"), functions(0, 1), start, code(returns(0), "\x03\x40\x0c\x00\x0b\x0b"))
		_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: name, Code: module})
		wantFault(t, err, webhook.GuestTimeout, "start ran longer than 2s")
	}
}

// What a guest would need to look after its own meter is not there for it.
func TestMeterIsOutOfReach(t *testing.T) {
	for message, module := range map[string][]byte{
		"the module imports the function hookseal.tick; the host serves hostabi_v1 and a few functions of wasi_snapshot_preview1": assemble(
			types("i"), imports("hookseal", "tick", 0), functions(0), hook1(), code(returns(0))),
		`the module exports "hookseal.fuel": names that begin with "hostabi_" are for later versions of the ABI, those with "hookseal" for what the host adds`: assemble(
			types("i"), functions(0), exports("transform", 0, "hookseal.fuel", 0), code(returns(0))),
		"there is no global 0": assemble(
			types("i"), functions(0), exports("transform", 0), code("\x42\x00\x24\x00\x41\x00\x0b")),
		"tail calls are not supported (opcode 0x12)": assemble(
			types("i"), functions(0), exports("transform", 0), code("\x12\x00\x0b")),
	} {
		_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "a.wasm", Code: module})
		var fault *webhook.GuestError
		if !errors.As(err, &fault) || !strings.HasSuffix(fault.Message, message) {
			t.Errorf("error = %v, want one that ends with %q", err, message)
		}
	}
}
