package metering_test

import (
	"strings"
	"testing"
)

// nesting is a function that calls itself as often as its argument says, with
// instructions before that which are not part of the count.
func nesting(before string) []byte {
	return one(i32, i32, "\x00"+before+"\x20\x00\x04\x7f\x20\x00\x41\x01\x6b\x10\x00\x41\x01\x6a\x05\x41\x00\x0b\x0b")
}

// depth returns how deep f can nest.
func depth(t *testing.T, w *world, module []byte) int {
	t.Helper()
	mod, err := w.start(module, "")
	if err != nil {
		t.Fatal(err)
	}
	low, high := 0, 1<<20
	for low+1 < high {
		if middle := (low + high) / 2; strings.HasPrefix(w.call(mod, "f", uint64(middle)), "results: ") {
			low = middle
		} else {
			high = middle
		}
	}
	if got := w.call(mod, "f", uint64(high)); got != "trap: stack overflow" {
		t.Errorf("f(%d) = %s, want a trap for want of stack", high, got)
	}
	return low
}

// The deeper a function's frame, the fewer of it are nested; and it is the stack
// that ends it, not the runtime's own bound.
func TestStack(t *testing.T) {
	w := newWorld(t, engines()["compiler"], true)
	small, large := depth(t, w, nesting("")), depth(t, w, nesting(strings.Repeat("\x3f\x00\x1a", 1000)))
	if want := int(options.StackBytes) / (96 + 8 + 12); small != want-1 {
		t.Errorf("a function of 12 instructions and a local nests %d deep, want %d", small, want-1)
	}
	if want := int(options.StackBytes) / (96 + 8 + 2012); large != want-1 {
		t.Errorf("one of 2,000 more nests %d deep, want %d", large, want-1)
	}
}

// What returns puts its frame back, however it returns.
func TestStackIsPutBack(t *testing.T) {
	ways := map[string]string{
		"at its end": "\x20\x00\x10\x01\x1a\x0b",
		"return":     "\x20\x00\x10\x01\x1a\x0f\x0b",
		"in a block": "\x02\x40\x03\x40\x20\x00\x10\x01\x1a\x0f\x0b\x0b\x0b",
		"br":         "\x02\x40\x20\x00\x10\x01\x1a\x0c\x01\x0b\x0b",
		"br_if":      "\x02\x40\x20\x00\x10\x01\x1a\x41\x01\x0d\x01\x0b\x0b",
		"br_table":   "\x02\x40\x20\x00\x10\x01\x1a\x41\x01\x0e\x01\x00\x01\x0b\x0b",
	}
	for name, body := range ways {
		module := assemble(types(i32, "", i32, i32), functions(0, 1), exports("f", "\x00"),
			code("\x00"+body, "\x00\x20\x00\x04\x7f\x20\x00\x41\x01\x6b\x10\x01\x05\x41\x00\x0b\x0b"))
		for engine, config := range engines() {
			w := newWorld(t, config, true)
			mod, err := w.start(module, "")
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := w.call(mod, "f", 10); got != "results: " {
				t.Errorf("%s, %s: f = %s", name, engine, got)
			}
			if left := int32(uint32(mod.ExportedGlobal(options.Stack).Get())); left != options.StackBytes {
				t.Errorf("%s, %s: %d bytes of stack are left of %d", name, engine, left, options.StackBytes)
			}
		}
	}
}
