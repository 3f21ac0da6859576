package dispatch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ledger checks, while requests come in, that no limit is broken and nothing is
// sent by two at once.
type ledger struct {
	t *testing.T

	mu      sync.Mutex
	running map[string]int // by endpoint, and by endpoint and message
	total   int
	taken   map[string]bool
	seen    int
	// signals are closed when that many requests have been seen.
	signals map[int]chan struct{}
}

func (l *ledger) enter(r received) {
	l.mu.Lock()
	defer l.mu.Unlock()
	message := r.endpoint + "/" + r.id
	l.total++
	l.running[r.endpoint]++
	l.running[message]++
	if l.running[message] > 1 {
		l.t.Errorf("%s is sent by two at once", message)
	}
	if l.running[r.endpoint] > hammerSlots || l.total > hammerTotal {
		l.t.Errorf("%d requests at a time, %d to %s; want at most %d and %d",
			l.total, l.running[r.endpoint], r.endpoint, hammerTotal, hammerSlots)
	}
	l.seen++
	if signal, ok := l.signals[l.seen]; ok {
		close(signal)
	}
}

func (l *ledger) leave(r received, took bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	l.running[r.endpoint]--
	l.running[r.endpoint+"/"+r.id]--
	if took {
		l.taken[r.endpoint+"/"+r.id] = true
	}
}

const (
	hammerEndpoints = 8
	hammerEvents    = 150
	hammerSlots     = 4
	hammerTotal     = 20
	hammerRestarts  = 6
)

// TestHammer accepts, delivers, fails, retries and restarts all at once, with no
// grace at a restart.
func TestHammer(t *testing.T) {
	st := openStore(t)
	book := &ledger{t: t, running: map[string]int{}, taken: map[string]bool{}, signals: map[int]chan struct{}{}}
	for i := range hammerRestarts {
		book.signals[(i+1)*150] = make(chan struct{})
	}
	internet := &network{answer: func(_ int, r received) (*http.Response, error) {
		book.enter(r)
		code := 200
		if rand.IntN(4) == 0 {
			code = 500
		}
		book.leave(r, code == 200)
		return status(code), nil
	}}
	split := guest{hash: "h1", transform: func(_ context.Context, ev *webhook.Event, _ webhook.TransformContext) ([]webhook.Output, error) {
		return []webhook.Output{{Body: ev.Body}, {Body: ev.Body}}, nil
	}}

	const expected = hammerEvents * (hammerEndpoints + 1) // the last endpoint gets two of each
	var mu sync.Mutex
	finished, all := map[string]bool{}, make(chan struct{})
	config := dispatch.Config{
		Store: st, Transport: internet, Concurrency: hammerTotal, ShutdownGrace: time.Nanosecond,
		Transforms: &guests{byName: map[string]webhook.Guest{"split": split}},
		Endpoints:  map[string]dispatch.Endpoint{},
		Observer: dispatch.Observer{DeliveryFinished: func(d webhook.Delivery) {
			mu.Lock()
			defer mu.Unlock()
			if finished[d.ID] {
				t.Errorf("delivery %s finished twice", d.ID)
			}
			if finished[d.ID] = true; len(finished) == expected {
				close(all)
			}
		}},
	}
	var names []string
	for i := range hammerEndpoints {
		names = append(names, fmt.Sprintf("e%d", i))
		e := endpoint(names[i], webhook.DeliveryPolicy{Retry: make([]time.Duration, 40)})
		e.Concurrency = hammerSlots
		config.Endpoints[names[i]] = e
	}

	d, stop := start(t, config)
	var current sync.Mutex // guards d
	var accepting sync.WaitGroup
	for part := range 3 {
		accepting.Go(func() {
			for n := part; n < hammerEvents; n += 3 {
				accept(t, st, n, "", names[:hammerEndpoints-1]...)
				accept(t, st, hammerEvents+n, "split", names[hammerEndpoints-1])
				current.Lock()
				d.Wake()
				current.Unlock()
			}
		})
	}
	for i := range hammerRestarts {
		<-book.signals[(i+1)*150]
		stop()
		current.Lock()
		d, stop = start(t, config)
		current.Unlock()
	}
	accepting.Wait()
	<-all
	stop()
	wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: expected})
	if len(book.taken) != expected {
		t.Errorf("%d messages arrived, want %d", len(book.taken), expected)
	}
}
