package tomlfile_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

// words is a string of words or an array of them.
type words []string

func (w *words) UnmarshalText(text []byte) error {
	*w = strings.Fields(string(text))
	return nil
}

// elsewhere refuses with faults of another file.
type elsewhere struct{}

func (elsewhere) UnmarshalTOML(any) error {
	return tomlfile.Fault{File: "other.toml", Line: 9, Key: "k", Message: "is odd"}
}

// lookup refuses with an error that wraps another one.
type lookup string

func (*lookup) UnmarshalText([]byte) error {
	return errors.Join(errors.New("not found\nnor expected"))
}

type forms struct {
	Words  words     `toml:"words"`
	Other  elsewhere `toml:"other"`
	Lookup lookup    `toml:"lookup"`
	Ratio  float32   `toml:"ratio"`
	Count  int64     `toml:"count"`
	Empty  struct{}  `toml:"empty"`
	Ten    string    `toml:"tèn"`
}

func TestForms(t *testing.T) {
	for _, test := range []struct {
		text, want string
	}{
		{"words = 1", "1: words: expected a string or an array, found an integer"},
		{"words = ['a', 1]", "1: words[1]: expected a string, found an integer; write it in quotes"},
		{"ratio = 1e300", "1: ratio: expected a finite number of 32 bits, found 1e+300"},
		{"ratio = true", "1: ratio: expected a number, found a boolean"},
		{"count = 1.5", "1: count: expected an integer, found a float"},
		{"count = 'many'", "1: count: expected an integer, found a string"},
		{"count = 9223372036854775808", "1:9: count: 9223372036854775808 is out of range for int64"},
		{"lookup = 'x'", `1: lookup: not found\u000anor expected`},
		{"[empty]\na = 1", "2: empty.a: unknown key; this table has none"},
		{`"\b\t\n\f\r\e\"\\\x41\u00e9\U0001f600" = 1`, `1: "\u0008\u0009\u000a\u000c\u000d\u001b\"\\Aé😀": unknown key; known keys are words, other, lookup, ratio, count, empty, "tèn"`},
		{"ten = 1", `1: ten: unknown key; known keys are words, other, lookup, ratio, count, empty, "tèn"`},
		{"a = 1\n'a' = 2", "2:2: a: defined twice; first on line 1"},
		{"a = 1, a = 2", "1:6: expected a top-level item to end with a newline, comment, or EOF, but got ',' instead"},
		{"a = { b = 1, b = 2 }", "1:14: a.b: defined twice"},
		{"abcdef = 1\x00", "1:11: control character 0x00"},
		{"[a", "1:2: expected '.' or ']' to end table name, but got the end of the file"},
	} {
		err := tomlfile.Decode("f", []byte(test.text), &forms{})
		if err == nil || err.Error() != "f:"+test.want {
			t.Errorf("Decode(%q) =\n%v\nwant\nf:%s", test.text, err, test.want)
		}
	}
}

func TestFaultsOfOtherFilesAreKept(t *testing.T) {
	err := tomlfile.Decode("f", []byte("other = 1"), &forms{})
	if want := "other.toml:9: k: is odd"; err == nil || err.Error() != want {
		t.Errorf("Decode = %v, want %s", err, want)
	}
}

func TestEitherForm(t *testing.T) {
	for _, text := range []string{"words = 'a b'", "words = ['a', 'b']"} {
		var got forms
		if err := tomlfile.Decode("f", []byte(text+"\nratio = 0.5"), &got); err != nil {
			t.Errorf("Decode(%s) = %v, want nil", text, err)
		}
		if want := (forms{Words: words{"a", "b"}, Ratio: 0.5}); !reflect.DeepEqual(got, want) {
			t.Errorf("Decode(%s) = %+v, want %+v", text, got, want)
		}
	}
}
