package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hostileConfig = `
listen = "127.0.0.1:0"
data   = "events.db"
allow_networks = ["127.0.0.0/8"]
limits = { script_workers = 2 }

[source.open]
provider = "none"

[endpoint.crm]
url  = %q
sign = "none"

[[subscription]]
source    = "open"
transform = "to-crm.js"
endpoint  = "crm"
settings  = { team = "north" }
`

const hostileTransform = `export default function transform(event, context) {
  if (event.data.bad) return { data: new ArrayBuffer(2 ** 31) };
  return { data: { n: event.data.n, team: context.settings.team } };
}
`

// A script that takes all memory fails its delivery. The server goes on, and so
// does the script with the next event.
func TestServeOutlivesScripts(t *testing.T) {
	sink := newSink(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "hookseal.toml")
	for name, text := range map[string]string{
		config:                          fmt.Sprintf(hostileConfig, sink.URL),
		filepath.Join(dir, "to-crm.js"): hostileTransform,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startServer(t, config)
	for _, body := range []string{`{"bad":true}`, `{"n":1}`} {
		resp, err := http.Post("http://"+s.address+"/in/open", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			t.Errorf("POST %s = %s, want 202", body, resp.Status)
		}
	}
	sent := sink.next(t)
	if body, err := io.ReadAll(sent.Body); err != nil || string(body) != `{"n":1,"team":"north"}` {
		t.Errorf("the good event came as %s, %v", body, err)
	}
	s.logged("needed more than the limit of 67108864 bytes")
	if status, stdout, stderr := hookseal("", "deliveries", "list", "--state", "failed", "--config", config); status != 0 || !strings.Contains(stdout, "crm") {
		t.Errorf("deliveries list = %d, %s%s, want the bad one as failed", status, stdout, stderr)
	}
	s.stop()
}
