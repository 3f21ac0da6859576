package durability

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Bodies that JSON and text columns do not take come among good ones, from many
// connections, so that they are committed together. Each comes out as it went in.
func TestOddBodies(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	addr := freeAddress(t)
	start(t, addr, bin, "serve", "--config", writeConfig(t, t.TempDir(), addr, endpoint.URL), "--log-level", "error")
	odd := []string{"{\"nul\":\"\\u0000\"}", "\x00", "\xff\xfe", "{\"a\":\xff}", "\xed\xa0\x80", "", "{", `"\ud800"`, strings.Repeat("\x00", 3000)}
	bodies := make([][]string, 8)
	var posting sync.WaitGroup
	for c := range bodies {
		for n := range 40 {
			body := fmt.Sprintf("%d-%d", c, n)
			if n%4 == 0 {
				body += odd[n/4%len(odd)]
			}
			bodies[c] = append(bodies[c], body)
		}
		posting.Go(func() { postAll(t, addr, bodies[c]) })
	}
	posting.Wait()
	var all []string
	for _, list := range bodies {
		all = append(all, list...)
	}
	s.await(t, all)
	s.judge(t, len(all))
}

// postAll posts bodies over one connection, and wants a 202 for each.
func postAll(t *testing.T, addr string, bodies []string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for _, body := range bodies {
		if status, err := send(conn, answers, body); err != nil || status != http.StatusAccepted {
			t.Errorf("%q is answered %d, %v, want 202", body, status, err)
			return
		}
	}
}

// Endpoints answer with 200 MB each. The server takes none of it in.
func TestHugeReplies(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	const events = 24
	var answered atomic.Int64
	all := make(chan struct{})
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if answered.Add(1) == events {
				close(all)
			}
		}()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		chunk := make([]byte, 1<<20)
		for range 200 {
			if _, err := w.Write(chunk); err != nil {
				return // the server has enough
			}
		}
	}))
	defer endpoint.Close()
	addr := freeAddress(t)
	running := start(t, addr, bin, "serve", "--config", writeConfig(t, t.TempDir(), addr, endpoint.URL), "--log-level", "error")
	var bodies []string
	for n := range events {
		bodies = append(bodies, fmt.Sprint("huge ", n))
	}
	postAll(t, addr, bodies)
	select {
	case <-all:
	case <-time.After(time.Minute):
		t.Fatalf("%d of %d deliveries came", answered.Load(), events)
	}
	if peak := peakMemory(t, running.cmd.Process.Pid); peak > 200<<20 {
		t.Errorf("the server held %d MiB, want less than one reply", peak>>20)
	}
}

// peakMemory is the most that a process has held, in bytes.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("the system does not tell the memory of a process: %v", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// A transform spins, with the longest time that it may have, when SIGTERM comes.
// The process ends within its grace all the same, and the event waits for the
// next.
func TestTerminatedWhileGuestSpins(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	addr, dir := freeAddress(t), t.TempDir()
	config := writeConfig(t, dir, addr, endpoint.URL)
	rewrite(t, config, "limits.lease = \"3s\"", "limits.lease = \"3s\"\nlimits.guest_time = \"5s\"\nlimits.shutdown_grace = \"1s\"")
	rewrite(t, config, "[[subscription]]", "[[subscription]]\ntransform = \"spin.js\"")
	script := filepath.Join(dir, "spin.js")
	writeFile(t, script, "export default function transform(event) { console.log('spinning'); for (;;) {} }")
	log := &logged{}
	running := startLogged(t, log, addr, bin, "serve", "--config", config, "--log-level", "info")
	postAll(t, addr, []string{"spin"})
	if err := syscall.Kill(running.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := running.cmd.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("serve took %v to end, with a grace of a second\n%s", took, log)
	}
	writeFile(t, script, "export default function transform(event) { return event; }")
	start(t, addr, bin, "serve", "--config", config, "--log-level", "error")
	s.await(t, []string{"spin"})
}

func rewrite(t *testing.T, path, old, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s holds no %q", path, old)
	}
	writeFile(t, path, strings.Replace(string(data), old, text, 1))
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Events that come while an endpoint is disabled reach it once it is enabled, and
// what is tried again is sent byte for byte as it was.
func TestDisabledThenEnabled(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	s := newSink()
	var refuse atomic.Bool
	refuse.Store(true)
	var mu sync.Mutex
	firsts := map[string]string{} // webhook-id → body of the first attempt
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		id := r.Header.Get("Webhook-Id")
		mu.Lock()
		first, again := firsts[id]
		if !again {
			firsts[id] = string(body)
		}
		mu.Unlock()
		if again && first != string(body) {
			t.Errorf("%s was %q and is %q when it is tried again", id, first, body)
		}
		if refuse.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		s.ServeHTTP(w, r)
	}))
	defer endpoint.Close()
	addr, dir := freeAddress(t), t.TempDir()
	config := writeConfig(t, dir, addr, endpoint.URL)
	start(t, addr, bin, "serve", "--config", config, "--log-level", "error")
	postAll(t, addr, []string{"before \x00\xff"})
	command(t, bin, "endpoints", "disable", "sink", "--config", config)
	postAll(t, addr, []string{"while \x00\xff", "while 2"})
	refuse.Store(false)
	command(t, bin, "endpoints", "enable", "sink", "--config", config)
	s.await(t, []string{"before \x00\xff", "while \x00\xff", "while 2"})
	s.judge(t, 3)
}
