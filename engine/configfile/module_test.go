package configfile_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	withModule = `
data = "events.db"

[source.a]
provider = "none"

[endpoint.b]
url    = "https://b.example/"
secret = "env:STANDARD"

[[subscription]]
source    = "a"
transform = "world.wasm"
endpoint  = "b"
`
	ofWorld = `name = "World"
version = "1.0.0"
hooks = ["claim", "transform"]
algorithms = ["hmac-sha256"]
capabilities = ["clock"]
`
)

// moduleFolder holds a configuration, the module world.wasm, and its manifest
// unless that is empty.
func moduleFolder(t *testing.T, config, manifest string) (path, sum string) {
	t.Helper()
	dir := t.TempDir()
	code, err := os.ReadFile(filepath.Join("..", "..", "testdata", "guests", "world.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"hookseal.toml": config, "world.wasm": string(code)}
	if manifest != "" {
		files["world.toml"] = manifest
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	digest := sha256.Sum256(code)
	return filepath.Join(dir, "hookseal.toml"), hex.EncodeToString(digest[:])
}

func TestModules(t *testing.T) {
	_, sum := moduleFolder(t, "", "")
	other := strings.Repeat("0", 64)
	for name, tt := range map[string]struct {
		table, manifest string
		// fault is empty for what loads.
		fault string
	}{
		"neither":      {"", "", ""},
		"pinned":       {"sha256 = \"" + strings.ToUpper(sum) + "\"", "", ""},
		"pinned other": {"sha256 = \"" + other + "\"", "", "the module has the SHA-256 " + sum + ", and " + other + " is pinned"},
		"granted":      {"grant = [\"clock\"]", ofWorld, ""},
		"not granted": {
			"", ofWorld,
			`hookseal.toml:13: subscription[0].transform: world.wasm: refused: its manifest asks for the capability "clock", which is not granted: ` +
				`grant = ["clock"] in the table [module."world.wasm"] of the configuration grants it`,
		},
		"faults of the manifest": {"", ofWorld + "limit = 1\n[limits]\ntime = 5\n", "world.toml:6: limit: unknown key"},
		"both of them":           {"", ofWorld + "limit = 1\n[limits]\ntime = 5\n", "world.toml:8: limits.time: expected a duration"},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := moduleFolder(t, withModule+"\n[module.\"world.wasm\"]\n"+tt.table+"\n", tt.manifest)
			c, err := configfile.Load(path, options())
			if tt.fault == "" {
				if err != nil || len(c.Engine.Transforms["world.wasm"].Code) == 0 {
					t.Fatalf("Load = %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("Load = %v\nwant %s", err, tt.fault)
			}
			if name != "both of them" && name != "faults of the manifest" {
				return
			}
			if n := strings.Count(err.Error(), "\n"); n != 1 {
				t.Errorf("Load = %v\nwant the two faults of the manifest alone", err)
			}
		})
	}
}

// What is loaded to be run keeps what it compiles; what is checked writes nothing.
func TestGuestCache(t *testing.T) {
	path, _ := moduleFolder(t, "guest_cache = \"compiled\"\n"+withModule, "")
	cache := filepath.Join(filepath.Dir(path), "compiled")
	if _, err := configfile.Load(path, options()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cache); !os.IsNotExist(err) {
		t.Errorf("after Load the cache is there: %v", err)
	}
	running, err := configfile.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := os.ReadDir(cache); err != nil || len(found) == 0 {
		t.Errorf("after Open the cache holds %v, %v, want something", found, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(cache, 0o770); err != nil {
		t.Fatal(err)
	}
	_, err = configfile.Load(path, options())
	if err == nil || !strings.Contains(err.Error(), "hookseal.toml:1: guest_cache: the compilation cache "+cache+" is open to others (mode 0770)") {
		t.Errorf("Load with a cache that is open to others = %v", err)
	}
}

// Who checks the file as another user than the server's is told of the cache, which is
// no fault; who runs it must own it.
func TestGuestCacheOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("gives a folder to another user, which takes root")
	}
	path, _ := moduleFolder(t, "guest_cache = \"compiled\"\n"+withModule, "")
	cache := filepath.Join(filepath.Dir(path), "compiled")
	if err := errors.Join(os.Mkdir(cache, 0o700), os.Chown(cache, 65532, 65532)); err != nil {
		t.Fatal(err)
	}
	c, err := configfile.Load(path, options())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.HasSuffix(w, "the server must run as its owner") }) {
		t.Errorf("Warnings = %q, want one of the cache", c.Warnings)
	}
	if _, err := configfile.Open(path, options()); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("Open = %v, want that the cache belongs to another", err)
	}
}

// A manifest is one of the files that are followed, also one that was not there.
func TestManifestIsFollowed(t *testing.T) {
	path, _ := moduleFolder(t, withModule, "")
	synctest.Test(t, func(t *testing.T) {
		c, err := configfile.Load(path, options())
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Engine.Transforms["world.wasm"]; got.Manifest != nil || got.Grants != nil || got.SHA256 != "" {
			t.Errorf("transform without manifest and table = %q, %v, %q", got.Manifest, got.Grants, got.SHA256)
		}
		ctx, cancel := context.WithCancel(t.Context())
		found := make(chan webhook.GuestCode)
		ended := make(chan bool)
		go func() {
			defer close(ended)
			configfile.Watch(ctx, c, configfile.Watching{}, func(next *configfile.Config, err error) {
				if err != nil {
					t.Error(err)
					next = &configfile.Config{}
				}
				found <- next.Engine.Transforms["world.wasm"]
			})
		}()
		manifest := strings.Replace(ofWorld, `capabilities = ["clock"]`, "", 1)
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "world.toml"), []byte(manifest), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := <-found; got.ManifestName != "world.toml" || string(got.Manifest) != manifest {
			t.Errorf("transform after its manifest was written = %q, %q", got.ManifestName, got.Manifest)
		}
		cancel()
		<-ended
	})
}
