package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGateway(t *testing.T) {
	const secret = "chaindoc-webhook-secret"
	dir := t.TempDir()
	config := filepath.Join(dir, "hookseal.toml")
	text := "data = \"events.db\"\n[source.contracts]\nprovider = \"chaindoc\"\nsecret = \"env:CHAINDOC_SECRET\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s := startCommand(t, []string{
		"gateway", "--config", config, "--listen", "127.0.0.1:0", "--source", "contracts", "--to", "http://" + at, "--host", "app.example",
	}, "CHAINDOC_SECRET="+secret)

	if status, body := s.get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("/healthz = %d, %q, want 200", status, body)
	}
	for _, path := range []string{"/metrics", "//healthz", "/healthz?x", "/in/contracts"} {
		if status, body := s.get(path); status != 401 {
			t.Errorf("%s = %d, %q, want 401: it is the application's", path, status, body)
		}
	}
	const event, target = `{"event":"document.signed"}`, "/h%2Fook//x?b=1&a=%20z"
	if status, stdout := s.sendTo(target, "plain:"+secret, event); status != 1 ||
		stdout != "502 Bad Gateway\n"+`{"error":"the application behind this gateway does not answer"}`+"\n" {
		t.Errorf("while the application is down: %d, %q, want 502", status, stdout)
	}
	calls := startApp(t, at)
	if status, stdout := s.sendTo(target, "plain:forged", event); status != 1 || !strings.HasPrefix(stdout, "401 Unauthorized\n") {
		t.Errorf("forged: %d, %q, want 401", status, stdout)
	}
	for i, want := range []string{"201 Created\nhello from the application\n", "202 Accepted\n"} {
		if status, stdout := s.sendTo(target, "plain:"+secret, event); status != 0 || stdout != want || len(calls) != 1 {
			t.Errorf("try %d: %d, %q after %d calls, want %q after one", i+2, status, stdout, len(calls), want)
		}
	}
	if got, want := <-calls, "POST "+target+" app.example 127.0.0.1 "+event; got != want {
		t.Errorf("the application was called with %q, want %q", got, want)
	}
	log := s.stop()
	if strings.Contains(log, secret) || !strings.Contains(log, "connection refused") || !strings.Contains(log, "msg=stopped") {
		t.Errorf("the log is\n%s\nwant why nothing was passed on, its end, and no secret", log)
	}
}

// startApp serves an application at an address that was free before.
func startApp(t *testing.T, at string) chan string {
	t.Helper()
	ln, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	calls := make(chan string, 10)
	app := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		calls <- strings.Join([]string{r.Method, r.RequestURI, r.Host, r.Header.Get("X-Forwarded-For"), string(body)}, " ")
		w.WriteHeader(http.StatusCreated)
		if _, err := io.WriteString(w, "hello from the application\n"); err != nil {
			t.Error(err)
		}
	})}}
	app.Start()
	t.Cleanup(app.Close)
	return calls
}
