package configfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
)

// manyEndpoints writes a configuration of n endpoints, each with a subscription.
func manyEndpoints(tb testing.TB, n int) (path string) {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "[source.in]\nprovider = \"standard-webhooks\"\nsecret = \"plain:c2VjcmV0LW9mLXRoZS1zb3VyY2Uh\"\n")
	for i := range n {
		fmt.Fprintf(&b, "\n[endpoint.e%05d]\nurl = \"https://crm.example/e%05d\"\nsecret = \"plain:c2VjcmV0LW9mLXRoZS1zb3VyY2Uh\"\nconcurrency = 16\n", i, i)
		fmt.Fprintf(&b, "\n[[subscription]]\nsource = \"in\"\nendpoint = \"e%05d\"\ntypes = [\"t%05d\"]\n", i, i)
	}
	path = filepath.Join(tb.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// living is how many bytes of the heap are reachable.
func living() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// What a live configuration keeps counts three times, since serve lets garbage
// grow to twice of what lives.
func TestMemoryOfAnEndpoint(t *testing.T) {
	const endpoints, most = 4000, 3200 // of some 2,700 bytes
	path := manyEndpoints(t, endpoints)
	// What the first load of all keeps is not counted.
	if _, err := configfile.Load(manyEndpoints(t, 1), configfile.Options{}); err != nil {
		t.Fatal(err)
	}
	before := living()
	config, err := configfile.Load(path, configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Open(config.Engine)
	if err != nil {
		t.Fatal(err)
	}
	if each := (living() - before) / endpoints; each > most {
		t.Errorf("a live configuration of %d endpoints takes %d bytes for each, want %d at most", endpoints, each, most)
	}
	runtime.KeepAlive(config)
	if err := eng.Close(); err != nil {
		t.Error(err)
	}
}

// BenchmarkLoad reads a configuration of ten thousand endpoints, and reports what
// is left of it.
func BenchmarkLoad(b *testing.B) {
	path := manyEndpoints(b, 10_000)
	b.ReportAllocs()
	before := living()
	var config *configfile.Config
	var err error
	for b.Loop() {
		if config, err = configfile.Load(path, configfile.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(living()-before), "kept-B")
	runtime.KeepAlive(config)
}
