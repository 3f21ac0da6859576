package demo

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	result, err := run(t.Context(), Options{Out: &out, JSON: true}, quick())
	if err != nil {
		t.Fatal(err)
	}
	var printed Result
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&printed); err != nil {
		t.Fatal(err)
	}
	if dec.More() {
		t.Error("there is more than one value")
	}
	if !printed.OK || len(printed.Expectations) != len(result.Expectations) {
		t.Errorf("printed = %+v, want %+v", printed, result)
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	play := quick()
	play.pace = time.Millisecond
	result, err := run(t.Context(), Options{Out: &out, Live: true, Color: true, Width: 100}, play)
	if err != nil || !result.OK {
		t.Fatalf("result = %+v, %v", result, err)
	}
	text := out.String()
	if hidden, shown := strings.Count(text, hideCursor), strings.Count(text, showCursor); hidden != 1 || shown != 1 {
		t.Errorf("the cursor is hidden %d times and shown %d times, want once each", hidden, shown)
	}
	if frames := strings.Count(text, "hookseal demo · "); frames < 3 {
		t.Errorf("the table is drawn %d times", frames)
	}
	_, summary, _ := strings.Cut(text, showCursor)
	for line := range strings.Lines(summary) {
		if size := utf8.RuneCountInString(uncolored(strings.TrimSuffix(line, "\n"))); size > 100 {
			t.Errorf("a line of %d columns is wider than the terminal: %q", size, line)
		}
	}
}

func uncolored(text string) string {
	for _, s := range []style{bold, dim, red, green, yellow, "0"} {
		text = strings.ReplaceAll(text, "\x1b["+string(s)+"m", "")
	}
	return text
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text, separator string
		want            []string
	}{
		{"", " ", nil},
		{"one two", " ", []string{"one two"}},
		{"eight888 eight888", " ", []string{"eight888", "eight888"}},
		{"élan vital, etc.", " ", []string{"élan", "vital,", "etc."}},
		{"a-word-too-long for it", " ", []string{"a-word-t", "oo-long", "for it"}},
		{"anywhere at all", "", []string{"anywhere", " at all"}},
	}
	for _, test := range tests {
		if got := wrap(test.text, test.separator, 8); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q, %q) = %q, want %q", test.text, test.separator, got, test.want)
		}
	}
}
