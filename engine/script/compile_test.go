package script

import (
	"errors"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever the text, compiling ends with a script or a GuestError whose place
// lies in the text.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"export default function transform(event) { return event }",
		"export\n/* a */default // b\n(event) => event",
		"export default async function* () {}; export const claim = 1, { transform } = {}",
		"import x from 'y'", "export { a as b }", "export", "export default", "/export/", "`${export}`",
		"\u2028export function claim() {}\r\n<!-- export", "const é = export default 1", "class A { static export = 1 }",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := (&unit{name: "f.js", source: text}).compile()
		if err == nil {
			return
		}
		var fault *webhook.GuestError
		if !errors.As(err, &fault) {
			t.Fatalf("error = %T %v, want a GuestError", err, err)
		}
		if fault.Kind != webhook.GuestCompile || fault.Line < 1 || fault.Column < 1 {
			t.Errorf("error = %+v, want the kind compile and a place", fault)
		}
		if lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029"); fault.Line > lines {
			t.Errorf("line %d of %d", fault.Line, lines)
		}
	})
}

// lineStart and offsetOf are the inverse of the positions that goja gives.
func TestPlaces(t *testing.T) {
	text := "a\né\r\nb\rc\u2028d\u2029é x\n"
	u := &unit{name: "f.js", source: text}
	want := map[string][2]int{"a": {1, 1}, "é": {2, 1}, "b": {3, 1}, "c": {4, 1}, "d": {5, 1}, "x": {6, 3}}
	for mark, place := range want {
		fault := u.faultAt(strings.Index(text, mark), "here")
		if got := [2]int{fault.Line, fault.Column}; got != place {
			t.Errorf("place of %s = %v, want %v", mark, got, place)
		}
	}
}
