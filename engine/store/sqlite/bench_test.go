//go:build unix

package sqlite_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

var bench = storetest.Bench{
	Open: func(b *testing.B, committed func(calls int)) store.Store {
		return openBench(b, sqlite.Options{OnCommit: func(c sqlite.Commit) { committed(c.Calls) }})
	},
	Meter: meter,
}

func BenchmarkAccept(b *testing.B)       { bench.Accept(b) }
func BenchmarkLeaseSettle(b *testing.B)  { bench.LeaseSettle(b) }
func BenchmarkAcceptSettle(b *testing.B) { bench.AcceptSettle(b) }
func BenchmarkExpand(b *testing.B)       { bench.Expand(b) }
func BenchmarkLeaseBacklog(b *testing.B) { bench.LeaseBacklog(b) }

// meter returns a function that reports what the processor was used for since, and
// what a sync of the disk takes.
func meter(b *testing.B) (report func()) {
	b.Helper()
	fsync := syncLatency(b)
	before := storetest.CPUTime()
	return func() {
		b.ReportMetric(float64((storetest.CPUTime()-before).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
		b.ReportMetric(float64(fsync.Microseconds()), "fsync-µs")
	}
}

func openBench(b *testing.B, opts sqlite.Options) *sqlite.Store {
	b.Helper()
	return open(b, filepath.Join(b.TempDir(), "bench.db"), opts)
}

// syncLatency is the median of what a sync of 64 KiB takes beside the database.
func syncLatency(b *testing.B) time.Duration {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "sync"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var took []time.Duration
	for range 21 {
		if _, err := file.Write(make([]byte, 64<<10)); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// BenchmarkLookup looks up dedup keys that memory has, that the index has, and
// that are not kept, among 200,000.
func BenchmarkLookup(b *testing.B) {
	const keys = 200_000
	s := openBench(b, sqlite.Options{RecentKeys: keys / 4})
	events := storetest.BenchEvents(keys)
	storetest.EachCaller(b, 512, keys, func(i int) error {
		_, err := s.Accept(b.Context(), events[i])
		return err
	})
	for _, run := range []struct {
		name      string
		from, end int
	}{{"recent", keys - keys/8, keys}, {"indexed", 0, keys / 8}, {"unknown", -1, -1}} {
		b.Run(run.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				key, want := "unknown-"+strconv.Itoa(i), run.from >= 0
				if want {
					key = events[run.from+i%(run.end-run.from)].DedupKey
				}
				if _, kept, err := s.Lookup(b.Context(), "contracts", key); err != nil || kept != want {
					b.Fatalf("Lookup = %v, %v, want %v", kept, err, want)
				}
			}
		})
	}
}
