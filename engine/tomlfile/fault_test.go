package tomlfile_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

var update = flag.Bool("update", false, "write the golden files")

func TestFaultsOfFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob = %v, %v, want files", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			err = tomlfile.Decode("hookseal.toml", data, &config{})
			if err == nil {
				t.Fatal("Decode = nil, want faults")
			}
			compareGolden(t, strings.TrimSuffix(file, ".toml")+".golden", err.Error()+"\n")
		})
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("faults =\n%swant\n%s", got, want)
	}
}

func TestFaultText(t *testing.T) {
	for _, test := range []struct {
		fault tomlfile.Fault
		want  string
	}{
		{tomlfile.Fault{File: "a.toml", Line: 3, Column: 7, Key: "a.b", Message: "is odd"}, "a.toml:3:7: a.b: is odd"},
		{tomlfile.Fault{File: "a.toml", Line: 3, Key: "a.b", Message: "is odd"}, "a.toml:3: a.b: is odd"},
		{tomlfile.Fault{File: "a.toml", Key: "a", Message: "is missing"}, "a.toml: a: is missing"},
		{tomlfile.Fault{File: "a.toml", Message: "is empty"}, "a.toml: is empty"},
		{tomlfile.Fault{Line: 3, Message: "is odd"}, "line 3: is odd"},
		{tomlfile.Fault{Key: "[1].a", Message: "is odd"}, "[1].a: is odd"},
		{tomlfile.Fault{Message: "is odd"}, "is odd"},
	} {
		if got := test.fault.Error(); got != test.want {
			t.Errorf("%#v.Error() = %q, want %q", test.fault, got, test.want)
		}
	}
}

func TestJoinSortsFaultsAndKeepsOtherErrors(t *testing.T) {
	first := tomlfile.Fault{File: "a.toml", Line: 2, Message: "first"}
	second := tomlfile.Fault{File: "a.toml", Line: 2, Message: "second"}
	third := tomlfile.Fault{File: "b.toml", Line: 1, Message: "third"}
	err := tomlfile.Join(third, nil, fs.ErrPermission, errors.Join(tomlfile.Faults{first}, second))
	if got, want := err.Error(), "a.toml:2: first\na.toml:2: second\nb.toml:1: third\npermission denied"; got != want {
		t.Errorf("Join = %q, want %q", got, want)
	}
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("errors.Is(%v, fs.ErrPermission) = false, want true", err)
	}
	var faults tomlfile.Faults
	if !errors.As(err, &faults) || len(faults) != 3 {
		t.Errorf("errors.As gives %v, want three faults", faults)
	}
	var fault tomlfile.Fault
	if !errors.As(error(faults), &fault) || fault != first {
		t.Errorf("errors.As gives %v, want %v", fault, first)
	}
	if err := tomlfile.Join(nil, tomlfile.Faults(nil)); err != nil {
		t.Errorf("Join of nothing = %v, want nil", err)
	}
	if err := tomlfile.Join(fs.ErrPermission); err.Error() != "permission denied" {
		t.Errorf("Join of another error = %v, want it alone", err)
	}
}
