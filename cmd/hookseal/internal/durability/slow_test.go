package durability

import (
	"bytes"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A disk whose syncs take 40 ms slows senders down, and loses nothing. Calls that
// wait for one sync share the next, so that the connections together get on
// faster than a sync for each would let them.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	const syncTakes = 40 * time.Millisecond
	underLoad(t, func(l *load, running *server, _ *logged) {
		well := running.inject(t, "inject=fsync,fdatasync:delay_enter=40000")
		began := time.Now()
		awaitTaken(t, []*load{l}, 200)
		if took, alone := time.Since(began), 200*syncTakes; took > alone {
			t.Errorf("200 webhooks took %v, want less than a sync for each, %v", took, alone)
		}
		well()
	})
}

// While no sync succeeds nothing is acknowledged, and the log says why. Once the
// disk is well again the server goes on by itself.
func TestSyncsFail(t *testing.T) {
	t.Parallel()
	underLoad(t, func(l *load, running *server, log *logged) {
		loads := []*load{l}
		awaitTaken(t, loads, 100)
		well := running.inject(t, "inject=fsync,fdatasync:error=EIO")
		awaitCounts(t, loads, "one refused", func(_, refused int) bool { return refused > 0 })
		taken, refused := l.counts()
		awaitCounts(t, loads, "more refused", func(_, now int) bool { return now > refused+100 })
		// Those that were under way when the first was refused may have been stored
		// before it.
		if now, _ := l.counts(); now > taken+loadConnections {
			t.Errorf("%d webhooks are acknowledged while syncs fail", now-taken)
		}
		well()
		awaitTaken(t, loads, 100)
		if text := log.String(); !strings.Contains(text, "disk I/O error") {
			t.Errorf("the log of syncs that fail does not say so:\n%s", text)
		}
	})
}

// underLoad runs a server under load during a call, kills it, and lets the next
// deliver what was acknowledged.
func underLoad(t *testing.T, during func(*load, *server, *logged)) {
	t.Helper()
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	addr, log := freeAddress(t), &logged{}
	config := writeConfig(t, t.TempDir(), addr, endpoint.URL)
	running := startLogged(t, log, addr, bin, "serve", "--config", config, "--log-level", "error")
	l := newLoad(addr, 0)
	var posting sync.WaitGroup
	posting.Go(func() { l.run() })
	during(l, running, log)
	running.kill(t, syscall.SIGKILL)
	l.end()
	posting.Wait()
	last := start(t, addr, bin, "serve", "--config", config, "--log-level", "error")
	s.await(t, l.taken)
	last.kill(t, syscall.SIGTERM)
	s.judge(t, len(l.taken))
}

// inject has strace interfere with the system calls of a running server until
// well is called.
func (s *server) inject(t *testing.T, what string) (well func()) {
	t.Helper()
	strace := need(t, "strace")
	var said bytes.Buffer
	cmd := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-p", strconv.Itoa(s.cmd.Process.Pid),
		"-e", "trace=fsync,fdatasync", "-e", what)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatalf("strace ended by itself: %v\n%s", err, &said)
		}
		_ = cmd.Wait() // its status is that of the signal
	}
}
