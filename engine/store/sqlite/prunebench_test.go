//go:build unix

package sqlite_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

// BenchmarkAcceptWhilePruning stores events of 1 KB from 64 callers, alone and
// while as many old ones are removed, 100 at a time with a pause as long as that
// took. It reports the median and the 99th percentile of a call.
func BenchmarkAcceptWhilePruning(b *testing.B) {
	for _, pruned := range []bool{false, true} {
		b.Run(strconv.FormatBool(pruned), func(b *testing.B) {
			s := openBench(b, sqlite.Options{})
			events := storetest.BenchEvents(2 * b.N)
			for i := range events {
				events[i].Deliveries = nil
				if i < b.N {
					events[i].Event.Time = time.Unix(1, 0)
				}
			}
			storetest.EachCaller(b, 512, b.N, func(i int) error {
				_, err := s.Accept(b.Context(), events[i])
				return err
			})
			ctx, stop := context.WithCancel(b.Context())
			defer stop()
			var pruning sync.WaitGroup
			if pruned {
				pruning.Go(func() {
					for ctx.Err() == nil {
						began := time.Now()
						req := store.PruneRequest{Default: store.Keep{Events: time.Unix(2, 0)}, Keys: time.Unix(2, 0), Limit: 100}
						if _, err := s.Prune(b.Context(), req); err != nil {
							b.Error(err)
						}
						time.Sleep(max(5*time.Millisecond, time.Since(began)))
					}
				})
			}
			took := make([]time.Duration, b.N)
			b.ResetTimer()
			storetest.EachCaller(b, 64, b.N, func(i int) error {
				began := time.Now()
				_, err := s.Accept(b.Context(), events[b.N+i])
				took[i] = time.Since(began)
				return err
			})
			b.StopTimer()
			stop()
			pruning.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[b.N/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[b.N*99/100].Microseconds()), "p99-µs")
		})
	}
}
