//go:build unix

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const plainSource = `
listen = %q
data   = "events.db"

[source.s]
provider = "none"
`

// freeAddress is one that nobody listens on, for a command that has to know it.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func configure(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// On SIGTERM the server says that it is not ready, while it still takes what is
// sent, and tells systemd.
func TestStopsInOrder(t *testing.T) {
	dir, err := os.MkdirTemp("", "hookseal") // the path of a socket is bounded
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer systemd.Close()
	told := func(want string) {
		t.Helper()
		if err := systemd.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 64)
		if n, err := systemd.Read(got); err != nil || string(got[:n]) != want {
			t.Errorf("systemd was told %q, %v, want %q", got[:n], err, want)
		}
	}

	config := configure(t, fmt.Sprintf(plainSource, freeAddress(t))+"[limits]\nshutdown_delay = \"2s\"\n")
	s := startServer(t, config, "NOTIFY_SOCKET="+filepath.Join(dir, "notify"))
	told("READY=1")
	if status, body := s.get("/readyz"); status != 200 || body != "ok\n" {
		t.Errorf("/readyz = %d, %q, want 200", status, body)
	}
	if status, stdout, stderr := hookseal("", "health", "--config", config); status != 0 || stdout != "ok\n" {
		t.Errorf("health = %d, %q, %s, want 0", status, stdout, stderr)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	told("STOPPING=1")
	if status, body := s.get("/readyz"); status != 503 || body != "the server is about to stop\n" {
		t.Errorf("/readyz after SIGTERM = %d, %q, want 503", status, body)
	}
	if status, _ := s.get("/healthz"); status != 200 {
		t.Errorf("/healthz after SIGTERM = %d, want 200", status)
	}
	if status, stdout, stderr := hookseal("", "health", "--config", config); status != 1 || !strings.Contains(stdout, "about to stop") {
		t.Errorf("health after SIGTERM = %d, %q, %s, want 1", status, stdout, stderr)
	}
	resp, err := http.Post("http://"+s.address+"/in/s", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatalf("an event after SIGTERM: %v", err)
	}
	if resp.Body.Close(); resp.StatusCode != 202 {
		t.Errorf("an event after SIGTERM = %d, want 202", resp.StatusCode)
	}
	log := <-s.log
	if err := s.command.Wait(); err != nil || !strings.Contains(log, "msg=stopped") {
		t.Errorf("the server ended with %v: %s", err, log)
	}
	if status, _, stderr := hookseal("", "health", "--config", config); status != 2 || !strings.Contains(stderr, "does not answer") {
		t.Errorf("health of a server that has ended = %d, %s, want 2", status, stderr)
	}
}

// writeCertificate writes a self-signed pair into a folder.
func writeCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"hooks.example"}, NotAfter: time.Now().Add(90 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReach(t *testing.T) {
	for listen, want := range map[string]string{
		":8080": "127.0.0.1:8080", "0.0.0.0:8080": "127.0.0.1:8080", "[::]:8080": "[::1]:8080",
		"10.1.2.3:80": "10.1.2.3:80", "localhost:80": "localhost:80",
	} {
		if got, err := reach(listen); err != nil || got != want {
			t.Errorf("reach(%q) = %q, %v, want %q", listen, got, err, want)
		}
	}
}

// A server with a certificate is asked for its health by that certificate, whatever
// name it is for, and by no other.
func TestHealthUnderTLS(t *testing.T) {
	config := configure(t, fmt.Sprintf(plainSource, freeAddress(t))+"[tls]\ncert = \"tls.crt\"\nkey = \"tls.key\"\n")
	writeCertificate(t, filepath.Dir(config))
	s := startServer(t, config)
	if status, stdout, stderr := hookseal("", "health", "--config", config); status != 0 || stdout != "ok\n" {
		t.Errorf("health = %d, %q, %s, want 0", status, stdout, stderr)
	}
	writeCertificate(t, filepath.Dir(config))
	s.logged("configuration reloaded")
	if status, stdout, stderr := hookseal("", "health", "--config", config); status != 0 || stdout != "ok\n" {
		t.Errorf("health after a renewal = %d, %q, %s, want 0", status, stdout, stderr)
	}
	other := configure(t, strings.Replace(fmt.Sprintf(plainSource, s.address), "[source", "[tls]\ncert = \"tls.crt\"\nkey = \"tls.key\"\n\n[source", 1))
	writeCertificate(t, filepath.Dir(other))
	if status, _, stderr := hookseal("", "health", "--config", other); status != 2 || !strings.Contains(stderr, "certificate") {
		t.Errorf("health by another certificate = %d, %s, want 2", status, stderr)
	}
	s.stop()
}

// Who watches over the server may come by an address of their own: senders then
// see nothing of it.
func TestMonitorAddress(t *testing.T) {
	monitor := freeAddress(t)
	config := configure(t, fmt.Sprintf("monitor = %q\n", monitor)+fmt.Sprintf(plainSource, "127.0.0.1:0"))
	s := startServer(t, config)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, _ := s.get(path); status != 404 {
			t.Errorf("%s where senders come = %d, want 404", path, status)
		}
		resp, err := http.Get("http://" + monitor + path)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != 200 {
			t.Errorf("%s at monitor = %d, want 200", path, resp.StatusCode)
		}
	}
	if status, stdout, stderr := hookseal("", "health", "--config", config); status != 0 || stdout != "ok\n" {
		t.Errorf("health = %d, %q, %s, want 0", status, stdout, stderr)
	}
	s.stop()
}

