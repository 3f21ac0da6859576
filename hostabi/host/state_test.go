package host_test

import (
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Every module here keeps state in another place and returns 0 only while it
// finds none.
func TestNoCallSeesAnother(t *testing.T) {
	transform := exports("transform", 0)
	tests := map[string]webhook.GuestCode{
		"memory":       bad(t, "remember"),
		"memory size":  bad(t, "grow"),
		"global":       {Code: assemble(types("i"), functions(0), sectionOf(6, "\x01\x7f\x01\x41\x00\x0b"), transform, code("\x23\x00\x23\x00\x41\x01\x6a\x24\x00\x0b"))},
		"float global": {Code: assemble(types("i"), functions(0), sectionOf(6, "\x01\x7c\x01\x44\x00\x00\x00\x00\x00\x00\x00\x00\x0b"), transform, code("\x23\x00\xaa\x44\x00\x00\x00\x00\x00\x00\xf0\x3f\x24\x00\x0b"))},
		"reference": {Code: assemble(types("i"), functions(0), sectionOf(6, "\x01\x70\x01\xd0\x70\x0b"), transform,
			code("\x23\x00\xd1\x45\xd2\x00\x24\x00\x0b"))},
		"table": {Code: assemble(types("i"), functions(0), tableOfOne(), transform,
			code("\x41\x00\x25\x00\xd1\x45\x41\x00\xd2\x00\x26\x00\x0b"))},
		"segment": {Code: assemble(types("i"), functions(0), sectionOf(5, "\x01\x00\x01"), transform, sectionOf(12, "\x01"),
			code("\x41\x00\x41\x00\x41\x01\xfc\x08\x00\x00\xfc\x09\x00\x41\x00\x0b"), sectionOf(11, "\x01\x01\x01x"))},
	}
	for name, code := range tests {
		t.Run(name, func(t *testing.T) {
			code.Name, code.Limits = name, patient
			g := load(t, code)
			tc := webhook.TransformContext{Settings: map[string]string{"once": "1"}}
			for n := range 5 {
				if _, err := g.Transform(t.Context(), event("{}"), tc); err != nil {
					t.Fatalf("call %d: %v", n+1, err)
				}
			}
		})
	}
}
