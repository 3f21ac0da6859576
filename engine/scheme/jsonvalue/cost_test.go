package jsonvalue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

// body returns an event of about 1 KB as JSON.stringify writes it, and the same
// one indented.
func body(tb testing.TB) (canonical, indented []byte) {
	tb.Helper()
	indented, err := os.ReadFile("testdata/event.json")
	if err != nil {
		tb.Fatal(err)
	}
	canonical, err = jsonvalue.AppendStringify(nil, indented)
	if err != nil {
		tb.Fatal(err)
	}
	return canonical, indented
}

func TestAllocations(t *testing.T) {
	canonical, indented := body(t)
	dst := make([]byte, 0, 4096)
	for name, c := range map[string]struct {
		most float64
		run  func() error
	}{
		"AppendStringify":                     {0, func() error { _, err := jsonvalue.AppendStringify(dst, canonical); return err }},
		"AppendStringify of an indented text": {0, func() error { _, err := jsonvalue.AppendStringify(dst, indented); return err }},
		"Ambiguity": {0, func() error {
			if a := jsonvalue.Ambiguity(canonical); a != "" {
				return fmt.Errorf("ambiguity %q", a)
			}
			return nil
		}},
		"Lookup": {1, func() error { _, err := jsonvalue.Lookup(canonical, "data.documents.1.id"); return err }},
	} {
		var err error
		if got := testing.AllocsPerRun(100, func() { err = c.run() }); err != nil || got > c.most {
			t.Errorf("%s: %v allocations, %v, want at most %v", name, got, err, c.most)
		}
	}
}

// TestHostileTexts reads large texts in which something occurs very often, so
// that anything quadratic takes minutes.
func TestHostileTexts(t *testing.T) {
	leaf := strings.Repeat("x", 1<<20)
	deep := strings.Repeat(`{"a":0,"0":`, jsonvalue.MaxDepth-1) + `"` + leaf + `"` + strings.Repeat("}", jsonvalue.MaxDepth-1)
	deepWant := strings.Repeat(`{"0":`, jsonvalue.MaxDepth-1) + `"` + leaf + `"` + strings.Repeat(`,"a":0}`, jsonvalue.MaxDepth-1)
	const n = 200_000
	names := manyMembers(n, func(i int) string { return fmt.Sprintf("name %06d", i) })
	for name, c := range map[string]struct{ text, want string }{
		"different names":        {names, names},
		"the same name":          {"{" + strings.Repeat(`"a":0,`, n) + `"a":1}`, `{"a":1}`},
		"deep disorder":          {deep, deepWant},
		"wide disorder":          {"[" + strings.Repeat(`{"b":0,"1":0,"1":2},`, n) + "0]", "[" + strings.Repeat(`{"1":2,"b":0},`, n) + "0]"},
		"dropped disorder":       {`{"a":[` + strings.Repeat(`{"b":0,"1":0},`, n) + `0],"a":1}`, `{"a":1}`},
		"empty objects":          {"[" + strings.Repeat(`{},`, n) + "0]", "[" + strings.Repeat(`{},`, n) + "0]"},
		"a digit":                {strings.Repeat("7", n), "null"},
		"an escape":              {`"` + strings.Repeat(`\ud800`, n) + `"`, `"` + strings.Repeat(`\ud800`, n) + `"`},
		"a byte that is not UTF": {`"` + strings.Repeat("\xf0\x9f", n) + `"`, `"` + strings.Repeat("\ufffd", n) + `"`},
	} {
		got, err := jsonvalue.AppendStringify(nil, []byte(c.text))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: AppendStringify = %.80q… (%d bytes), %v, want %.80q… (%d bytes)", name, got, len(got), err, c.want, len(c.want))
		}
		if _, err := jsonvalue.Parse([]byte(c.text)); err != nil {
			t.Errorf("%s: Parse = %v", name, err)
		}
	}
}

func BenchmarkAppendStringify(b *testing.B) {
	canonical, indented := body(b)
	disordered := append([]byte(`{"z":0,"1":`), append(bytes.Clone(canonical), '}')...)
	for name, text := range map[string][]byte{"canonical": canonical, "indented": indented, "disordered": disordered} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			dst := make([]byte, 0, 2*len(text))
			for b.Loop() {
				if _, err := jsonvalue.AppendStringify(dst, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReaders(b *testing.B) {
	canonical, _ := body(b)
	for name, read := range map[string]func() error{
		"Parse":  func() error { _, err := jsonvalue.Parse(canonical); return err },
		"Lookup": func() error { _, err := jsonvalue.Lookup(canonical, "data.documents.1.id"); return err },
		"Ambiguity": func() error {
			jsonvalue.Ambiguity(canonical)
			return nil
		},
		"baseline=json.Compact": func() error { return json.Compact(new(bytes.Buffer), canonical) },
		"baseline=json.Unmarshal": func() error {
			var v any
			return json.Unmarshal(canonical, &v)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(canonical)))
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
