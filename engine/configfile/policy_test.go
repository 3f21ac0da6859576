package configfile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// TestLoadHealth reads what decides about the deliveries to an endpoint.
func TestLoadHealth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	err := os.WriteFile(path, []byte(`
[endpoint.crm]
url           = "https://crm.example/hooks"
sign          = "none"
retry         = { first = "5s", factor = 3, cap = "1m", attempts = 5 }
disable_after = { failures = 7, for = "3d" }
breaker       = { pause = "20s" }
rate          = "600/m"

[endpoint.erp]
url     = "https://erp.example/hooks"
sign    = "none"
retry   = { first = "1h", for = "72h", cap = "1d" }
breaker = { failures = 0 }

[endpoint.plain]
url  = "https://plain.example/hooks"
sign = "none"

[[subscription]]
source   = "app"
endpoint = "crm"
order_by = "json.customer.id"

[[subscription]]
source   = "hookseal"
types    = ["endpoint.disabled"]
endpoint = "erp"
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, path)
	crm, erp, plain := c.Engine.Endpoints["crm"], c.Engine.Endpoints["erp"], c.Engine.Endpoints["plain"]
	if want := []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, time.Minute}; !slices.Equal(crm.Retry, want) {
		t.Errorf("Retry = %v, want %v", crm.Retry, want)
	}
	if want := []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, 24 * time.Hour}; !slices.Equal(erp.Retry, want) {
		t.Errorf("Retry within 72h = %v, want %v", erp.Retry, want)
	}
	if want := (engine.DisableAfter{Failures: 7, For: 72 * time.Hour}); *crm.DisableAfter != want {
		t.Errorf("DisableAfter = %+v, want %+v", *crm.DisableAfter, want)
	}
	if want := (engine.Breaker{Failures: 10, Pause: 20 * time.Second}); crm.Breaker == nil || *crm.Breaker != want {
		t.Errorf("Breaker = %+v, want %+v", crm.Breaker, want)
	}
	if erp.Breaker == nil || *erp.Breaker != (engine.Breaker{}) {
		t.Errorf("breaker = { failures = 0 } became %+v, want one that never opens", erp.Breaker)
	}
	if crm.Rate != 10 || plain.Rate != 0 || plain.Breaker != nil || plain.Retry != nil {
		t.Errorf("rate = %v; plain = %+v, want 10 a second, and defaults", crm.Rate, plain)
	}
	if got := c.Engine.Subscriptions[0].OrderBy; got != "json.customer.id" {
		t.Errorf("OrderBy = %q, want json.customer.id", got)
	}
}
