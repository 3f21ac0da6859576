package scripttest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/scripttest"
)

var update = flag.Bool("update", false, "write the golden files")

func run(t *testing.T, path string) []scripttest.Result {
	t.Helper()
	s, err := scripttest.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Run(t.Context(), script.Loader{})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestPassing(t *testing.T) {
	results := run(t, "testdata/passing.test.toml")
	if len(results) != 5 {
		t.Errorf("%d results, want 5", len(results))
	}
	for _, r := range results {
		if r.Fault != "" {
			t.Errorf("%s: %s", r.Name, r.Fault)
		}
	}
}

// What a test says when it fails is kept in a golden file.
func TestFailing(t *testing.T) {
	var got strings.Builder
	for _, r := range run(t, "testdata/failing.test.toml") {
		if r.Fault == "" {
			t.Errorf("%s passed", r.Name)
		}
		got.WriteString("# " + r.Name + "\n" + r.Fault)
	}
	const golden = "testdata/failing.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("faults differ from %s:\n%s", golden, scripttest.Diff(string(want), got.String()))
	}
}

func TestLoadFaults(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "test: there is none"},
		{"[[test]]\nname='a'\nevent={body=''}", "states 0 of output, drop and error"},
		{"[[test]]\nname='a'\nevent={body=''}\ndrop=true\nerror='x'", "states 2 of output, drop and error"},
		{"[[test]]\nevent={body=''}\ndrop=true", "name: is missing"},
		{"[[test]]\nname='a'\nevent={}\ndrop=true", "event: states 0 bodies"},
		{"[[test]]\nname='a'\nevent={body='',body_file='x'}\ndrop=true", "contradicts the body beside it"},
		{"[[test]]\nname='a'\nevent={body_file='nowhere'}\ndrop=true", "nowhere"},
		{"[[test]]\nname='a'\nevent={body=''}\noutput=[{json='{'}]", "is not JSON"},
		{"[[test]]\nname='a'\nevent={body=''}\noutput=[{json='{}',body='{}'}]", "states 2 bodies"},
		{"[[test]]\nname='a'\nevent={boddy=''}\ndrop=true", "boddy"},
		{"[[test]]\nname='a'\nevent={body=''}\ndrop=true", "there is no"},
	} {
		path := filepath.Join(t.TempDir(), "x.test.toml")
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := scripttest.Load(path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Load of %q = %v, want an error with %q", tt.text, err, tt.want)
		}
	}
}

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ was, is, want string }{
		{"a\n", "a\n", ""},
		{"a\n", "b\n", "- a\n+ b\n"},
		{"1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\n6\n8\n", "  …\n  5\n  6\n- 7\n+ 8\n"},
		{"x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n", "- x\n  1\n  2\n  …\n  5\n  6\n- y\n"},
		{"", "a\n", "-\n+ a\n"},
	} {
		if got := scripttest.Diff(tt.was, tt.is); got != tt.want {
			t.Errorf("Diff(%q, %q) =\n%swant\n%s", tt.was, tt.is, got, tt.want)
		}
	}
}

// Applied to the first text, a diff of two texts that are near gives the second.
func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Fuzz(func(t *testing.T, was, is string) {
		if strings.Count(was+is, "\n") > 4 || was == is {
			return
		}
		var left, right []string
		for line := range strings.Lines(scripttest.Diff(was, is)) {
			if strings.HasPrefix(line, "  …") {
				return
			}
			text := strings.TrimSuffix(line, "\n")
			if !strings.HasPrefix(text, "+") {
				left = append(left, text)
			}
			if !strings.HasPrefix(text, "-") {
				right = append(right, text)
			}
		}
		if n := len(strings.Split(strings.TrimSuffix(was, "\n"), "\n")); len(left) != n {
			t.Errorf("the diff of %q and %q has %d lines of the first, want %d", was, is, len(left), n)
		}
		if n := len(strings.Split(strings.TrimSuffix(is, "\n"), "\n")); len(right) != n {
			t.Errorf("the diff of %q and %q has %d lines of the second, want %d", was, is, len(right), n)
		}
	})
}
