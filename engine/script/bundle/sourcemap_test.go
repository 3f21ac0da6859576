package bundle

import (
	"encoding/json"
	"strings"
	"testing"
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
func TestFind(t *testing.T) {
	m, err := parseSourceMap(sourceMapOf("AAAA,gBCEC;;ADDA"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line, column int
		want         mapping
		ok           bool
	}{
		{0, 0, mapping{0, 0, 0, 0}, true},
		{0, 15, mapping{0, 0, 0, 0}, true},
		{0, 16, mapping{16, 1, 2, 1}, true},
		{0, 99, mapping{16, 1, 2, 1}, true},
		{1, 0, mapping{}, false},
		{2, 3, mapping{0, 0, 1, 1}, true},
		{3, 0, mapping{}, false},
		{-1, 0, mapping{}, false},
	} {
		if got, ok := m.find(tt.line, tt.column); got != tt.want || ok != tt.ok {
			t.Errorf("find(%d, %d) = %v, %v, want %v, %v", tt.line, tt.column, got, ok, tt.want, tt.ok)
		}
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
		f.Add(seed, 0, 0)
	}
	f.Fuzz(func(t *testing.T, mappings string, line, column int) {
		m, err := parseSourceMap(sourceMapOf(mappings))
		if err != nil {
			return
		}
		if at, ok := m.find(line, column); ok && m.sources[at.source] == "" {
			t.Errorf("find(%d, %d) = %v, which lies in no source", line, column, at)
		}
	})
}
