package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// storeEvents makes a store with a few events, and a configuration of it.
func storeEvents(t *testing.T, dir string, bodies ...string) (config string) {
	t.Helper()
	writeFiles(t, dir, map[string]string{"hookseal.toml": "data = \"hookseal.db\"\n[source.contracts]\nprovider = \"none\"\n"})
	db, err := sqlite.Open(filepath.Join(dir, "hookseal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range bodies {
		_, err := db.Accept(t.Context(), store.Acceptance{Event: webhook.Event{
			ID: "evt_" + string(rune('1'+i)), Source: "contracts", Type: "made",
			Time:   time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "hookseal.toml")
}

func TestScriptDiff(t *testing.T) {
	dir := t.TempDir()
	config := storeEvents(t, dir, `{"n":1.0}`, `{"n":2}`, `{}`)
	writeFiles(t, dir, map[string]string{
		"old.js": `export default (event) => { if (!event.data.n) throw new Error("no n"); return event }`,
		"new.js": "// another line\n" + `export default (event) => { if (!event.data.n) throw new Error("no n"); if (event.data.n > 1) event.data.n++; return event }`,
	})
	diff := func(args ...string) (int, string, string) {
		return hookseal("", append([]string{"script", "diff", "--config", config}, args...)...)
	}
	old, changed := filepath.Join(dir, "old.js"), filepath.Join(dir, "new.js")
	status, stdout, stderr := diff(old, old)
	if status != 0 || stdout != "0 of 3 events come out differently\n" {
		t.Errorf("diff of the same = %d, %s%s", status, stdout, stderr)
	}
	const want = `evt_2  contracts  made
    …
      content type: application/json
      {
    -   "n": 2
    +   "n": 3
      }

1 of 3 events come out differently
`
	status, stdout, stderr = diff(old, changed)
	if status != 1 || strings.TrimLeft(stdout, " ") == "" || normalised(stdout) != normalised(want) {
		t.Errorf("diff = %d, %s%s, want 1, %s", status, stdout, stderr, want)
	}
	status, stdout, _ = diff(old, changed, "--before", "evt_2")
	if status != 0 || stdout != "0 of 1 events come out differently\n" {
		t.Errorf("diff before the change = %d, %s", status, stdout)
	}
	status, stdout, _ = diff(old, changed, "--json")
	var report struct {
		Compared int
		Changed  []changedEvent
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || status != 1 || report.Compared != 3 || len(report.Changed) != 1 {
		t.Errorf("diff --json = %d, %s, %v", status, stdout, err)
	}
	if status, _, stderr = diff(old, filepath.Join(dir, "nowhere.js")); status != 2 || !strings.Contains(stderr, "nowhere.js") {
		t.Errorf("diff with a script that is not there = %d, %s, want 2", status, stderr)
	}
}

// normalised takes the indents off, which are tested by golden files.
func normalised(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimLeft(line, " "))
	}
	return out.String()
}

// A change of any file in the folder has the tests run again.
func TestScriptWatch(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"s.js":        `export default (event) => null`,
		"s.test.toml": "[[test]]\nname = \"dropped\"\nevent = { body = '' }\ndrop = true\n",
	})
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := watchScripts(ctx, write, dir, time.Millisecond)
		write.Close()
		done <- err
	}()
	// rounds are what each run printed.
	rounds := make(chan string)
	go func() {
		defer close(rounds)
		var round strings.Builder
		buffer := make([]byte, 4096)
		for {
			n, err := read.Read(buffer)
			round.Write(buffer[:n])
			if text := round.String(); strings.Contains(text, "watching") {
				rounds <- text
				round.Reset()
			}
			if err != nil {
				return
			}
		}
	}()
	for _, step := range []struct{ code, want string }{
		{"", "s.js: 1 passed"},
		{`export default (event) => event // é`, "s.js: 1 of 1 failed"},
		{`export default (event) =>`, "s.js: not loaded"},
		{`export default (event) => { return null }`, "s.js: 1 passed"},
	} {
		if step.code != "" {
			writeFiles(t, dir, map[string]string{"s.js": step.code})
		}
		for {
			// A look between two writes of one change shows the file half written.
			if text := <-rounds; strings.Contains(text, step.want) {
				break
			} else if text == "" {
				t.Fatalf("watching ended before %q", step.want)
			}
		}
	}
	cancel()
	for range rounds {
		continue
	}
	if err := <-done; err != nil {
		t.Errorf("watch = %v, want nil", err)
	}
}
