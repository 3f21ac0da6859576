package tomlfile_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

func TestDecodeSetsEveryKindOfField(t *testing.T) {
	no := false
	december := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	second := tomlfile.Duration(time.Second)
	want := config{
		limits:   limits{MaxBody: 1 << 20, Timeout: tomlfile.Duration(90 * time.Minute)},
		Logging:  &Logging{Level: "debug"},
		Listen:   "127.0.0.1:8080",
		Networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")},
		Workers:  4, Offset: -5, Jitter: 1, Verbose: &no, Starts: december,
		Matrix: [][]int{{1, 2}, {}},
		Labels: map[string]string{"a key": "x", "b": "y"},
		Settings: map[string]any{"deep": map[string]any{"list": []any{
			int64(1), map[string]any{"when": december.Add(8 * time.Hour)},
		}}},
		Source: map[string]source{"contracts": {
			Provider: "chaindoc",
			Secrets:  []secret{{Ref: "env:CHAINDOC_SECRET"}, {Ref: "file:/run/secrets/chaindoc", NotAfter: december}},
			Verify:   verify{Tolerance: 300 * second},
		}},
		Endpoint: map[string]*target{
			"crm": {
				URL:   "https://crm.example/hooks",
				Retry: retry{[]tomlfile.Duration{60 * second, 300 * second}}, Sign: "standard-webhooks",
			},
			"audit": {Retry: retry{[]tomlfile.Duration{2 * second, 2 * second, 2 * second}}},
		},
		Subscription: []subscription{{Source: "contracts", Types: []string{"document.*"}}, {Source: "app"}},
		Folders:      map[label][]*folder{"main": {{"a"}, {"b"}}},
		Loaded:       "before",
	}
	got := config{Loaded: "before"}
	if err := tomlfile.DecodeFile("testdata/valid.toml", &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("DecodeFile =\n%+v\nwant\n%+v", got, want)
	}
}

func TestDecodeMergesTablesAndReplacesTheRest(t *testing.T) {
	got := config{
		Listen: "kept",
		Source: map[string]source{"a": {Provider: "kept"}, "b": {Provider: "gone", Secrets: []secret{{Ref: "env:GONE"}}}},
		Matrix: [][]int{{1}, {2}},
	}
	text := "matrix = [[3]]\n[source.b]\nprovider = \"new\"\n"
	if err := tomlfile.Decode("a.toml", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := config{
		Listen: "kept",
		Source: map[string]source{"a": {Provider: "kept"}, "b": {Provider: "new"}},
		Matrix: [][]int{{3}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Decode = %+v, want %+v", got, want)
	}
}

func TestDecodeSetsWhatHasNoFault(t *testing.T) {
	var got config
	text := "listen = 1\nworkers = 4\n[source.a]\nprovder = 1\nprovider = \"dastra\"\n"
	if err := tomlfile.Decode("a.toml", []byte(text), &got); err == nil {
		t.Fatal("Decode = nil, want faults")
	}
	if got.Workers != 4 || got.Source["a"].Provider != "dastra" {
		t.Errorf("Decode = %d workers and source %+v, want 4 and dastra", got.Workers, got.Source["a"])
	}
}

func TestTimesWithoutOffsetAreUTC(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-01":                "2026-12-01T00:00:00Z",
		"2026-12-01T10:30:00":       "2026-12-01T10:30:00Z",
		"2026-12-01 10:30:00.5":     "2026-12-01T10:30:00.5Z",
		"2026-12-01T10:30:00+02:00": "2026-12-01T08:30:00Z",
	} {
		var into struct {
			At time.Time `toml:"at"`
		}
		if err := tomlfile.Decode("a.toml", []byte("at = "+text), &into); err != nil {
			t.Errorf("Decode(%s) = %v, want nil", text, err)
		}
		if got := into.At.Format(time.RFC3339Nano); got != want {
			t.Errorf("Decode(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestDecodeFileTellsReadErrorsFromFaults(t *testing.T) {
	dir := t.TempDir()
	err := tomlfile.DecodeFile(filepath.Join(dir, "none.toml"), &config{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("DecodeFile of nothing = %v, want fs.ErrNotExist", err)
	}
	if err := tomlfile.DecodeFile(dir, &config{}); err == nil || errors.As(err, &tomlfile.Faults{}) {
		t.Errorf("DecodeFile of a folder = %v, want an error that is no fault", err)
	}
	large := filepath.Join(dir, "large.toml")
	if err := os.WriteFile(large, make([]byte, tomlfile.MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	want := large + ": the file is larger than the limit of 16MiB"
	if err := tomlfile.DecodeFile(large, &config{}); err == nil || err.Error() != want {
		t.Errorf("DecodeFile = %v, want %s", err, want)
	}
}

func TestNestingIsBounded(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
	}{
		{"arrays", "a = " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nil"},
		{"arrays too deep", "\na = " + strings.Repeat("[", 1_000_000), "deep.toml:2:105: nested deeper than 100 levels"},
		{"dotted", strings.Repeat("a.", 99) + "a = 1", "nil"},
		{"dotted too deep", strings.Repeat("a.", 500_000) + "a = 1", "deep.toml:1:201: nested deeper than 100 levels"},
		{"header too deep", "[" + strings.Repeat("a.", 100) + "a]", "deep.toml:1:202: nested deeper than 100 levels"},
		{"tables too deep", "a = " + strings.Repeat("{ a = ", 150_000), "deep.toml:1:601: nested deeper than 100 levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var into struct {
				A any `toml:"a"`
			}
			got := "nil"
			if err := tomlfile.Decode("deep.toml", []byte(test.text), &into); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("Decode = %s, want %s", got, test.want)
			}
		})
	}
}

func TestMisusePanics(t *testing.T) {
	type nested struct {
		Wait map[string][]*time.Duration `toml:"wait"`
	}
	for name, into := range map[string]any{
		"nil":           nil,
		"no pointer":    config{},
		"nil pointer":   (*config)(nil),
		"no table":      new(string),
		"time.Duration": &nested{},
		"a channel": &struct {
			C chan int `toml:"c"`
		}{},
		"integer keys": &struct {
			M map[int]string `toml:"m"`
		}{},
		"two of a name": &struct {
			A, B int `toml:"a"`
		}{},
		"not exported": &struct {
			a int `toml:"a"`
		}{},
		"other methods": &struct {
			E error `toml:"e"`
		}{},
		"hidden pointer": &struct{ *limits }{},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recovered, _ := recover().(string); !strings.HasPrefix(recovered, "tomlfile: ") {
					t.Errorf("Decode panics with %q, want a message of tomlfile", recovered)
				}
			}()
			err := tomlfile.Decode("empty.toml", nil, into)
			t.Errorf("Decode = %v, want a panic", err)
		})
	}
}

func TestRecursiveTypes(t *testing.T) {
	type node struct {
		Name  string           `toml:"name"`
		Under map[string]*node `toml:"under"`
	}
	var root node
	err := tomlfile.Decode("a.toml", []byte("[under.a.under.b]\nname = \"b\"\nnam = 1"), &root)
	want := `a.toml:3: under.a.under.b.nam: unknown key; known keys are name, under; did you mean "name"?`
	if err == nil || err.Error() != want {
		t.Errorf("Decode = %v, want %s", err, want)
	}
	if got := root.Under["a"].Under["b"].Name; got != "b" {
		t.Errorf("name = %q, want b", got)
	}
}
