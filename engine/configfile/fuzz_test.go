package configfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// Whatever stands in a file, it loads, and then opens an engine, or is reported as
// faults that hold no secret.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	faulty, err := filepath.Glob("testdata/faults/*.toml")
	if err != nil || len(files)+len(faulty) < 5 {
		f.Fatalf("%d files, %v", len(files)+len(faulty), err)
	}
	for _, file := range append(files, faulty...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	const secret = "this-secret-must-not-show"
	lookup := func(string) (string, bool) { return secret, true }
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file:") || strings.Contains(text, "path") || strings.Contains(text, "transform") || strings.Contains(text, secret) {
			t.Skip("reads other files")
		}
		path := filepath.Join(t.TempDir(), "hookseal.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := configfile.Load(path, configfile.Options{LookupEnv: lookup})
		if err != nil {
			_, isFaults := errors.AsType[tomlfile.Faults](err)
			_, isFault := errors.AsType[*tomlfile.Fault](err)
			_, isPath := errors.AsType[*fs.PathError](err)
			if !isFaults && !isFault && !isPath {
				t.Errorf("Load = %v (%T), want faults with their places", err, err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("Load = %v, which holds a secret", err)
			}
			return
		}
		if shown := strings.Join(c.Warnings, "\n"); strings.Contains(shown, secret) {
			t.Errorf("a warning holds a secret: %s", shown)
		}
		eng, err := engine.Open(engine.Config{Sources: c.Engine.Sources})
		if err != nil {
			t.Fatalf("a file that loads has sources that do not open: %v", err)
		}
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
}
