package configfile

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/script/worker"
)

func loadText(t *testing.T, text string, opts Options) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"hookseal.toml": text, "t.js": "function transform(p) { return p }"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(filepath.Join(dir, "hookseal.toml"), opts)
}

func TestScriptWorkers(t *testing.T) {
	program := Options{ScriptWorker: []string{"script-worker"}}
	for _, tt := range []struct {
		text   string
		opts   Options
		worker bool
		fault  string
	}{
		{"", program, true, ""},
		{"", Options{}, false, ""},
		{"limits.script_workers = 0", program, false, ""},
		{"limits.script_workers = 3", program, true, ""},
		{"limits.script_workers = 0", Options{}, false, ""},
		{"limits.script_workers = 3", Options{}, false, "this program has no workers: set it to 0"},
		{"limits.script_workers = -1", program, false, "an integer from 0 to 256, found -1"},
		{"limits.script_workers = 257", program, false, "an integer from 0 to 256, found 257"},
	} {
		c, err := loadText(t, tt.text, tt.opts)
		if tt.fault != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fault) || !strings.Contains(err.Error(), ":1: limits.script_workers: ") {
				t.Errorf("%s: Load = %v, want a fault with %q", tt.text, err, tt.fault)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: Load = %v", tt.text, err)
		}
		_, inWorker := c.Engine.Guests[0].(*worker.Loader)
		_, here := c.Engine.Guests[0].(script.Loader)
		if inWorker != tt.worker || here == tt.worker {
			t.Errorf("%q under %v gives the loader %T", tt.text, tt.opts.ScriptWorker, c.Engine.Guests[0])
		}
	}
}

func TestSubscriptionSettings(t *testing.T) {
	const parts = "endpoint.e = { url = \"https://a.example\", sign = \"none\" }\n[[subscription]]\nsource = \"app\"\nendpoint = \"e\"\n"
	c, err := loadText(t, parts+"transform = \"t.js\"\nsettings = { team = \"north\" }\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Engine.Subscriptions[0].Settings, map[string]string{"team": "north"}; !maps.Equal(got, want) {
		t.Errorf("Settings = %v, want %v", got, want)
	}
	if _, err := loadText(t, parts+"settings = { team = \"north\" }\n", Options{}); err == nil || !strings.Contains(err.Error(), "subscription[0].settings: are for a transform, and there is none") {
		t.Errorf("Load = %v, want a fault for settings that nothing reads", err)
	}
}
