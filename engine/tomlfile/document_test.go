package tomlfile_test

import (
	"testing"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

const placed = `listen = "a"
text = """
[source.fake]
listen = 1 \"""
"""
raw = '''
[[subscription]]
''''

[source.contracts] # [not.this]
secrets = [ # first
  "env:A",

  { ref = "env:B", label = "]" },
  [
    "deep",
  ],
]
"quoted.name" = 1
'literal "name"' = { "\u0061\tb" . c = 1 }
x . "y" . z = 1

[source]
"" = 1

[[subscription]]
source = "contracts"

[subscription.filter]
types = []

[[ subscription ]]
[[subscription.rules]]
[[subscription.rules]]
name = "second"
`

func TestFaultFindsTheLine(t *testing.T) {
	doc, err := tomlfile.Parse("a.toml", []byte(placed))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		key  string
		line int
	}{
		{"", 0},
		{"absent", 0},
		{"listen", 1},
		{"text", 2},
		{"raw", 6},
		{"source.contracts", 10},
		{"source.contracts.absent.deeper[3]", 10},
		{"source.contracts.secrets", 11},
		{"source.contracts.secrets[0]", 12},
		{"source.contracts.secrets[1]", 14},
		{"source.contracts.secrets[1].label", 14},
		{"source.contracts.secrets[2]", 15},
		{"source.contracts.secrets[2][0]", 16},
		{"source.contracts.secrets[3]", 11},
		{`source.contracts."quoted.name"`, 19},
		{tomlfile.Key("source", "contracts", `literal "name"`), 20},
		{tomlfile.Key("source", "contracts", `literal "name"`, "a\tb", "c"), 20},
		{"source.contracts.x.y.z", 21},
		{"source", 23},
		{`source.""`, 24},
		{"subscription", 26},
		{"subscription[0]", 26},
		{"subscription[0].source", 27},
		{"subscription[0].filter", 29},
		{"subscription[0].filter.types", 30},
		{"subscription[1]", 32},
		{"subscription[1].rules[0]", 33},
		{"subscription[1].rules[1].name", 35},
	} {
		got := doc.Fault(test.key, "is %s", "odd")
		want := tomlfile.Fault{File: "a.toml", Line: test.line, Key: got.Key, Message: "is odd"}
		if got != want {
			t.Errorf("Fault(%s) = %#v, want %#v", test.key, got, want)
		}
		if later := doc.Text().Fault(test.key, "is %s", "odd"); later != want {
			t.Errorf("Text.Fault(%s) = %#v, want %#v", test.key, later, want)
		}
	}
}

func TestFaultKeepsTheKey(t *testing.T) {
	doc, err := tomlfile.Parse("a.toml", []byte("[a]\nb = 1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ key, want string }{
		{"a.b", "a.b"},
		{`"a".'b'`, "a.b"},
		{"a.c[0].d", "a.c[0].d"},
		{"a.b c", "a.b c"},
		{"a.b[x]", "a.b[x]"},
		{"a.b[-1]", "a.b[-1]"},
		{"a..b", "a..b"},
		{"a.\"b\n", `a."b\u000a`},
	} {
		if got := doc.Fault(test.key, "is odd").Key; got != test.want {
			t.Errorf("Fault(%q).Key = %q, want %q", test.key, got, test.want)
		}
	}
}

func TestMessagesStayOnOneLine(t *testing.T) {
	doc, err := tomlfile.Parse("a.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := doc.Fault("a", "got %s", "\x1b[31m\r\n\U000e0001").Message
	if want := `got \u001b[31m\u000d\u000a\U000e0001`; got != want {
		t.Errorf("Message = %q, want %q", got, want)
	}
}

func TestKey(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"source", "a-b_1", "provider"}, "source.a-b_1.provider"},
		{[]string{"source", "my shop"}, `source."my shop"`},
		{[]string{"", "a.b", "[0]"}, `""."a.b"."[0]"`},
		{[]string{`a"\` + "\n"}, `"a\"\\\u000a"`},
		{[]string{"größe"}, `"größe"`},
	} {
		if got := tomlfile.Key(test.names...); got != test.want {
			t.Errorf("Key(%q) = %s, want %s", test.names, got, test.want)
		}
	}
}
