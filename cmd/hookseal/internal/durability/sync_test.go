package durability

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// No 202 is written before the sync that covers its commit has returned.
//
// Every body carries a marker. In the system calls of the server the test looks,
// for each marker, for the connection it was read from, for the write to the
// write-ahead log that holds it, for a sync of that file that began after this
// write, and for the 202 on that connection; the 202 must come after the sync
// has returned.
func TestSyncBeforeAnswer(t *testing.T) {
	strace := need(t, "strace")
	bin := buildBinary(t)
	addr := freeAddress(t)
	config := writeConfig(t, t.TempDir(), addr, "")
	trace := traced(t, strace, addr, bin, "serve", "--config", config, "--log-level", "error")
	if faults := judgeTrace(trace, markers()); len(faults) > 0 {
		t.Errorf("%d of %d answers came before their sync: %s", len(faults), len(markers()), faults[0])
	}
}

// The test above would notice a database that does not sync.
func TestSyncIsNoticedWhenMissing(t *testing.T) {
	strace := need(t, "strace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	addr := freeAddress(t)
	spec := addr + "," + filepath.Join(t.TempDir(), "hookseal.db")
	trace := traced(t, strace, addr, self, "-serve-unsynced", spec)
	if faults := judgeTrace(trace, markers()); len(faults) != len(markers()) {
		t.Errorf("with synchronous=OFF %d of %d answers are found to come before their sync, want all", len(faults), len(markers()))
	}
}

const traceConnections, traceRequests = 8, 12

func markers() []string {
	var all []string
	for c := range traceConnections {
		for r := range traceRequests {
			all = append(all, fmt.Sprintf("marker-%02d-%02d-end", c, r))
		}
	}
	return all
}

// traced runs a server under strace, posts every marker, and returns the trace.
func traced(t *testing.T, strace, addr, name string, args ...string) []string {
	t.Helper()
	return recorded(t, recording{strace: strace, options: []string{"-s", "8192"}, addr: addr, command: append([]string{name}, args...)}, func() {
		var wg sync.WaitGroup
		for c := range traceConnections {
			wg.Go(func() { postMarkers(t, addr, c) })
		}
		wg.Wait()
	}, syscall.SIGTERM)
}

func postMarkers(t *testing.T, addr string, c int) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for r := range traceRequests {
		body := fmt.Sprintf(`{"m":"marker-%02d-%02d-end"}`, c, r)
		if status, err := send(conn, answers, body); err != nil || status != http.StatusAccepted {
			t.Errorf("connection %d, request %d: %d, %v", c, r, status, err)
			return
		}
	}
}

// judgeTrace returns a line for each marker whose 202 is not preceded by its
// sync.
func judgeTrace(lines, markers []string) []string {
	all := calls(lines)
	var faults []string
	for _, marker := range markers {
		if why := judgeMarker(all, marker); why != "" {
			faults = append(faults, marker+": "+why)
		}
	}
	return faults
}

func judgeMarker(all []call, marker string) string {
	find := func(from int, want func(call) bool) (call, bool) {
		for _, c := range all {
			if c.began >= from && want(c) {
				return c, true
			}
		}
		return call{}, false
	}
	in, ok := find(0, func(c call) bool { return c.name == "read" && strings.Contains(c.text, marker) })
	if !ok {
		return "its request was not read"
	}
	answer, ok := find(in.end, func(c call) bool {
		return c.name == "write" && c.fd == in.fd && strings.Contains(c.text, "HTTP/1.1 202")
	})
	if !ok {
		return "its answer was not written"
	}
	logged, ok := find(in.end, func(c call) bool {
		return c.name == "pwrite64" && strings.Contains(c.text, marker)
	})
	if !ok || logged.end >= answer.began {
		return "its event was not written to a file before the answer"
	}
	synced, ok := find(logged.end, func(c call) bool {
		return (c.name == "fsync" || c.name == "fdatasync") && c.fd == logged.fd && c.ok()
	})
	if !ok || synced.end >= answer.began {
		return "the file was not synced before the answer"
	}
	return ""
}
