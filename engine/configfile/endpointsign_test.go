package configfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/configfile"
)

func loadText(t *testing.T, text string) *configfile.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

func TestSigningOfEndpoints(t *testing.T) {
	c := loadText(t, `
allow_hosts = ["crm.intern.example", "*.svc.example"]
[endpoint.crm]
url       = "https://crm.example/hooks"
secrets   = ["env:STANDARD", { ref = "env:CRM_SECRET", label = "next", not_before = 2026-02-01T10:00:00Z }]
also_sign = [{ sign = "chaindoc", secret = "env:GOOD" }, { sign = "dastra", secrets = ["env:GOOD", "env:GATE"], settings = { key = "latin1-as-utf8" } }]
basic     = "env:BASIC"
headers   = { X-Tenant = "acme", X-Api-Key = "env:GATE", X-Kind = "plain:env:x" }

[endpoint.bearer]
url    = "https://crm.example/hooks"
as     = "seatable"
bearer = ["env:GATE", "env:GOOD"]
`)
	if got := c.Engine.AllowHosts; len(got) != 2 || got[1] != "*.svc.example" {
		t.Errorf("AllowHosts = %q", got)
	}
	e := c.Engine.Endpoints["crm"]
	if len(e.AlsoSign) != 2 || e.AlsoSign[0].Sign != "chaindoc" || e.AlsoSign[0].Secrets[0].Label != "GOOD" ||
		len(e.AlsoSign[1].Secrets) != 2 || e.AlsoSign[1].Settings["key"] != "latin1-as-utf8" {
		t.Errorf("AlsoSign = %+v", e.AlsoSign)
	}
	if want := time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC); !e.Secrets[1].NotBefore.Equal(want) {
		t.Errorf("NotBefore = %v, want %v", e.Secrets[1].NotBefore, want)
	}
	if len(e.Headers) != 1 || e.Headers["X-Tenant"] != "acme" {
		t.Errorf("Headers = %v, want X-Tenant alone", e.Headers)
	}
	if got := string(e.SecretHeaders["X-Api-Key"].Reveal()); got != "gate-token" {
		t.Errorf("X-Api-Key = %q, want what GATE holds", got)
	}
	if got := string(e.SecretHeaders["X-Kind"].Reveal()); got != "env:x" {
		t.Errorf("X-Kind = %q, want the text after plain:", got)
	}
	if len(e.Basic) != 1 || len(c.Engine.Endpoints["bearer"].Bearer) != 2 {
		t.Errorf("Basic, Bearer = %v, %v", e.Basic, c.Engine.Endpoints["bearer"].Bearer)
	}
	warnings := strings.Join(c.Warnings, "\n")
	if want := `endpoint "crm" is signed with one of its 2 secrets at a time, the first that counts: a request as dastra has room for one signature`; strings.Count(warnings, "at a time") != 1 || !strings.Contains(warnings, want) {
		t.Errorf("warnings = %s, want %q and no other of the kind", warnings, want)
	}
	if shown := fmt.Sprintf("%+v %s", c.Engine.Endpoints, warnings); strings.Contains(shown, "gate-token") || strings.Contains(shown, "user:password") || strings.Contains(shown, "a-good-secret") {
		t.Errorf("printed, the endpoints show a secret: %s", shown)
	}
}
