package main

import (
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

// deployedConfig is what the deployed servers run with: an endpoint outside, a script,
// whose workers have to live in the same confinement, and a module, which is compiled
// to machine code.
const deployedConfig = `
listen = %q
data   = "/var/lib/hookseal/hookseal.db"
guest_cache = "/var/lib/hookseal/guests"
%s

[source.contracts]
provider = "chaindoc"
secret   = %q

[endpoint.crm]
url        = %q
allow_http = true
sign       = "none"

[[subscription]]
source    = "contracts"
transform = "to-crm.js"
endpoint  = "crm"

[[subscription]]
name      = "module"
source    = "contracts"
transform = "redact.wasm"
settings  = { members = "document" }
endpoint  = "crm"
`

const deployedSecret = "chaindoc-webhook-secret"

// A release is what docs/deploy ships: the program runs in its container and as its
// service, as docs/operations.md says.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a release")
	}
	asRoot(t)
	release := newRelease(t)
	t.Run("container", func(t *testing.T) { container(t, release) })
	t.Run("service", func(t *testing.T) { service(t, filepath.Join(release, programOf())) })
}

func programOf() string { return "hookseal-" + engine.Version + "-linux-" + runtime.GOARCH }

// newRelease makes a release for this machine, as release.sh does.
func newRelease(t *testing.T) (dir string) {
	t.Helper()
	tool(t, "jq")
	dir = t.TempDir()
	c := exec.CommandContext(t.Context(), tool(t, "bash"), filepath.Join(deployFolder, "release.sh"), dir)
	c.Env = append(os.Environ(), "SYSTEMS=linux/"+runtime.GOARCH)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("release.sh: %v\n%s", err, out)
	}
	program, err := elf.Open(filepath.Join(dir, programOf()))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the program is not linked statically")
		}
	}
	c = exec.CommandContext(t.Context(), "sha256sum", "--check", "SHA256SUMS")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 2 {
		t.Errorf("sha256sum --check = %v, want that the program and its bill are right\n%s", err, out)
	}
	return dir
}

// asRoot skips where the test may not do what it has to.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("HOOKSEAL_CI") != "" {
		t.Fatal("the test must be run as root")
	}
	t.Skip("the test must be run as root")
}

// deployedAt writes the configuration of a server, with its transform, that listens
// on an address and may deliver to a URL by the permission.
func deployedAt(t *testing.T, dir, listen, permission, secret, url string) {
	t.Helper()
	module, err := os.ReadFile("../../testdata/guests/sdk/c-redact.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"redact.wasm":   string(module),
		"hookseal.toml": fmt.Sprintf(deployedConfig, listen, permission, secret, url),
		"to-crm.js":     serveTransform,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// delivers sends an event about a document to a deployed server and waits for what
// becomes of it.
func delivers(t *testing.T, address, document string, s *sink) {
	t.Helper()
	sender := &server{t: t, address: address}
	if status, stdout := sender.send("plain:"+deployedSecret, `{"event":"document.signed","document":"`+document+`"}`); status != 0 {
		t.Fatalf("an event was answered %s, want 202", stdout)
	}
	want := []string{
		`{"event":"document.signed","document":"[redacted]"}`,
		`{"event":"document.signed","document":"` + document + `","seen":true}`,
	}
	var got []string
	for range want {
		body, err := io.ReadAll(s.next(t).Body)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(body))
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("delivered %q, want what the module and the script made: %q", got, want)
	}
}
