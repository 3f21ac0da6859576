package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const serveConfig = `
listen = "127.0.0.1:0"
data   = "events.db"
allow_networks = ["127.0.0.0/8"]

[source.contracts]
provider = "chaindoc"
secret   = "env:CHAINDOC_SECRET"

[endpoint.crm]
url    = %q
secret = "plain:whsec_aG9va3NlYWwgdGVzdCBrZXkgKzEvMg=="

[endpoint.dead]
url    = "http://127.0.0.1:1/"
sign   = "none"
retry  = []

[[subscription]]
source    = "contracts"
types     = ["document.*"]
transform = "to-crm.js"
endpoint  = "crm"

[[subscription]]
source   = "contracts"
endpoint = "dead"
`

const serveTransform = `export default function transform(event) {
  return { type: event.type, data: { ...event.data, seen: true } };
}
`

func writeConfig(t *testing.T, sink *sink) string {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "hookseal.toml")
	for name, text := range map[string]string{
		config:                          fmt.Sprintf(serveConfig, sink.URL),
		filepath.Join(dir, "to-crm.js"): serveTransform,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

// list returns what "deliveries list" says, once every delivery has ended.
func deliveriesByEndpoint(t *testing.T, config string) map[string]shownDelivery {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		status, stdout, stderr := hookseal("", "deliveries", "list", "--config", config, "--json")
		if status != 0 {
			t.Fatalf("deliveries list = %d, %s", status, stderr)
		}
		var list struct{ Deliveries []shownDelivery }
		if err := json.Unmarshal([]byte(stdout), &list); err != nil {
			t.Fatal(err)
		}
		open, found := 0, map[string]shownDelivery{}
		for _, d := range list.Deliveries {
			found[d.Endpoint] = d
			if !d.State.Final() {
				open++
			}
		}
		if open == 0 && len(found) == 2 {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("deliveries are still open: %s", stdout)
		}
	}
}

func TestServe(t *testing.T) {
	sink := newSink(t)
	config := writeConfig(t, sink)
	const secret = "chaindoc-webhook-secret"
	s := startServer(t, config, "CHAINDOC_SECRET="+secret)

	if status, body := s.get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("/healthz = %d, %q, want 200", status, body)
	}
	if status, stdout := s.send("plain:forged", `{"event":"document.signed"}`); status != 1 || stdout != "401 Unauthorized\n{\"reason\":\"signature_mismatch\"}\n" {
		t.Errorf("a forged request = %d, %q, want 401", status, stdout)
	}
	if status, stdout := s.sendTo("/in/contratcs", "plain:"+secret, `{"event":"document.signed"}`); status != 1 || stdout != "404 Not Found\n{\"reason\":\"unknown_source\"}\n" {
		t.Errorf("a mistyped path = %d, %q, want 404", status, stdout)
	}
	if status, stdout := s.send("plain:"+secret, `{"event":"document.signed"}`); status != 0 || stdout != "202 Accepted\n" {
		t.Errorf("a good request = %d, %q, want 202", status, stdout)
	}
	first := sink.next(t)
	if body, err := io.ReadAll(first.Body); err != nil || string(body) != `{"event":"document.signed","seen":true}` {
		t.Errorf("delivered body = %q, %v, want the transform's", body, err)
	}
	if first.Header.Get("Webhook-Signature") == "" {
		t.Errorf("delivered header = %v, want a signature", first.Header)
	}

	found := deliveriesByEndpoint(t, config)
	if got := found["crm"].State; got != "delivered" {
		t.Errorf("state of crm = %s, want delivered", got)
	}
	if got := found["dead"].State; got != "exhausted" {
		t.Errorf("state of dead = %s, want exhausted", got)
	}
	if status, metrics := s.get("/metrics"); status != 200 ||
		!strings.Contains(metrics, `hookseal_requests_total{answer="accepted",reason="",source="contracts"} 1`) ||
		!strings.Contains(metrics, `hookseal_requests_total{answer="refused",reason="unknown_source",source=""} 1`) ||
		!strings.Contains(metrics, `hookseal_deliveries{state="delivered"} 1`) {
		t.Errorf("/metrics = %d, %s", status, metrics)
	}

	t.Run("redeliver", func(t *testing.T) { redeliver(t, config, sink, found["crm"].ID, first) })
	t.Run("second server", func(t *testing.T) {
		status, _, stderr := hookseal("", "check", "--config", config)
		if status != 1 {
			t.Errorf("check without the secret = %d, %s, want 1", status, stderr)
		}
		out, err := serveAgain(config, "CHAINDOC_SECRET="+secret)
		if err == nil || !strings.Contains(out, "is in use by process") {
			t.Errorf("a second server = %v, %s, want that the store is in use", err, out)
		}
	})

	log := s.stop()
	if strings.Contains(log, secret) || strings.Contains(log, "aG9va3NlYWwgdGVzdCBrZXkgKzEvMg") {
		t.Errorf("the log holds a secret:\n%s", log)
	}
	for _, want := range []string{"level=WARN", "written in plain", "msg=source name=contracts provider=chaindoc", `msg="unknown source called" name=contratcs requests=1`, "msg=stopped"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
	t.Run("restart", func(t *testing.T) { restart(t, config, sink, found["crm"].ID, "CHAINDOC_SECRET="+secret) })
}

