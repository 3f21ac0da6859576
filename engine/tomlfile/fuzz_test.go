package tomlfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// addDocuments seeds a fuzz target with the documents of the tests.
func addDocuments(f *testing.F) {
	files, err := filepath.Glob("testdata/faults/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/valid.toml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, text := range []string{
		"", "\n", "a.b.c=1\na.b.d=2", "[a.b]\n[a]\nc=1", "[[a]]\n[[a.b]]\n[[a.b]]\n[a.b.c]\nd=1",
		`a=[{b=1,c.d=2},{b=[{e=1}]}]`, "a=[\n# ]\n'x',\n]", `"\u0061\x62\t\"" . 'c"' = 1`,
		`a="""x""""` + "\n" + `b='''y'''''`, "a=\"\"\"\\\n  \\\"\"\"\"", "a={\n b=1, # }\n c=2,\n}",
		"a=1979-05-27 07:32:00Z # x\nb=inf\nc=0x_", "[a]\r\nb=1\r\n", "[ a . 'b' ]\n\"\"=1",
	} {
		f.Add([]byte(text))
	}
}

// FuzzPlaces holds the places that the scanner finds against the keys and
// values that the parser finds.
func FuzzPlaces(f *testing.F) {
	addDocuments(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		scan(string(data))
		doc, err := Parse("f.toml", data)
		if err != nil {
			return
		}
		comparePlaces(t, "", doc.table, doc.root.place)
		compareKeys(t, strings.TrimPrefix(string(data), "\ufeff"), doc.root.place)
	})
}

// comparePlaces reports where places and values are not of one shape.
func comparePlaces(t *testing.T, key string, value any, at *place) {
	t.Helper()
	table, _ := value.(map[string]any)
	for name, inner := range table {
		if at.keys[name] == nil {
			t.Errorf("the scanner misses %s", underKey(key, quoteName(name)))
			continue
		}
		comparePlaces(t, underKey(key, quoteName(name)), inner, at.keys[name])
	}
	array, _ := value.([]any)
	for i, inner := range array[:min(len(array), len(at.elements))] {
		comparePlaces(t, fmt.Sprintf("%s[%d]", key, i), inner, at.elements[i])
	}
	if len(at.keys) != len(table) || len(at.elements) != len(array) {
		t.Errorf("%s has %d keys and %d elements, want %d and %d", key, len(at.keys), len(at.elements), len(table), len(array))
	}
}

// compareKeys reports keys that one of parser and scanner does not have, and
// places whose text is not the key.
func compareKeys(t *testing.T, text string, root *place) {
	t.Helper()
	var table map[string]any
	meta, err := toml.Decode(text, &table)
	if err != nil {
		t.Fatalf("Decode = %v after Parse accepted the text", err)
	}
	found := map[string]bool{}
	collectPlaces(t, text, nil, root, found)
	for _, key := range meta.Keys() {
		if !found[Key(key...)] {
			t.Errorf("the scanner misses %s", Key(key...))
		}
	}
}

func collectPlaces(t *testing.T, text string, names []string, at *place, found map[string]bool) {
	for name, under := range at.keys {
		path := append(slices.Clone(names), name)
		found[Key(path...)] = true
		s := scanner{text: text, pos: under.offset}
		for s.take("[") {
			s.skipSpaces()
		}
		if parts := s.dottedKey(); !slices.ContainsFunc(parts, func(p keyPart) bool { return p.name == name }) {
			t.Errorf("%s is placed at offset %d, where %v stands", Key(path...), under.offset, parts)
		}
		collectPlaces(t, text, path, under, found)
	}
	for _, element := range at.elements {
		collectPlaces(t, text, names, element, found)
	}
}

// everything takes all kinds of values, so that a document of any shape meets
// each way to be wrong.
type everything struct {
	A     map[string]everything `toml:"a"`
	B     []everything          `toml:"b"`
	C     Duration              `toml:"c"`
	D     Size                  `toml:"d"`
	E     []string              `toml:"e"`
	F     *int8                 `toml:"f"`
	G     float32               `toml:"g"`
	H     relative              `toml:"h"`
	I     any                   `toml:"i"`
	Named *everything           `toml:"a b"`
}

// relative decodes by itself.
type relative struct{ inner *everything }

func (r *relative) UnmarshalTOML(value any) error { return DecodeValue(value, &r.inner) }

// FuzzDecode holds that no document makes Decode panic, and that every fault is
// one line of text about a line of the file, under a key that can be read back.
func FuzzDecode(f *testing.F) {
	addDocuments(f)
	f.Add([]byte("a.x.b = [{c=1}, 2]\n[[b]]\nc='5'\nd='5mb'\nh.h.x=1\nf=300\n'a b'.e='x'"))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Decode("f.toml", data, &everything{})
		if err == nil {
			return
		}
		var faults Faults
		if !errors.As(err, &faults) {
			t.Fatalf("Decode = %T, want Faults", err)
		}
		for _, fault := range faults {
			checkFault(t, data, fault)
		}
	})
}

func checkFault(t *testing.T, data []byte, fault Fault) {
	t.Helper()
	if last := strings.Count(string(data), "\n") + 1; fault.Line < 1 || fault.Line > last {
		t.Errorf("%q is at line %d, want 1 to %d", fault, fault.Line, last)
	}
	if fault.Column < 0 || fault.Column > len(data)+1 {
		t.Errorf("%q is at column %d, want 0 to %d", fault, fault.Column, len(data)+1)
	}
	if text := fault.Error(); strings.ContainsFunc(text, unprintable) {
		t.Errorf("%q is not one line of printable text", text)
	}
	if _, ok := splitKey(fault.Key); !ok && fault.Column == 0 {
		t.Errorf("the key %q cannot be read back", fault.Key)
	}
}

// FuzzKey holds that a key is read back as it was written.
func FuzzKey(f *testing.F) {
	f.Add("source", "my shop", 1)
	f.Add("", `a"\.b`, 0)
	f.Add("größe\n", "[0]\U000e0001", 12)
	f.Fuzz(func(t *testing.T, a, b string, index int) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || index < 0 {
			return
		}
		key := Key(a, b) + fmt.Sprintf("[%d]", index)
		got, ok := splitKey(key)
		want := []step{{name: a}, {name: b}, {index: index, isIndex: true}}
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("splitKey(%s) = %v, %v, want %v", key, got, ok, want)
		}
	})
}

// FuzzUnits holds that what a unit type accepts is written in a form that it
// reads back, and that it accepts nothing negative.
func FuzzUnits(f *testing.F) {
	for _, text := range []string{"1h30m", "30d12h", "0s", "1.5ms", "64KiB", "10MB", "0B", "1kB", "-1s", ".5h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := parseDuration(text); err == nil {
			again, err := parseDuration(Duration(d).String())
			if d < 0 || err != nil || again != d {
				t.Errorf("duration %q = %d, and as %s = %d, %v", text, d, Duration(d), again, err)
			}
		}
		if s, err := parseSize(text); err == nil {
			again, err := parseSize(s.String())
			if s < 0 || err != nil || again != s {
				t.Errorf("size %q = %d, and as %s = %d, %v", text, s, s, again, err)
			}
		}
	})
}
