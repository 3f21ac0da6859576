package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

// What is edited while a server runs is live for the next event, unless it has a
// fault.
func TestReload(t *testing.T) {
	sink := newSink(t)
	config := writeConfig(t, sink)
	const secret = "chaindoc-webhook-secret"
	s := startServer(t, config, "CHAINDOC_SECRET="+secret, "OTHER_SECRET=another")
	edit := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	delivers := func(what, want string) {
		t.Helper()
		n++
		if status, stdout := s.send("plain:"+secret, fmt.Sprintf(`{"event":"document.signed","n":%d}`, n)); status != 0 {
			t.Fatalf("%s: the event = %d, %q, want 202", what, status, stdout)
		}
		body, err := io.ReadAll(sink.next(t).Body)
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: delivered %q, %v, want %s in it", what, body, err, want)
		}
	}
	delivers("at first", `"seen":true`)

	script := filepath.Join(filepath.Dir(config), "to-crm.js")
	edit(script, strings.Replace(serveTransform, "seen: true", "seen: 'twice'", 1))
	s.logged("configuration reloaded")
	delivers("after an edit of the script", `"seen":"twice"`)

	edit(script, "export default function transform(event) {\n  return {\n")
	line := s.logged("configuration not reloaded")
	if !strings.Contains(line, "file="+config) || !strings.Contains(line, "key=subscription[0].transform") || !strings.Contains(line, "to-crm.js:") {
		t.Errorf("the log says %s, want file, key and the script's line", line)
	}
	delivers("after the script was broken", `"seen":"twice"`)

	edit(script, serveTransform)
	s.logged("configuration reloaded")
	delivers("after the script was mended", `"seen":true`)

	text := fmt.Sprintf(serveConfig, sink.URL)
	edit(config, strings.Replace(text, `"events.db"`, `"other.db"`, 1)+"\n[source.more]\nprovider = \"chaindoc\"\nsecret = \"env:OTHER_SECRET\"\n")
	if line := s.logged("configuration not reloaded"); !strings.Contains(line, "line=3 key=data") || !strings.Contains(line, "takes a restart") {
		t.Errorf("the log says %s, want that data takes a restart", line)
	}
	if status, stdout := s.sendTo("/in/more", "plain:another", `{"event":"document.signed"}`); status != 1 || !strings.HasPrefix(stdout, "404") {
		t.Errorf("a source of a version that was refused = %d, %q, want 404", status, stdout)
	}
	edit(config, text+"\n[source.more]\nprovider = \"chaindoc\"\nsecret = \"env:OTHER_SECRET\"\n")
	s.logged("configuration reloaded")
	if status, stdout := s.sendTo("/in/more", "plain:another", `{"event":"document.signed"}`); status != 0 {
		t.Errorf("a source that was added = %d, %q, want 202", status, stdout)
	}
	applied := 3
	if runtime.GOOS != "windows" {
		if err := s.command.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		s.logged("configuration reloaded")
		applied++
	}
	if _, metrics := s.get("/metrics"); !strings.Contains(metrics, fmt.Sprintf(`hookseal_config_reloads_total{result="applied"} %d`, applied)) ||
		!strings.Contains(metrics, `hookseal_config_reloads_total{result="refused"} 2`) {
		t.Errorf("/metrics = %s, want %d reloads applied and 2 refused", metrics, applied)
	}
	if log := s.stop(); strings.Contains(log, secret) {
		t.Errorf("the log holds a secret:\n%s", log)
	}
}

// What was left out of a file stands on no line.
func TestRefusedWithoutLine(t *testing.T) {
	var out strings.Builder
	f := &follower{log: slog.New(slog.NewTextHandler(&out, nil))}
	f.refuse(tomlfile.Faults{{File: "a.toml", Key: "tls", Message: "is missing"}, {File: "a.toml", Line: 7, Key: "data", Message: "is wrong"}})
	if got := out.String(); strings.Contains(got, "line=0") || !strings.Contains(got, "file=a.toml key=tls") || !strings.Contains(got, "line=7 key=data") {
		t.Errorf("the log says %s, want a line for the second fault alone", got)
	}
}
