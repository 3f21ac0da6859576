package configfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
)

// reloadable opens a configuration, and returns what makes another one live.
func reloadable(t *testing.T, text string) (*configfile.Running, func(text string) error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	running, err := configfile.Open(path, configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return running, func(text string) error {
		t.Helper()
		write(text)
		next, err := configfile.Load(path, configfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return running.Reload(next)
	}
}

func knowsSource(t *testing.T, eng *engine.Engine, name string) bool {
	t.Helper()
	_, err := eng.Verify(t.Context(), name, &engine.Request{})
	return err == nil
}

func TestReload(t *testing.T) {
	const one, two = "[source.one]\nprovider = \"none\"\n", "[source.two]\nprovider = \"none\"\n"
	running, reload := reloadable(t, one)
	if err := reload(two); err != nil {
		t.Fatal(err)
	}
	if knowsSource(t, running.Engine, "one") || !knowsSource(t, running.Engine, "two") {
		t.Error("the sources are not those of the second version")
	}
	if sources := running.Current().Engine.Sources; len(sources) != 1 || sources["two"].Provider == "" {
		t.Errorf("Current has the sources %v, want two alone", sources)
	}
}

// What takes a restart is named with its line, and nothing else of the version
// is taken up.
func TestReloadNamesWhatTakesARestart(t *testing.T) {
	running, reload := reloadable(t, "[source.one]\nprovider = \"none\"\n")
	before := running.Current()
	for _, test := range []struct{ name, top, limits, want string }{
		{"listen", `listen = "127.0.0.1:1"`, "", `hookseal.toml:1: listen: was 127.0.0.1:8080 and is 127.0.0.1:1: that takes a restart`},
		{"data", `data = "other.db"`, "", `hookseal.toml:1: data: is another one: that takes a restart`},
		{"connections", "", "connections = 5", `hookseal.toml:3: limits.connections: was the default and is 5`},
		{"header_bytes", "", `header_bytes = "1KiB"`, `limits.header_bytes: was the default and is 1KiB`},
		{"deliveries", "", "deliveries = 5", "limits.deliveries: was the default and is 5"},
		{"lease", "", `lease = "2m"`, "limits.lease: was the default and is 2m"},
		{"shutdown_grace", "", `shutdown_grace = "3s"`, "limits.shutdown_grace: was the default and is 3s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := reload(test.top + "\n[limits]\n" + test.limits + "\n[source.two]\nprovider = \"none\"\n")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Reload = %v, want %q in it", err, test.want)
			}
			if knowsSource(t, running.Engine, "two") || running.Current() != before {
				t.Error("the rest of the version was taken up")
			}
		})
	}
	if err := reload("[limits]\nguest_time = \"1s\"\nbytes_in_flight = \"1MiB\"\n[source.two]\nprovider = \"none\"\n"); err != nil {
		t.Errorf("Reload = %v, want that the other limits change", err)
	}
}
