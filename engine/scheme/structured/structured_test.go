package structured

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestReadLists(t *testing.T) {
	const text = `sig1=("@method" "@query-param";name="a b" "date");created=1618884473;keyid="k", b=()`
	got, err := ReadLists(text)
	want := map[string]List{
		"sig1": {
			Items:  []Item{{Text: "@method"}, {Text: "@query-param", Params: []Param{{Name: "name", Text: "a b"}}}, {Text: "date"}},
			Params: []Param{{Name: "created", Text: "1618884473", Kind: Number}, {Name: "keyid", Text: "k"}},
		},
		"b": {},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ReadLists = %+v %v, want %+v", got, err, want)
	}
	for _, text := range []string{
		"", " ", "a", "a=1", `a="x"`, "a=(1)", "a=(x)", `a=("x" "y"`, `a=( "x")`, `a=("x"  "y")`, `a=("x") `, ` a=("x")`, `a=("x"),`,
		`a=("x"),b=()`, `a=("x"), a=("x")`, `a=("x");c=1;c=1`, `a=("x");c=01`, `a=("x"); c=1`, `a=("x");c=1.5`, `a=("x");c`, `a=("x");c=?0`,
		`a=("x");c=t`, `a=("x");c=:AA==:`, `a=("x");c="\""`, `a=("x");c="\\"`, `A=()`, "a=(\"é\")", "a=(\"x\ny\")", `a=("x";n="\"")`,
	} {
		if got, err := ReadLists(text); err == nil {
			t.Errorf("ReadLists(%q) = %+v, want an error", text, got)
		}
	}
}

func TestReadBytes(t *testing.T) {
	for _, text := range []string{"a=:AAE=:, b=:AA==:", "a=:AAE=:,b=:AA==:", "a=:AAE=: \t, b=:AA==:"} {
		got, err := ReadBytes(text)
		if want := map[string]string{"a": "AAE=", "b": "AA=="}; err != nil || !maps.Equal(got, want) {
			t.Errorf("ReadBytes(%q) = %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "a", "a=AA==", `a="AA=="`, "a=:AB==:", "a=:AA:", "a=:AA==", "a=:AA==:;p", "a=:AA==:, a=:AA==:", "a=:AA==:,", ",a=:AA==:", "a=(:AA==:)", "a=:A A==:", "a=:-_8=:",
	} {
		if got, err := ReadBytes(text); err == nil {
			t.Errorf("ReadBytes(%q) = %v, want an error", text, got)
		}
	}
}

// What is read is written in one way alone.
func FuzzReadLists(f *testing.F) {
	f.Add(`sig1=("@method" "x";name="a");created=1;keyid="k"`)
	f.Add(`a=(), b=("y");n=-1`)
	f.Fuzz(func(t *testing.T, text string) {
		lists, err := ReadLists(text)
		if err != nil {
			return
		}
		if len(lists) == 0 || strings.Count(text, "(") < len(lists) {
			t.Errorf("ReadLists(%q) = %+v", text, lists)
		}
		for name := range lists {
			if _, err := ReadLists(text + ", " + name + "=()"); err == nil {
				t.Errorf("%q is read with %s twice", text, name)
			}
		}
	})
}
