package bundle

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/script"
)

func sourceMapOf(mappings string) []byte {
	text, err := json.Marshal(map[string]any{"version": 3, "sources": []string{"a.ts", "b.ts"}, "mappings": mappings})
	if err != nil {
		panic(err)
	}
	return text
}

// The numbers are those of the example in ECMA-426 and of hand: A is 0, C is 1,
// D is -1, gB is 16.
func TestOrigins(t *testing.T) {
	m, err := parseSourceMap(sourceMapOf("AAAA,gBCEC;;ADDA"))
	if err != nil {
		t.Fatal(err)
	}
	got := m.origins(strings.ToUpper)
	want := []script.Origin{
		{Line: 1, Column: 1, From: script.Place{File: "A.TS", Line: 1, Column: 1}},
		{Line: 1, Column: 17, From: script.Place{File: "B.TS", Line: 3, Column: 2}},
		{Line: 3, Column: 1, From: script.Place{File: "A.TS", Line: 2, Column: 2}},
	}
	if !slices.Equal(got, want) {
		t.Errorf("origins = %v, want %v", got, want)
	}
}

func TestSourceMapFaults(t *testing.T) {
	for mappings, want := range map[string]string{
		"AE": "has 2 fields", "AAAAAA": "has 6 fields", "A!": "is no digit", "g": "does not end",
		strings.Repeat("g", 9) + "A": "does not end", "AEAA": "leads to source 2 of 2", "ADAA": "leads to source -1",
	} {
		if _, err := parseSourceMap(sourceMapOf(mappings)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseSourceMap of %s = %v, want an error with %q", mappings, err, want)
		}
	}
	for _, text := range []string{"", "{}", `{"version":2,"mappings":""}`} {
		if _, err := parseSourceMap([]byte(text)); err == nil {
			t.Errorf("parseSourceMap took %q", text)
		}
	}
}

// Whatever the text, parsing ends, and what is found lies in a source.
func FuzzSourceMap(f *testing.F) {
	for _, seed := range []string{"", "AAAA", "AAAA,gBCEC;;ADDA", ";,;A", "////+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, mappings string) {
		m, err := parseSourceMap(sourceMapOf(mappings))
		if err != nil {
			return
		}
		for _, origin := range m.origins(func(source string) string { return source }) {
			if origin.From.File == "" {
				t.Errorf("%v lies in no source", origin)
			}
		}
	})
}