// A collector that the environment names gets the traces, the last of them at the
// end.
func TestTracesAreSent(t *testing.T) {
	var batches atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil && r.URL.Path == "/v1/traces" {
			batches.Add(1)
		}
	}))
	defer collector.Close()
	s := startServer(t, configure(t, fmt.Sprintf(plainSource, "127.0.0.1:0")), "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)
	resp, err := http.Post("http://"+s.address+"/in/s", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.stop()
	if batches.Load() == 0 {
		t.Error("the collector got nothing, want the trace of the event")
	}
}

// At its backlog the server asks senders to come again, says so where probes look,
// and goes on when there is room.
func TestIntakeStopsAtItsBacklog(t *testing.T) {
	text := fmt.Sprintf(plainSource, "127.0.0.1:0") + `
[endpoint.dead]
url   = "http://127.0.0.1:1/"
sign  = "none"
retry = ["1h"]

[[subscription]]
source   = "s"
endpoint = "dead"

[limits]
backlog = 1
`
	text = "allow_networks = [\"127.0.0.0/8\"]\n" + text
	config := configure(t, text)
	s := startServer(t, config)
	post := func(want int) {
		t.Helper()
		resp, err := http.Post("http://"+s.address+"/in/s", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != want || (want == 503) != (resp.Header.Get("Retry-After") == "30") {
			t.Errorf("status = %d, Retry-After %q, want %d", resp.StatusCode, resp.Header.Get("Retry-After"), want)
		}
	}
	post(202)
	late := time.Now().Add(20 * time.Second)
	for s.status("/readyz") == 200 && time.Now().Before(late) {
		// The server looks at its limits twice a second.
	}
	post(503)
	if status, body := s.get("/readyz"); status != 503 || body != "the intake has stopped: as many deliveries are open as limits.backlog permits\n" {
		t.Errorf("/readyz = %d, %q, want 503 and why", status, body)
	}
	if status := s.status("/healthz"); status != 200 {
		t.Errorf("/healthz = %d, want 200", status)
	}
	if _, metrics := s.get("/metrics"); !strings.Contains(metrics, `answer="stopped",reason="",source="s"} 1`) || !strings.Contains(metrics, "hookseal_ready 0") {
		t.Errorf("the metrics do not show the stop: %s", metrics)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(text, "backlog = 1", "backlog = 10", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.logged("configuration reloaded")
	post(202)
	if log := s.stop(); strings.Count(log, "intake has stopped") != 1 || !strings.Contains(log, "intake goes on") {
		t.Errorf("the log tells of no stop and end: %s", log)
	}
}

func (s *server) status(path string) int {
	s.t.Helper()
	status, _ := s.get(path)
	return status
}

// What a later version has otherwise is in the log, without its values.
func TestReloadLogsTheDifference(t *testing.T) {
	text := fmt.Sprintf(plainSource, "127.0.0.1:0")
	config := configure(t, text)
	s := startServer(t, config)
	text += "rate = \"10/s\"\n\n[source.more]\nprovider = \"chaindoc\"\nsecret = \"plain:never-in-a-log\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`configuration: source added" name=more`, `configuration: source changed" name=s keys=[rate]`} {
		s.logged(want)
	}
	s.logged("configuration reloaded")
	if log := s.stop(); strings.Contains(log, "never-in-a-log") {
		t.Errorf("the log holds a secret:\n%s", log)
	}
}
