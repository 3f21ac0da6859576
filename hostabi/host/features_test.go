package host_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

func memoryOf(limits string) string { return sectionOf(5, "\x01"+limits) }

func globalOf(content string) string { return sectionOf(6, "\x01"+content) }

// What a module may be made of is the second version of the specification.
func TestFeatures(t *testing.T) {
	hook, plain := exports("transform", 0), types("i")
	body := func(instructions string) string { return code(instructions + "\x41\x00\x0b") }
	for name, module := range map[string][]byte{
		"mutable global":       assemble(plain, functions(0), globalOf("\x7f\x01\x41\x00\x0b"), hook, body("")),
		"sign extension":       assemble(plain, functions(0), hook, body("\x41\x00\xc0\x1a")),
		"saturating":           assemble(plain, functions(0), hook, body("\x43\x00\x00\x00\x00\xfc\x00\x1a")),
		"several results":      assemble(sectionOf(1, "\x02\x60\x00\x01\x7f\x60\x00\x02\x7f\x7f"), functions(0), hook, body("\x02\x01\x41\x00\x41\x00\x0b\x1a\x1a")),
		"bulk memory":          assemble(plain, functions(0), memoryOf("\x00\x01"), hook, body("\x41\x00\x41\x00\x41\x00\xfc\x0b\x00")),
		"reference types":      assemble(plain, functions(0), hook, body("\xd0\x6f\x1a")),
		"vectors":              assemble(plain, functions(0), hook, body("\x41\x01\xfd\x0f\x1a")),
		"a vector of a global": assemble(plain, functions(0), globalOf("\x7b\x01\xfd\x0c"+strings.Repeat("\x00", 16)+"\x0b"), hook, body("")),
	} {
		g, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: name, Code: module})
		if err != nil {
			t.Errorf("%s: %v, want it taken", name, err)
			continue
		}
		if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := g.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for name, module := range map[string][]byte{
		"relaxed vectors":     assemble(plain, functions(0), hook, body("\xfd\x80\x02")),
		"threads":             assemble(plain, functions(0), hook, body("\xfe\x03\x00")),
		"a shared memory":     assemble(plain, functions(0), memoryOf("\x03\x01\x01"), hook, body("")),
		"tail calls":          assemble(plain, functions(0), hook, code("\x12\x00\x0b")),
		"exceptions":          assemble(plain, functions(0), hook, body("\x06\x40\x0b")),
		"collected types":     assemble(plain, functions(0), hook, body("\xfb\x00\x00")),
		"typed references":    assemble(plain, functions(0), hook, body("\x14\x00")),
		"arithmetic":          assemble(plain, functions(0), globalOf("\x7f\x00\x41\x01\x41\x01\x6a\x0b"), hook, body("")),
		"several memories":    assemble(plain, functions(0), sectionOf(5, "\x02\x00\x01\x00\x01"), hook, body("")),
		"a memory of 64 bits": assemble(plain, functions(0), memoryOf("\x04\x01"), hook, body("")),
	} {
		_, err := host.Loader{}.Load(t.Context(), webhook.GuestCode{Name: name, Code: module})
		var fault *webhook.GuestError
		if !errors.As(err, &fault) || fault.Kind != webhook.GuestCompile {
			t.Errorf("%s: %v, want an error of the kind compile", name, err)
		}
	}
}

// The start section runs once in an instance, and before _initialize: the one leaves
// 7 in a global, the other traps unless that is there, and leaves 9.
func TestStartSectionComesFirst(t *testing.T) {
	module := assemble(types("iv"), functions(0, 1, 1), globalOf("\x7f\x01\x41\x00\x0b"),
		exports("transform", 0, "_initialize", 2), sectionOf(8, "\x01"), code(
			"\x23\x00\x41\x09\x6b\x0b",
			"\x41\x07\x24\x00\x0b",
			"\x23\x00\x41\x07\x47\x04\x40\x00\x0b\x41\x09\x24\x00\x0b"))
	g := load(t, webhook.GuestCode{Name: "a.wasm", Code: module})
	for range 2 {
		if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err != nil {
			t.Errorf("Transform after the start: %v", err)
		}
	}
}
