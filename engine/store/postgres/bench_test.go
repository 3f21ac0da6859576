//go:build unix

package postgres_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkAccept stores events of 1 KB with one delivery and a dedup key each,
// from as many callers as the name says. It reports the processors' time per
// event, of this process and of the server, and the calls in a transaction.
func BenchmarkAccept(b *testing.B) {
	for _, callers := range []int{1, 64, 512} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			var calls, commits atomic.Int64
			s := open(b, pgtest.Database(b), postgres.Options{OnCommit: func(c postgres.Commit) {
				calls.Add(int64(c.Calls))
				commits.Add(1)
			}})
			events := benchEvents(b.N)
			used := meter(b)
			b.ResetTimer()
			eachCaller(b, callers, len(events), func(i int) error {
				_, err := s.Accept(b.Context(), events[i])
				return err
			})
			b.StopTimer()
			used()
			b.ReportMetric(float64(calls.Load())/float64(max(1, commits.Load())), "calls/commit")
		})
	}
}

// BenchmarkLeaseSettle leases 64 deliveries at a time and settles them as
// delivered; one operation is one delivery.
func BenchmarkLeaseSettle(b *testing.B) {
	s := open(b, pgtest.Database(b), postgres.Options{})
	events := benchEvents(b.N)
	eachCaller(b, 512, len(events), func(i int) error {
		_, err := s.Accept(b.Context(), events[i])
		return err
	})
	now := time.Now()
	used := meter(b)
	b.ResetTimer()
	for done := 0; done < b.N; {
		leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: 64, Default: 64})
		if err != nil || len(leases) == 0 {
			b.Fatalf("Lease = %d leases, %v, want some", len(leases), err)
		}
		settlements := make([]store.Settlement, len(leases))
		for i, l := range leases {
			settlements[i] = store.Settlement{
				Lease: l.Ref, Now: now,
				Next:    webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
				Attempt: &webhook.Attempt{At: now, Duration: time.Millisecond, Status: 200, Response: []byte("ok")},
			}
		}
		if _, err := s.Settle(b.Context(), settlements); err != nil {
			b.Fatal(err)
		}
		done += len(leases)
	}
	b.StopTimer()
	used()
}

// BenchmarkLeaseBacklog leases 64 deliveries of a store in which many more are
// pending for 1,000 endpoints, and asks when the next is due.
func BenchmarkLeaseBacklog(b *testing.B) {
	for _, backlog := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(backlog), func(b *testing.B) {
			s := open(b, pgtest.Database(b), postgres.Options{})
			events := benchEvents(backlog)
			for i := range events {
				events[i].DedupKey = ""
				events[i].Deliveries[0].Endpoint = "endpoint-" + strconv.Itoa(i%1000)
			}
			eachCaller(b, 512, len(events), func(i int) error {
				_, err := s.Accept(b.Context(), events[i])
				return err
			})
			now := time.Now()
			used := meter(b)
			for b.Loop() {
				leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Millisecond, Max: 64, Default: 64})
				if err != nil || len(leases) != 64 {
					b.Fatalf("Lease = %d leases, %v, want 64", len(leases), err)
				}
				if _, err := s.NextDue(b.Context()); err != nil {
					b.Fatal(err)
				}
				now = now.Add(time.Millisecond)
			}
			used()
		})
	}
}

// BenchmarkEngine publishes events of 1 KB from 64 callers on an engine that
// delivers them to an endpoint which answers at once; one operation is one event
// from its publication to the settling of its delivery.
func BenchmarkEngine(b *testing.B) {
	db := open(b, pgtest.Database(b), postgres.Options{})
	config := nodeConfig(db, "bench", "https://sink.example", time.Minute)
	config.Transport = answers{}
	sink := config.Endpoints["sink"]
	sink.Concurrency = 256
	config.Endpoints["sink"] = sink
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
	eachCaller(b, 64, b.N, func(int) error {
		_, err := eng.Publish(b.Context(), engine.Publication{Type: "a", Body: body})
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
	events := benchEvents(keys)
	eachCaller(b, 512, keys, func(i int) error {
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

// meter returns a function that reports what the processors were used for since.
func meter(b *testing.B) (report func()) {
	b.Helper()
	server := pgtest.Shared(b)
	ours, theirs := cpuTime(), server.CPUTime()
	return func() {
		b.ReportMetric(float64((cpuTime()-ours).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
		b.ReportMetric(float64((server.CPUTime()-theirs).Nanoseconds())/1000/float64(b.N), "server-cpu-µs/op")
	}
}

// eachCaller calls do for every number below n, from that many goroutines.
func eachCaller(b testing.TB, callers, n int, do func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func benchEvents(n int) []store.Acceptance {
	body := make([]byte, 1024)
	for i := range body {
		body[i] = byte('a' + i%26)
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"bench/1.0"}, "X-Request-Id": {"0123456789abcdef"},
		"X-Webhook-Signature": {"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"},
	}
	now := time.Now()
	events := make([]store.Acceptance, n)
	for i := range events {
		id := fmt.Sprintf("018f3c1e-%08x-7000-8000-0123456789ab", i)
		digest := sha256.Sum256([]byte(id))
		events[i] = store.Acceptance{
			Event: webhook.Event{
				ID: id, Source: "contracts", Provider: "chaindoc", Type: "document.signed", Time: now,
				Header: header, Body: body, Secret: "CHAINDOC_SECRET", Covers: webhook.CoversBody,
			},
			Deliveries: []webhook.Delivery{{
				ID: id + "-d", MessageID: id, EventID: id, Subscription: "contracts-crm", Endpoint: "crm-" + strconv.Itoa(i%4),
				State: webhook.Pending, Due: now, Created: now,
			}},
			DedupKey:   fmt.Sprintf("%x", digest),
			BodyDigest: digest,
		}
	}
	return events
}

// cpuTime is what the process has used of the processors so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
