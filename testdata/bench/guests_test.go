package bench_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	extism "github.com/extism/go-sdk"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// kept reads a module of hookseal's tests.
func kept(t testing.TB, name string) webhook.GuestCode {
	t.Helper()
	code, err := os.ReadFile(filepath.Join("..", "guests", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: name, Code: code}
}

// people is a JSON body of a size, with one member of each hundred bytes to redact.
func people(size int) []byte {
	const one = `{"name":"Ada Example","email":"ada@customers.example","city":"Zürich","tags":["a","b"],"age":36},`
	body := "[" + strings.Repeat(one, max(1, (size-4)/len(one)))
	return []byte(body + strings.Repeat(" ", max(0, size-len(body)-3)) + "{}]")
}

func event(body []byte) *webhook.Event {
	return &webhook.Event{
		ID: "evt_1", Source: "bench", Type: "people.listed", Time: time.Unix(1767323045, 0),
		Header: map[string][]string{"Content-Type": {"application/json"}}, Body: body,
	}
}

// redactor makes one call, and returns what it handed out.
type redactor func(body []byte) ([]byte, error)

// inHookseal loads a module in hookseal's host.
func inHookseal(t testing.TB, code webhook.GuestCode, settings map[string]string) redactor {
	t.Helper()
	guest, err := host.Loader{Instances: 1}.Load(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = guest.Close(t.Context()) })
	return func(body []byte) ([]byte, error) {
		out, err := guest.Transform(t.Context(), event(body), webhook.TransformContext{Settings: settings})
		if err != nil || len(out) == 0 {
			return nil, err
		}
		return out[0].Body, nil
	}
}

// inExtism loads a plug-in in Extism's host, with a timeout as a server must have
// one, or without.
func inExtism(t testing.TB, code webhook.GuestCode, function string, settings map[string]string, timeout time.Duration) redactor {
	t.Helper()
	manifest := extism.Manifest{
		Wasm: []extism.Wasm{extism.WasmData{Data: code.Code}}, Config: settings, Timeout: uint64(timeout.Milliseconds()),
	}
	plugin, err := extism.NewPlugin(t.Context(), manifest, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(t.Context()) })
	return func(body []byte) ([]byte, error) {
		_, out, err := plugin.CallWithContext(t.Context(), function, body)
		return out, err
	}
}

// Both hosts hand out the same bytes for plug-ins that were built for Extism: those
// that come with its Go SDK, made by its kits for Rust, TinyGo and others, one that
// is made here by its kit for Go, and one by its kit for AssemblyScript.
func TestBothHostsHandOutTheSame(t *testing.T) {
	settings := map[string]string{"label": "crm", "thing": "a thing", "hookseal.type": "people.listed"}
	goLabel := filepath.Join(t.TempDir(), "label.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-o", goLabel, "./label")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	sdk, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/extism/go-sdk").Output()
	if err != nil {
		t.Fatal(err)
	}
	official := filepath.Join(strings.TrimSpace(string(sdk)), "wasm")
	for path, function := range map[string]string{
		goLabel: "transform",
		filepath.Join("..", "guests", "extism", "label.wasm"): "transform",
		filepath.Join(official, "count_vowels.wasm"):          "count_vowels",
		filepath.Join(official, "hello.wasm"):                 "run_test",
		filepath.Join(official, "config.wasm"):                "run_test",
		filepath.Join(official, "input_offset.wasm"):          "input_offset_length",
		filepath.Join(official, "replace.wasm"):               "run_test",
		filepath.Join(official, "alloc.wasm"):                 "run_test",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			code, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			guest := webhook.GuestCode{
				Name: path, Code: code, ABI: webhook.ExtismABI, Function: function,
				Limits: webhook.GuestLimits{Time: time.Minute},
			}
			body := people(2048)
			want, err := inExtism(t, guest, function, settings, 0)(body)
			if err != nil {
				t.Fatalf("in Extism: %v", err)
			}
			ours := inHookseal(t, guest, settings)
			for range 2 {
				if got, err := ours(body); err != nil || string(got) != string(want) {
					t.Errorf("in hookseal = %q, %v, want %q", got, err, want)
				}
			}
		})
	}
}
