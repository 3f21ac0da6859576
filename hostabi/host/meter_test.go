package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// loadShipped loads one of the guests of wasm-build.
func loadShipped(t *testing.T, l Loader, name string, limits webhook.GuestLimits) *guest {
	t.Helper()
	code, err := os.ReadFile("../../wasm-build/dist/" + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	g, err := l.Load(t.Context(), webhook.GuestCode{Name: name, Code: code, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return g.(*guest)
}

// used runs a transform and returns how much fuel it took.
func (g *guest) used(t *testing.T, body string) int64 {
	t.Helper()
	in, err := g.pool.borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := &call{hook: webhook.HookTransform, limits: g.limits, ev: &webhook.Event{ID: "e", Type: "t"}, body: []byte(body)}
	err = in.call(t.Context(), c)
	left := c.meter.left + int64(in.fuel.Get()) - c.meter.owed
	g.pool.giveBack(t.Context(), in, err == nil)
	if err != nil {
		t.Fatal(err)
	}
	return g.limits.Fuel - left
}

// Fuel is the same in every run, in every instance, and in both engines of the
// runtime; it grows with the work; and what a call takes is enough for it, to the
// unit.
func TestFuelIsExact(t *testing.T) {
	limits := webhook.GuestLimits{Time: time.Minute, Fuel: 1 << 40}
	body := func(n int) string { return `{"a":"` + strings.Repeat("x", n) + `"}` }
	seen := map[int]int64{}
	for _, l := range []Loader{{}, {interpret: true}} {
		g := loadShipped(t, l, "envelope", limits)
		for range 3 {
			for _, n := range []int{10, 1000, 100_000} {
				used := g.used(t, body(n))
				if before, ok := seen[n]; ok && used != before {
					t.Errorf("a body of %d took %d units, then %d", n, before, used)
				}
				seen[n] = used
			}
		}
	}
	t.Logf("units by the size of the body: %v", seen)
	if ratio := float64(seen[100_000]) / float64(seen[1000]); ratio < 50 || ratio > 150 {
		t.Errorf("a body a hundred times as large took %.1f times the fuel", ratio)
	}
	for extra, want := range map[int64]bool{0: true, -1: false} {
		limits.Fuel = seen[1000] + extra
		g := loadShipped(t, Loader{}, "envelope", limits)
		_, err := g.Transform(t.Context(), &webhook.Event{ID: "e", Type: "t", Body: []byte(body(1000))}, webhook.TransformContext{})
		var fault *webhook.GuestError
		if (err == nil) != want || err != nil && (!errors.As(err, &fault) || fault.Kind != webhook.GuestFuel) {
			t.Errorf("with %d units of %d: %v", limits.Fuel, seen[1000], err)
		}
	}
}

// The interpreter ends what never ends as the compiler does.
func TestInterpreterIsBounded(t *testing.T) {
	for name, want := range map[string]string{
		"spin":    "timeout: transform ran longer than 30ms",
		"recurse": "stack: transform nested its calls deeper than its stack of 4194304 bytes allows",
	} {
		code, err := os.ReadFile("../../testdata/guests/" + name + ".wasm")
		if err != nil {
			t.Fatal(err)
		}
		limits := webhook.GuestLimits{Time: 30 * time.Millisecond, Fuel: 1 << 40}
		if name == "recurse" {
			limits.Time = time.Minute
		}
		g, err := Loader{interpret: true}.Load(t.Context(), webhook.GuestCode{Name: name, Code: code, Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		_, err = g.Transform(t.Context(), &webhook.Event{}, webhook.TransformContext{})
		if got := fmt.Sprint(err); got != name+": "+want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if err := g.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
