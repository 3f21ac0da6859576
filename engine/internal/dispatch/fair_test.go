package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// crowd is a transport to many endpoints, of which those whose name begins with
// "dead" are.
type crowd struct {
	// takes is how long the living take for an answer.
	takes time.Duration
	// hangs has the dead not answer at all, instead of refusing the connection.
	hangs bool
}

func (c crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	dead := strings.HasPrefix(r.URL.Host, "dead")
	switch {
	case dead && c.hangs:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case dead:
		return nil, errors.New("connection refused")
	}
	time.Sleep(c.takes)
	return status(200), nil
}

const (
	crowdLiving = 900 / crowdScale
	crowdDead   = 100 / crowdScale
	crowdSlots  = 512 / crowdScale
	crowdEach   = 5
)

// serveCrowd delivers to the living endpoints, and to as many dead ones as it is
// told, and returns how long it took for the living.
func serveCrowd(t *testing.T, dead int, internet http.RoundTripper) time.Duration {
	t.Helper()
	st := openStore(t)
	endpoints := map[string]dispatch.Endpoint{}
	var names []string
	for i := range crowdLiving + dead {
		name := fmt.Sprintf("living%d", i)
		if i%10 == 9 && i/10 < dead {
			name = fmt.Sprintf("dead%d", i)
		}
		names = append(names, name)
		endpoints[name] = endpoint(name, webhook.DeliveryPolicy{Retry: []time.Duration{time.Second, time.Second}})
	}
	for n := range crowdEach {
		accept(t, st, n, "", names...)
	}
	var left atomic.Int64
	left.Store(crowdLiving * crowdEach)
	done := make(chan struct{})
	began := time.Now()
	_, stop := start(t, dispatch.Config{
		Store: st, Transport: internet, Endpoints: endpoints, Concurrency: crowdSlots,
		Observer: dispatch.Observer{DeliveryFinished: func(d webhook.Delivery) {
			if d.State == webhook.Delivered && left.Add(-1) == 0 {
				close(done)
			}
		}},
	})
	<-done
	took := time.Since(began)
	stop()
	return took
}

// TestDeadEndpointsSlowNobody compares what 900 endpoints get with what they get
// beside 100 that are dead. Time is that of the bubble, so that slots are what is
// measured, however busy the machine is.
func TestDeadEndpointsSlowNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("it delivers 20,000 times")
	}
	for name, hangs := range map[string]bool{"refuse": false, "hang": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				internet := crowd{takes: 50 * time.Millisecond, hangs: hangs}
				alone := serveCrowd(t, 0, internet)
				beside := serveCrowd(t, crowdDead, internet)
				ratio := alone.Seconds() / beside.Seconds()
				t.Logf("%d endpoints: %v alone, %v beside %d dead ones: %.0f %% of the speed", crowdLiving, alone, beside, crowdDead, 100*ratio)
				if ratio < 0.75 {
					t.Errorf("the living have %.0f %% of their speed beside the dead, want at least 75 %%", 100*ratio)
				}
			})
		})
	}
}

// BenchmarkEndpoints delivers 1 KB events, one after the other in time, to as many
// endpoints as the name says: what an event costs must not grow with them.
func BenchmarkEndpoints(b *testing.B) {
	for _, count := range []int{10, 10_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			st, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.db"), sqlite.Options{Synchronous: "OFF"})
			if err != nil {
				b.Fatal(err)
			}
			defer st.Close()
			endpoints := map[string]dispatch.Endpoint{}
			for i := range count {
				name := fmt.Sprintf("e%d", i)
				endpoints[name] = endpoint(name, webhook.DeliveryPolicy{})
			}
			finished := make(chan struct{}, 1<<20)
			d, err := dispatch.New(dispatch.Config{
				Store: st, Transport: answers{}, Endpoints: endpoints,
				Observer: dispatch.Observer{DeliveryFinished: func(webhook.Delivery) { finished <- struct{}{} }},
			})
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error, 1)
			go func() { ended <- d.Run(ctx) }()
			owe := func(i int) {
				now, name := time.Now(), fmt.Sprintf("e%d", i%count)
				_, err := st.Accept(b.Context(), store.Acceptance{
					Event: webhook.Event{ID: eventID(i), Source: "app", Time: now, Body: make([]byte, 1024)},
					Deliveries: []webhook.Delivery{{
						ID: deliveryID(i, name), MessageID: eventID(i), EventID: eventID(i), Endpoint: name,
						State: webhook.Pending, Due: now, Created: now,
					}},
				})
				if err != nil {
					b.Fatal(err)
				}
				d.Wake()
			}
			for i := range count { // all of them are known
				owe(i)
				<-finished
			}
			b.ResetTimer()
			for i := range b.N {
				owe(count + i)
				<-finished
			}
			b.StopTimer()
			cancel()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}
