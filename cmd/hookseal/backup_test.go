package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const restoring = `listen = "127.0.0.1:0"
data   = "events.db"
allow_networks = ["127.0.0.0/8"]

[source.contracts]
provider = "chaindoc"
secret   = "plain:chaindoc-webhook-secret"

[endpoint.crm]
url   = %q
sign  = "none"
retry = ["1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s"]

[[subscription]]
source   = "contracts"
endpoint = "crm"
`

// A server is backed up while it runs and is then killed: all that it had
// acknowledged before the backup is delivered from the restored store.
func TestBackupIsRestored(t *testing.T) {
	var up atomic.Bool
	came := make(chan string, 1000)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		came <- r.Header.Get("Webhook-Id") + string(body)
	}))
	defer endpoint.Close()
	folders := []string{t.TempDir(), t.TempDir()}
	var configs []string
	for _, dir := range folders {
		path := filepath.Join(dir, "hookseal.toml")
		if err := os.WriteFile(path, fmt.Appendf(nil, restoring, endpoint.URL), 0o600); err != nil {
			t.Fatal(err)
		}
		configs = append(configs, path)
	}
	file := filepath.Join(folders[1], "events.db")
	if status, _, stderr := hookseal("", "backup", file, "--config", configs[0]); status != 2 || !strings.Contains(stderr, "hookseal serve makes it") {
		t.Errorf("backup of no store = %d, %s, want 2", status, stderr)
	}

	s := startServer(t, configs[0])
	want := map[string]bool{}
	for i := range 20 {
		body := fmt.Sprintf(`{"event":"document.signed","n":%d}`, i)
		if status, _ := s.send("plain:chaindoc-webhook-secret", body); status != 0 {
			t.Fatalf("event %d was not acknowledged", i)
		}
		want[body] = true
	}
	status, stdout, stderr := hookseal("", "backup", file, "--config", configs[0])
	if status != 0 || !strings.Contains(stdout, "holds all that was stored") {
		t.Fatalf("backup = %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := hookseal("", "backup", file, "--config", configs[0]); status != 2 || !strings.Contains(stderr, "exists already") {
		t.Errorf("backup over a backup = %d, %s, want 2", status, stderr)
	}
	if err := s.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.log
	_ = s.command.Wait() // its error says that it was killed

	up.Store(true)
	restored := startServer(t, configs[1])
	ids := map[string]bool{}
	for late := time.After(20 * time.Second); len(want) > 0; {
		select {
		case got := <-came:
			id, body, _ := strings.Cut(got, "{")
			if ids[id] || id == "" {
				t.Errorf("webhook-id %q came twice or is empty", id)
			}
			ids[id] = true
			delete(want, "{"+body)
		case <-late:
			t.Fatalf("%d of 20 acknowledged events were never delivered", len(want))
		}
	}
	restored.stop()
}
