package jsonvalue_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

func parse(tb testing.TB, text string) *jsonvalue.Value {
	tb.Helper()
	v, err := jsonvalue.Parse([]byte(text))
	if err != nil {
		tb.Fatalf("Parse(%q) = %v", text, err)
	}
	return v
}

func TestParseKeepsTheSource(t *testing.T) {
	v := parse(t, ` { "z": 1.50, "a": [ true, null, {"x":"\u0041"} ], "z": -0E5, "": "" } `)
	var got []string
	for _, m := range v.Members {
		got = append(got, fmt.Sprintf("%s %v %s", m.Name, m.Value.Kind, m.Value.Raw))
	}
	want := []string{
		"z number 1.50",
		`a array [ true, null, {"x":"\u0041"} ]`,
		"z number -0E5",
		` string ""`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("members = %q, want %q", got, want)
	}
	if got, want := string(v.Raw), `{ "z": 1.50, "a": [ true, null, {"x":"\u0041"} ], "z": -0E5, "": "" }`; got != want {
		t.Errorf("Raw = %q, want %q", got, want)
	}
	items := v.Members[1].Value.Items
	if len(items) != 3 || items[0].Kind != jsonvalue.Bool || items[1].Kind != jsonvalue.Null || items[2].Kind != jsonvalue.Object {
		t.Fatalf("items = %v, want a bool, a null and an object", items)
	}
	if x, ok := items[2].Get("x"); !ok || x.Text() != "A" {
		t.Errorf("Get(x) = %v, %v, want A", x, ok)
	}
}

func TestRawCannotGrowIntoTheSource(t *testing.T) {
	src := []byte(`[1,2]`)
	v, err := jsonvalue.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(v.Items[0].Raw, "overwritten"...)
	if string(src) != `[1,2]` {
		t.Errorf("source = %q after an append to a Raw, want it as it was", src)
	}
}

func TestGet(t *testing.T) {
	v := parse(t, `{"a":1,"b":2,"\u0061":3,"\ud800":4}`)
	for name, want := range map[string]string{"a": "3", "b": "2", "\xed\xa0\x80": "4"} {
		if got, ok := v.Get(name); !ok || got.Text() != want {
			t.Errorf("Get(%q) = %v, %v, want %s", name, got, ok, want)
		}
	}
	if got, ok := v.Get("c"); ok || got != nil {
		t.Errorf("Get(c) = %v, %v, want nothing", got, ok)
	}
	if got, ok := parse(t, `["a"]`).Get("0"); ok || got != nil {
		t.Errorf("Get(0) of an array = %v, %v, want nothing", got, ok)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		`"a\n\u00e9\ud83d\ude00"`: "a\né😀",
		`"\ud83d"`:                "\xed\xa0\xbd",
		`"\udc00\ud83d"`:          "\xed\xb0\x80\xed\xa0\xbd",
		"\"\xed\xa0\xbd\"":        "\ufffd\ufffd\ufffd",
		"\"\xe2\x80\"":            "\ufffd",
		`1.50`:                    "1.50",
		`true`:                    "true",
		`null`:                    "null",
		`[1, 2]`:                  "[1, 2]",
	} {
		if got := parse(t, text).Text(); got != want {
			t.Errorf("Text of %s = %+q, want %+q", text, got, want)
		}
	}
}

func TestAppendUTF16(t *testing.T) {
	for text, want := range map[string][]uint16{
		"aé😀":                       {'a', 0xe9, 0xd83d, 0xde00},
		"\xed\xa0\xbdx\xed\xb8\x80": {0xd83d, 'x', 0xde00},
		"\ufffd":                    {0xfffd},
		"\xff\xed\xa0":              {0xfffd, 0xfffd, 0xfffd},
	} {
		if got := jsonvalue.AppendUTF16([]uint16{1}, text); !slices.Equal(got, append([]uint16{1}, want...)) {
			t.Errorf("AppendUTF16(%+q) = %x, want 1 and %x", text, got, want)
		}
	}
}

func TestSyntaxError(t *testing.T) {
	for text, offset := range map[string]int{
		"":                0,
		"  ":              2,
		"\ufeff{}":        0,
		`{"a":tru}`:       8,
		`{"a":1,}`:        7,
		`[1,2`:            4,
		`[1,2}`:           4,
		`"abc`:            4,
		`"ab\x"`:          4,
		`"ab\u12x4"`:      7,
		"\"ab\ncd\"":      3,
		`01`:              1,
		`-`:               1,
		`1.e5`:            2,
		`{"a" 1}`:         5,
		`{"a":1} x`:       8,
		"[1,\xff]":        3,
		`{"a":{"b":nul}}`: 13,
	} {
		for reader, err := range readAll([]byte(text)) {
			var syntax *jsonvalue.SyntaxError
			if !errors.As(err, &syntax) || !errors.Is(err, jsonvalue.ErrSyntax) {
				t.Errorf("%s(%q) = %v, want a syntax error", reader, text, err)
			} else if syntax.Offset != offset {
				t.Errorf("%s(%q): fault at %d, want at %d", reader, text, syntax.Offset, offset)
			}
		}
	}
}

func TestErrorsDoNotShowTheText(t *testing.T) {
	_, err := jsonvalue.Parse([]byte(`{"password":hunter2}`))
	if got, want := err.Error(), "not a JSON text: unexpected at byte 12"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
}

func TestDepth(t *testing.T) {
	for _, pair := range [][2]string{{"[", "]"}, {`{"a":`, "}"}, {`[{"a":`, "}]"}} {
		levels := strings.Count(pair[0], "[") + strings.Count(pair[0], "{")
		times := jsonvalue.MaxDepth / levels
		deepest := strings.Repeat(pair[0], times) + "1" + strings.Repeat(pair[1], times)
		for reader, err := range readAll([]byte(deepest)) {
			if err != nil {
				t.Errorf("%s of %d levels of %s = %v", reader, jsonvalue.MaxDepth, pair[0], err)
			}
		}
		for reader, err := range readAll([]byte("[" + deepest + "]")) {
			if !errors.Is(err, jsonvalue.ErrDepth) {
				t.Errorf("%s of %d levels of %s = %v, want %v", reader, jsonvalue.MaxDepth+1, pair[0], err, jsonvalue.ErrDepth)
			}
		}
		for reader, err := range readAll([]byte(strings.Repeat(pair[0], 1<<16))) {
			if !errors.Is(err, jsonvalue.ErrDepth) {
				t.Errorf("%s of %d times %s = %v, want %v", reader, 1<<16, pair[0], err, jsonvalue.ErrDepth)
			}
		}
	}
}

// readAll gives what each reader says to a text.
func readAll(text []byte) map[string]error {
	_, parse := jsonvalue.Parse(text)
	_, stringify := jsonvalue.AppendStringify(nil, text)
	_, lookup := jsonvalue.Lookup(text, "no.such.path")
	return map[string]error{"Parse": parse, "AppendStringify": stringify, "Lookup": lookup}
}
