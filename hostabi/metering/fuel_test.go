package metering_test

import (
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// spend runs f of a module and returns how much fuel that took.
func spend(t *testing.T, w *world, mod api.Module, args ...uint64) int64 {
	t.Helper()
	if got := w.call(mod, "f", args...); !strings.HasPrefix(got, "results: ") {
		t.Fatalf("f = %s", got)
	}
	return w.used(mod, plenty)
}

// The fuel of a call is the number of its instructions, where every branch is
// taken; the same in every run and under both engines.
func TestFuelCountsInstructions(t *testing.T) {
	// (loop (local.set n (i32.sub n 1)) (br_if 0 n))
	const loop = "\x03\x40\x20\x00\x41\x01\x6b\x22\x00\x0d\x00\x0b"
	tests := map[string]struct {
		module []byte
		arg    uint64
		want   int64
	}{
		"nothing":         {one(i32, "", "\x00\x0b"), 0, 0},
		"straight":        {one(i32, "", "\x00"+strings.Repeat("\x01", 999)+"\x0b"), 0, 1000},
		"one turn":        {one(i32, "", "\x00"+loop+"\x0b"), 1, 1 + 5 + 1 + 1},
		"thousand turns":  {one(i32, "", "\x00"+loop+"\x0b"), 1000, 1 + 1000*6 + 1},
		"memory.fill":     {one(i32, "", "\x00\x41\x00\x41\x07\x20\x00\xfc\x0b\x00\x0b"), 8000, 5 + 1000},
		"memory.copy":     {one(i32, "", "\x00\x41\x00\x41\x07\x20\x00\xfc\x0a\x00\x00\x0b"), 8000, 5 + 1000},
		"memory.grow":     {one(i32, "", "\x00\x20\x00\x40\x00\x1a\x0b"), 2, 4 + 2*4096},
		"refused growth":  {one(i32, "", "\x00\x20\x00\x40\x00\x1a\x0b"), 70000, 4},
		"table.grow":      {one(i32, "", "\x00\xd0\x70\x20\x00\xfc\x0f\x00\x1a\x0b"), 100, 5 + 100},
		"table.fill":      {one(i32, "", "\x00\x41\x00\xd0\x70\x20\x00\xfc\x11\x00\x0b"), 10, 5 + 10},
		"table.copy":      {one(i32, "", "\x00\x41\x00\x41\x00\x20\x00\xfc\x0e\x00\x00\x0b"), 10, 5 + 10},
		"branch, taken":   {one(i32, "", "\x00\x20\x00\x04\x40"+strings.Repeat("\x01", 500)+"\x0b\x0b"), 1, 2 + 501 + 1},
		"branch, left":    {one(i32, "", "\x00\x20\x00\x04\x40"+strings.Repeat("\x01", 500)+"\x0b\x0b"), 0, 2 + 1},
		"behind a return": {one(i32, "", "\x00\x0f"+strings.Repeat("\x01", 500)+"\x0b"), 0, 1},
	}
	for name, tt := range tests {
		for engine, config := range engines() {
			w := newWorld(t, config, true)
			mod, err := w.start(tt.module, "")
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for range 2 {
				if got := spend(t, w, mod, tt.arg); got != tt.want {
					t.Errorf("%s, %s: %d units, want %d", name, engine, got, tt.want)
				}
				if name == "memory.grow" || name == "table.grow" {
					break // the second time it is another size
				}
			}
		}
	}
}
