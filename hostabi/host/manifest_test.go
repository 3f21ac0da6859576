package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// described returns a guest with a manifest beside it.
func described(t *testing.T, name, manifest string) webhook.GuestCode {
	t.Helper()
	code := bad(t, name)
	code.Manifest, code.ManifestName = []byte(manifest), name+".toml"
	return code
}

const good1 = "name = \"World\"\nversion = \"1.0.0\"\nhooks = [\"transform\", \"claim\"]\nalgorithms = [\"hmac-sha256\"]\n"

func digestOf(code []byte) string {
	sum := sha256.Sum256(code)
	return hex.EncodeToString(sum[:])
}

func TestManifestIsChecked(t *testing.T) {
	world := digestOf(bad(t, "world").Code)
	other := strings.Repeat("a", 64)
	tests := map[string]struct {
		guest, manifest string
		grants          []webhook.Capability
		message         string
	}{
		"other hooks": {
			"world", strings.Replace(good1, `"transform", `, "", 1), nil,
			"its manifest lists the hooks claim, and the module exports claim, transform",
		},
		"other module": {
			"world", good1 + "sha256 = \"" + other + "\"\n", nil,
			"its manifest is of another module: it states the SHA-256 " + other + ", and the module has " + world,
		},
		"capability that is not granted": {
			"world", good1 + "capabilities = [\"clock\"]\n", nil,
			`its manifest asks for the capability "clock", which is not granted: grant = ["clock"] in the table [module."world.wasm"] of the configuration grants it`,
		},
		"one of two is granted": {
			"world", good1 + "capabilities = [\"clock\", \"random\"]\n",
			[]webhook.Capability{webhook.ClockCapability},
			`its manifest asks for the capability "random", which is not granted: grant = ["random"] in the table [module."world.wasm"] of the configuration grants it`,
		},
		"grant that is not asked for": {
			"world", good1,
			[]webhook.Capability{webhook.RandomCapability},
			`its manifest does not ask for the capability "random", which the configuration grants; take it back`,
		},
		"capability that is of no use": {
			"trap", "name = \"Trap\"\nversion = \"1\"\nhooks = [\"transform\"]\ncapabilities = [\"clock\"]\n",
			[]webhook.Capability{webhook.ClockCapability},
			`the capability "clock" is of no use to the module: it does not import wasi_snapshot_preview1.clock_time_get`,
		},
		"more memory than is granted": {
			"world", good1 + "limits = { memory = \"128MiB\" }\n", nil,
			"its manifest asks for memory = 128MiB, and 64MiB is granted: guest_memory in the table limits grants more",
		},
		"faults of its own": {
			"world", "nmae = 1\nversion = \"1\"\nhooks = [\"transform\", \"claim\"]\nalgorithms = [\"token\"]\n", nil,
			"its manifest: world.toml: name: is missing or blank, or holds a control character; world.toml:1: nmae: unknown key; " +
				`known keys are name, version, hooks, algorithms, capabilities, limits, sha256; did you mean "name"?`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			code := described(t, tt.guest, tt.manifest)
			code.Grants = tt.grants
			_, err := host.Loader{}.Load(t.Context(), code)
			wantFault(t, err, webhook.GuestRefused, tt.message)
		})
	}
	load(t, described(t, "world", good1+"sha256 = \""+world+"\"\n"))
}

// A rule of which no claim could hold is refused when it is loaded.
func TestManifestOfARule(t *testing.T) {
	code := described(t, "world", good1)
	code.Algorithms = []webhook.Algorithm{webhook.Token, webhook.Ed25519}
	_, err := host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestRefused, "its manifest lists the algorithms hmac-sha256, and its pack allows token, ed25519: no claim could hold")
	code.Algorithms = append(code.Algorithms, webhook.HMACSHA256)
	load(t, code)
}

// A module without a manifest gets what is granted, if it can use it.
func TestGrantsWithoutManifest(t *testing.T) {
	code := bad(t, "trap")
	code.Grants = []webhook.Capability{webhook.ClockCapability}
	_, err := host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestRefused, `the capability "clock" is of no use to the module: it does not import wasi_snapshot_preview1.clock_time_get`)
	code.Grants = []webhook.Capability{"disk"}
	_, err = host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestRefused, `there is no capability "disk"; capabilities are clock, random`)
}

// The file is broken in several ways, and the golden file holds all of them.
func TestManifestFaults(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "faulty.toml"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "faulty.golden"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = host.ParseManifest("faulty.toml", text)
	if faults, ok := errors.AsType[tomlfile.Faults](err); !ok || faults.Error()+"\n" != string(want) {
		t.Errorf("ParseManifest =\n%v\nwant\n%s", err, want)
	}
	if _, err := host.ParseManifest("a.toml", []byte("name = ")); err == nil {
		t.Error("a manifest that is no TOML was taken")
	}
}

// A claim names no algorithm beside those of its manifest, whatever its pack lists.
func TestManifestAlgorithms(t *testing.T) {
	manifest := "name = \"Every\"\nversion = \"1\"\nhooks = [\"claim\"]\nalgorithms = [\"hmac-sha512\"]\n"
	g := load(t, described(t, "every", manifest))
	_, err := g.Claim(t.Context(), request("{}", nil), nil)
	wantFault(t, err, webhook.GuestABI, `claim: check: the module's manifest does not list the algorithm "ed25519"; it lists hmac-sha512`)
	g = load(t, described(t, "every", strings.Replace(manifest, "512\"", "512\", \"ed25519\"", 1)))
	if _, err := g.Claim(t.Context(), request("{}", nil), nil); err != nil {
		t.Error(err)
	}
}

// What a manifest says that a call needs at most is its limit.
func TestManifestLimits(t *testing.T) {
	code := described(t, "exhaust", "name = \"Exhaust\"\nversion = \"1\"\nhooks = [\"transform\"]\n[limits]\nfuel = 3000000\nstack = \"100KiB\"\n")
	g := load(t, code)
	_, err := g.Transform(t.Context(), event("{}"), setting("bulk"))
	wantFault(t, err, webhook.GuestFuel, "transform did more work than its fuel of 3000000 instructions allows")
	_, err = g.Transform(t.Context(), event("{}"), setting("wide"))
	wantFault(t, err, webhook.GuestStack, "transform nested its calls deeper than its stack of 102400 bytes allows")
	code.Manifest = []byte("name = \"Exhaust\"\nversion = \"1\"\nhooks = [\"transform\"]\nlimits = { memory = \"64KiB\" }\n")
	_, err = host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestMemory, "the module begins with 1114112 bytes of memory, at most 65536 are granted")
}

func TestPin(t *testing.T) {
	code := bad(t, "world")
	sum := digestOf(code.Code)
	for _, pin := range []string{sum, strings.ToUpper(sum), ""} {
		code.SHA256 = pin
		load(t, code)
	}
	code.Code = append(slices.Clone(code.Code), 0)
	code.SHA256 = sum
	_, err := host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestRefused, "the module has the SHA-256 "+digestOf(code.Code)+", and "+sum+" is pinned")
}
