//go:build unix

package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store/storetest"
)

// BenchmarkBacklog accepts 64 events of 1 KB, leases and settles as many
// deliveries, and asks when the next is due and how many there are, with as many
// deliveries due already as the name says, for 100 endpoints. One operation is
// one event. It reports the memory of the process.
//
// HOOKSEAL_BACKLOG is the largest backlog (100000).
func BenchmarkBacklog(b *testing.B) {
	most := 100_000
	if text := os.Getenv("HOOKSEAL_BACKLOG"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, backlog := range []int{0, most} {
		path := filepath.Join(b.TempDir(), "backlog.db")
		fill(b, path, backlog)
		b.Run(strconv.Itoa(backlog), func(b *testing.B) {
			s, err := Open(path, Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			run := strconv.FormatInt(time.Now().UnixNano(), 36)
			before := used(b)
			b.ResetTimer()
			for done := 0; done < b.N; done += storetest.BacklogRound {
				storetest.OverBacklog(b, s, fmt.Sprintf("%s-%09d", run, done))
			}
			b.StopTimer()
			b.ReportMetric(float64((used(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(resident(b), "MiB")
		})
	}
}

// fill makes a store in which n deliveries are due.
func fill(b *testing.B, path string, n int) {
	b.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	c, err := connect(path, "journal_mode = WAL", "synchronous = OFF")
	if err != nil {
		b.Fatal(err)
	}
	const rows = "WITH RECURSIVE n(i) AS (SELECT 1 WHERE %[1]d > 0 UNION ALL SELECT i + 1 FROM n WHERE i < %[1]d) "
	const micros = int64(1767323045_000000)
	script := "BEGIN;" + fmt.Sprintf(
		"INSERT INTO endpoints (seq, name, disabled, why, since, failures) SELECT i, 'endpoint-' || (i - 1), 0, '', 0, 0 FROM (%[2]sSELECT i FROM n LIMIT 100);"+
			"INSERT INTO events (seq, id, source, provider, provider_id, type, time, secret, candidate, covers, body)"+
			" SELECT i, printf('evt_0%%09d', i), 'contracts', '', '', 'a', %[3]d + i, '', '', 0, zeroblob(1024) FROM (%[2]sSELECT i FROM n);"+
			"INSERT INTO deliveries (id, event, endpoint, state, due, wake, leases, attempts, tried, created, message_id, subscription, transform, transform_hash, last_error)"+
			" SELECT printf('dlv_0%%09d', i), i, 1 + i %% 100, 0, %[3]d + i, %[3]d + i, 0, 0, 0, %[3]d, printf('evt_0%%09d', i), 'sub', '', '', '' FROM (%[2]sSELECT i FROM n);"+
			"UPDATE counts SET n = %[1]d WHERE state = 0;", n, fmt.Sprintf(rows, n), micros) + "COMMIT"
	for statement := range strings.SplitSeq(script, ";") {
		if err := c.script(statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	if err := c.close(); err != nil {
		b.Fatal(err)
	}
}

// used is what the process has used of the processors.
func used(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// resident is the memory of this process in MiB, as Linux tells it.
func resident(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if kib, found := strings.CutPrefix(line, "VmRSS:"); found {
			n, _ := strconv.ParseFloat(strings.Fields(kib)[0], 64)
			return n / 1024
		}
	}
	return 0
}
