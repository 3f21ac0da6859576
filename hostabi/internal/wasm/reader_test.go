package wasm_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

func TestIntegers(t *testing.T) {
	for encoded, want := range map[string]uint32{
		"\x00": 0, "\x7f": 127, "\x80\x01": 128, "\x80\x00": 0, "\x80\x80\x80\x80\x00": 0, "\xff\xff\xff\xff\x0f": 1<<32 - 1,
	} {
		r := wasm.NewReader([]byte(encoded), 0)
		if got := r.U32(); got != want || r.Err() != nil || r.Len() != 0 {
			t.Errorf("U32 of %x = %d, %v with %d bytes left, want %d", encoded, got, r.Err(), r.Len(), want)
		}
	}
	for _, encoded := range []string{"", "\x80", "\xff\xff\xff\xff\x1f", "\x80\x80\x80\x80\x80\x00", "\x80\x80\x80\x80\x10"} {
		r := wasm.NewReader([]byte(encoded), 0)
		if got := r.U32(); got != 0 || r.Err() == nil {
			t.Errorf("U32 of %x = %d, want a fault", encoded, got)
		}
	}
	for encoded, want := range map[string]int64{
		"\x40": -64, "\x3f": 63, "\x7f": -1, "\xff\x7f": -1, "\x80\x80\x80\x80\x70": -1 << 32, "\xff\xff\xff\xff\x0f": 1<<32 - 1,
	} {
		r := wasm.NewReader([]byte(encoded), 0)
		if got := r.S33(); got != want || r.Err() != nil {
			t.Errorf("S33 of %x = %d, %v, want %d", encoded, got, r.Err(), want)
		}
	}
}

// After a fault a reader gives nothing, and keeps the first reason with its place.
func TestFault(t *testing.T) {
	r := wasm.NewReader([]byte("\x01abc"), 100)
	r.Byte()
	r.Take(4)
	first := r.Err()
	if first == nil || first.Error() != "byte 101: cut off" {
		t.Fatalf("Err = %v, want byte 101: cut off", first)
	}
	if r.Byte() != 0 || r.U32() != 0 || r.S33() != 0 || r.Name() != "" || r.Take(0) != nil && len(r.Take(0)) > 0 || r.Len() != 0 {
		t.Error("a reader gives something after its fault")
	}
	if r.Err() != first {
		t.Errorf("Err = %v, want still %v", r.Err(), first)
	}
}

// Every instruction ends where the next begins.
func TestInstructions(t *testing.T) {
	all := []string{
		"\x00", "\x01", "\x02\x40", "\x03\x7f", "\x04\x05", "\x05", "\x0b", "\x0c\x80\x01", "\x0d\x00", "\x0e\x02\x01\x03\x00", "\x0f",
		"\x10\x05", "\x11\x01\x00", "\x1a", "\x1b", "\x1c\x01\x7f", "\x20\x00", "\x26\x01", "\x28\x02\x80\x01", "\x3e\x00\x00", "\x3f\x00",
		"\x40\x00", "\x41\x80\x7f", "\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", "\x43abcd", "\x44abcdefgh", "\x45", "\xc4",
		"\xd0\x70", "\xd1", "\xd2\x03", "\xfc\x07", "\xfc\x08\x01\x00", "\xfc\x09\x01", "\xfc\x0a\x00\x00", "\xfc\x0b\x00", "\xfc\x0c\x00\x00",
		"\xfc\x0d\x00", "\xfc\x0e\x00\x00", "\xfc\x0f\x00", "\xfc\x10\x00", "\xfc\x11\x00", "\xfd\x00\x04\x00", "\xfd\x0c0123456789abcdef",
		"\xfd\x15\x01", "\xfd\x54\x00\x00\x01", "\xfd\x5c\x02\x00", "\xfd\xff\x01",
	}
	r := wasm.NewReader([]byte(strings.Join(all, "")), 0)
	for _, want := range all {
		if got := r.Instruction(); !bytes.Equal(got.Bytes, []byte(want)) || r.Err() != nil {
			t.Fatalf("Instruction = %x, %v, want %x", got.Bytes, r.Err(), want)
		}
	}
	r.End()
	if r.Err() != nil {
		t.Error(r.Err())
	}
	for _, want := range all {
		for n := range len(want) {
			r := wasm.NewReader([]byte(want[:n]), 0)
			if r.Instruction(); r.Err() == nil {
				t.Errorf("Instruction takes %x, which is the beginning of %x", want[:n], want)
			}
		}
	}
}
