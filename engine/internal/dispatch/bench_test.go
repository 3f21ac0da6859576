package dispatch_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BenchmarkDispatch delivers a backlog of 1 KB events to 16 endpoints that
// answer at once, from a store that syncs every commit.
func BenchmarkDispatch(b *testing.B) {
	st, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	endpoints := map[string]dispatch.Endpoint{}
	for i := range 16 {
		name := fmt.Sprintf("e%d", i)
		endpoints[name] = endpoint(name, webhook.DeliveryPolicy{})
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan struct{})
	d, err := dispatch.New(dispatch.Config{
		Store: st, Transport: answers{}, Endpoints: endpoints,
		Observer: dispatch.Observer{DeliveryFinished: func(webhook.Delivery) {
			if left.Add(-1) == 0 {
				close(done)
			}
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
	backlog(b, st, b.N)

	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	b.ResetTimer()
	go func() { ended <- d.Run(ctx) }()
	<-done
	b.StopTimer()
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}

// answers is a transport that answers 200 and keeps nothing.
type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) { return status(200), nil }

// backlog accepts n events, each for one of 16 endpoints, by 64 callers.
func backlog(b *testing.B, st store.Store, n int) {
	b.Helper()
	faults := make(chan error, 64)
	for part := range 64 {
		go func() {
			for i := part; i < n; i += 64 {
				now, name := time.Now(), fmt.Sprintf("e%d", i%16)
				_, err := st.Accept(b.Context(), store.Acceptance{
					Event: webhook.Event{ID: eventID(i), Source: "app", Time: now, Body: make([]byte, 1024)},
					Deliveries: []webhook.Delivery{{
						ID: deliveryID(i, name), MessageID: eventID(i), EventID: eventID(i), Endpoint: name,
						State: webhook.Pending, Due: now, Created: now,
					}},
				})
				if err != nil {
					faults <- err
					return
				}
			}
			faults <- nil
		}()
	}
	for range 64 {
		if err := <-faults; err != nil {
			b.Fatal(err)
		}
	}
}
