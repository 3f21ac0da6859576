package configfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
)

const differenceBefore = `
[source.contracts]
provider = "chaindoc"
secret   = "file:secret"
rate     = "10/s"

[source.old]
provider = "chaindoc"
secret   = "plain:old-secret-value"

[endpoint.crm]
url    = "https://crm.example/hooks"
secret = "plain:whsec_b2xkLXNlY3JldC12YWx1ZQ=="

[[subscription]]
source    = "contracts"
transform = "t.js"
endpoint  = "crm"
`

const differenceAfter = `
allow_networks = ["10.0.0.0/8"]

[limits]
backlog    = 1000
guest_time = "2s"

[source.contracts]
provider = "chaindoc"
secret   = "file:secret"
rate     = "20/s"
burst    = 50
status   = { refused = 403 }

[source.new]
provider = "chaindoc"
secret   = "plain:new-secret-value"

[endpoint.crm]
url    = "https://crm.example/hooks"
secret = "plain:whsec_bmV3LXNlY3JldC12YWx1ZQ=="

[[subscription]]
source    = "contracts"
types     = ["a.*"]
transform = "t.js"
endpoint  = "crm"
`

// The difference names parts and keys, and no value.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	load := func(text, secret, script string) *configfile.Config {
		t.Helper()
		for name, content := range map[string]string{"hookseal.toml": text, "secret": secret, "t.js": script} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err := configfile.Load(filepath.Join(dir, "hookseal.toml"), configfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := load(differenceBefore, "first-secret-value", "export default (event) => event")
	if got := before.Changes(load(differenceBefore, "first-secret-value", "export default (event) => event")); got != nil {
		t.Errorf("Changes of the same = %v, want none", got)
	}
	changes := before.Changes(load(differenceAfter, "second-secret-value", "export default (event) => null"))
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %s %s", c.Part, c.Name, c.What, strings.Join(c.Keys, " ")))
	}
	want := []string{
		"settings  changed allow_networks limits.backlog limits.guest_time",
		"source contracts changed burst rate secret status.refused",
		"source new added ",
		"source old removed ",
		"endpoint crm changed secret",
		"subscription contracts->crm changed types",
		"transform t.js changed code",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Changes =\n%q\nwant\n%q", got, want)
	}
	if text := fmt.Sprint(changes); strings.Contains(text, "secret-value") || strings.Contains(text, "whsec") {
		t.Errorf("Changes hold a secret: %s", text)
	}
}