func redeliver(t *testing.T, config string, sink *sink, id string, first *http.Request) {
	if status, stdout, stderr := hookseal("", "deliveries", "redeliver", "--config", config, id); status != 0 {
		t.Fatalf("redeliver = %d, %s%s", status, stdout, stderr)
	}
	again := sink.next(t)
	if got, want := again.Header.Get("Webhook-Id"), first.Header.Get("Webhook-Id"); got != want {
		t.Errorf("webhook-id = %q, want that of the first attempt, %q", got, want)
	}
	deliveriesByEndpoint(t, config)
	if status, _, stderr := hookseal("", "deliveries", "redeliver", "--config", config, "dlv_none"); status != 1 || !strings.Contains(stderr, `there is no delivery "dlv_none"`) {
		t.Errorf("redeliver of none = %d, %s, want 1", status, stderr)
	}
	status, stdout, stderr := hookseal("", "deliveries", "show", "--config", config, id)
	if status != 0 || !strings.Contains(stdout, "attempt 2") {
		t.Errorf("show = %d, %s%s, want two attempts", status, stdout, stderr)
	}
}

func serveAgain(config string, env ...string) (string, error) {
	c := exec.Command("hookseal", "serve", "--config", config)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	return string(out), err
}

// What operators change while no server runs, the next one acts on.
func restart(t *testing.T, config string, sink *sink, id, env string) {
	run := func(want int, args ...string) string {
		t.Helper()
		status, stdout, stderr := hookseal("", append(args, "--config", config)...)
		if status != want {
			t.Errorf("%v = %d, %s%s, want %d", args, status, stdout, stderr, want)
		}
		return stdout + stderr
	}
	run(0, "endpoints", "disable", "crm")
	if out := run(0, "deliveries", "redeliver", id); !strings.Contains(out, "is held: its endpoint is disabled; hookseal endpoints enable crm") {
		t.Errorf("redeliver to a disabled endpoint: %s", out)
	}
	if out := run(1, "deliveries", "redeliver", id); !strings.Contains(out, "has not ended") {
		t.Errorf("redeliver of a held delivery: %s", out)
	}
	if out := run(0, "deliveries", "list", "--state", "held"); !strings.Contains(out, id) {
		t.Errorf("deliveries list --state held = %s, want %s", out, id)
	}
	if out := run(1, "endpoints", "enable", "cmr"); !strings.Contains(out, "endpoints are crm, dead") {
		t.Errorf("enable of an unknown endpoint: %s", out)
	}
	s := startServer(t, config, env)
	if out := run(0, "endpoints", "list"); !strings.Contains(out, "disabled by an operator") {
		t.Errorf("endpoints list = %s, want crm disabled", out)
	}
	run(0, "endpoints", "enable", "crm")
	sink.next(t)
	deliveriesByEndpoint(t, config)
	if out := run(0, "events", "list", "--source", "hookseal"); !strings.Contains(out, "endpoint.disabled") || !strings.Contains(out, "endpoint.enabled") {
		t.Errorf("events list --source hookseal = %s, want what was done to the endpoint", out)
	}
	out := run(0, "events", "list", "--source", "contracts", "--json")
	var list struct{ Events []shownEvent }
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Events) != 1 {
		t.Fatalf("events list = %s, %v, want one event", out, err)
	}
	if out := run(0, "events", "show", list.Events[0].ID, "--body"); out != `{"event":"document.signed"}` {
		t.Errorf("events show --body = %q, want the bytes that were sent", out)
	}
	if out := run(0, "events", "show", list.Events[0].ID); !strings.Contains(out, "delivered") || !strings.Contains(out, "CHAINDOC_SECRET") {
		t.Errorf("events show = %s, want deliveries and the secret's label", out)
	}
	run(1, "events", "show", "evt_none")
	run(1, "deliveries", "show", "dlv_none")
	s.stop()
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "events.db.sock")); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestStoreCommandsWithoutStore(t *testing.T) {
	config := writeConfig(t, newSink(t))
	for _, args := range [][]string{
		{"events", "list"},
		{"deliveries", "list"},
		{"deliveries", "redeliver", "dlv_1"},
		{"endpoints", "list"},
		{"endpoints", "enable", "crm"},
	} {
		status, _, stderr := hookseal("", append(args, "--config", config)...)
		if status != 2 || !strings.Contains(stderr, "hookseal serve makes it") {
			t.Errorf("%v = %d, %s, want 2 and what to do", args, status, stderr)
		}
	}
}
