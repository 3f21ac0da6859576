//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

var bench = storetest.Bench{
	Open: func(b *testing.B, committed func(calls int)) store.Store {
		return open(b, pgtest.Database(b), postgres.Options{OnCommit: func(c postgres.Commit) { committed(c.Calls) }})
	},
	Meter: meter,
}

func BenchmarkAccept(b *testing.B)       { bench.Accept(b) }
func BenchmarkLeaseSettle(b *testing.B)  { bench.LeaseSettle(b) }
func BenchmarkLeaseBacklog(b *testing.B) { bench.LeaseBacklog(b) }

// BenchmarkEngine publishes events of 1 KB from 64 callers on an engine that
// delivers them to an endpoint which answers at once; one operation is one event
// from its publication to the settling of its delivery.
func BenchmarkEngine(b *testing.B) {
	db := open(b, pgtest.Database(b), postgres.Options{})
	config := nodeConfig(db, "bench", "https://sink.example", time.Minute)
	config.Transport = answers{}
	sink := config.Endpoints["sink-0"]
	sink.Concurrency = 256
	config.Endpoints["sink-0"] = sink
	left := &finished{done: make(chan struct{})}
	left.n.Store(int64(b.N))
	config.Observer = left
	eng, err := engine.Open(config)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- eng.Run(ctx) }()
	body := make([]byte, 1024)
	used := meter(b)
	b.ResetTimer()
	storetest.EachCaller(b, 64, b.N, func(int) error {
		_, err := eng.Publish(b.Context(), engine.Publication{Type: "a.0", Body: body})
		return err
	})
	<-left.done
	b.StopTimer()
	used()
	cancel()
	if err := errors.Join(<-ended, eng.Close()); err != nil {
		b.Fatal(err)
	}
}

// answers is a transport that answers 200 and keeps nothing.
type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// finished counts deliveries down.
type finished struct {
	n    atomic.Int64
	done chan struct{}
}

func (f *finished) Finished(webhook.Delivery) {
	if f.n.Add(-1) == 0 {
		close(f.done)
	}
}

func (*finished) Received(engine.Reception)         {}
func (*finished) Attempted(string, webhook.Attempt) {}
func (*finished) TransformFailed(string, error)     {}
func (*finished) EndpointDisabled(webhook.Health)   {}
func (*finished) GuestCalled(engine.GuestCall)      {}
func (*finished) StoreCalled(engine.StoreCall)      {}

// BenchmarkLookup looks up dedup keys that are kept, and that are not, among
// 50,000.
func BenchmarkLookup(b *testing.B) {
	const keys = 50_000
	s := open(b, pgtest.Database(b), postgres.Options{})
	events := storetest.BenchEvents(keys)
	storetest.EachCaller(b, 512, keys, func(i int) error {
		_, err := s.Accept(b.Context(), events[i])
		return err
	})
	for _, want := range []bool{true, false} {
		b.Run(map[bool]string{true: "kept", false: "unknown"}[want], func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				key := "unknown-" + strconv.Itoa(i)
				if want {
					key = events[i%keys].DedupKey
				}
				if _, kept, err := s.Lookup(b.Context(), "contracts", key); err != nil || kept != want {
					b.Fatalf("Lookup = %v, %v, want %v", kept, err, want)
				}
			}
		})
	}
}

// meter returns a function that reports what the processors were used for since, by
// this process and by the server.
func meter(b *testing.B) (report func()) {
	b.Helper()
	server := pgtest.Shared(b)
	ours, theirs := storetest.CPUTime(), server.CPUTime()
	return func() {
		b.ReportMetric(float64((storetest.CPUTime()-ours).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
		b.ReportMetric(float64((server.CPUTime()-theirs).Nanoseconds())/1000/float64(b.N), "server-cpu-µs/op")
	}
}
