package configfile_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

var update = flag.Bool("update", false, "write the golden files")

// environment is what the files of the tests read.
func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"GOOD": "a-good-secret", "STANDARD": "whsec_aG9va3NlYWwgdGVzdCBrZXkgKzEvMg==",
		"BLANK": " \t ", "EMPTY": "", "PADDED": "secret ",
		"CHAINDOC_SECRET": "chaindoc-webhook-secret", "CRM_SECRET": "whsec_aG9va3NlYWwgdGVzdCBrZXkgKzEvMg==",
		"BASIC": "user:password", "GATE": "gate-token",
	}[name]
	return value, ok
}

func options() configfile.Options { return configfile.Options{LookupEnv: environment} }

// Each file is broken in several ways; its golden file holds all of them as one
// run reports them.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob = %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			_, err := configfile.Load(file, options())
			if _, ok := errors.AsType[tomlfile.Faults](err); !ok {
				t.Fatalf("Load = %v (%T), want faults alone", err, err)
			}
			// A pack that is added changes no golden file.
			got := strings.ReplaceAll(err.Error(), strings.Join(catalog.Builtin().Names(), ", "), "<providers>") + "\n"
			golden := strings.TrimSuffix(file, ".toml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("Load =\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// No message may hold a secret, however it was written.
func TestFaultsHoldNoSecret(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, line := range []string{
		`secret = "` + secret + `"`,
		`secret = "plain: ` + secret + `"`,
		`secret = "` + secret + `:x"`,
		`secrets = ["x", "` + secret + `"]`,
		`secret = { ref = "` + secret + `" }`,
	} {
		path := filepath.Join(t.TempDir(), "hookseal.toml")
		text := "[source.a]\nprovider = \"dastra\"\n" + line + "\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := configfile.Load(path, options())
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: Load = %v, want a fault without the secret", line, err)
		}
	}
}

func TestLoadOfNoFile(t *testing.T) {
	_, err := configfile.Load(filepath.Join(t.TempDir(), "hookseal.toml"), options())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load = %v, want %v", err, fs.ErrNotExist)
	}
}
