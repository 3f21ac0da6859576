package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	// muteEndpoints share a backlog, and each of its events goes to all of them.
	muteEndpoints = 10
	// layers is how many calls lay a backlog in at a time.
	layers = 64
)

func muteName(i int) string { return fmt.Sprintf("mute%d", i) }

// layBacklog stores deliveries that are due.
func (o *Options) layBacklog(ctx context.Context, p place) error {
	if o.Backlog == 0 {
		return nil
	}
	o.progress("storing %d deliveries that are due", o.Backlog)
	s, err := p.open(ctx)
	if err != nil {
		return err
	}
	events := int64((o.Backlog + muteEndpoints - 1) / muteEndpoints)
	body := bytes.Repeat([]byte{'b'}, leastSize)
	var next atomic.Int64
	var laying sync.WaitGroup
	faults := make(chan error, layers)
	for range layers {
		laying.Go(func() {
			for n := next.Add(1); n <= events; n = next.Add(1) {
				if _, err := s.Accept(ctx, due(n, body)); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	laying.Wait()
	select {
	case err := <-faults:
		return errors.Join(fmt.Errorf("store the backlog: %w", err), s.Close())
	default:
		return errors.Join(s.Close(), p.rest())
	}
}

// due is event n of the backlog, owed to every mute endpoint.
func due(n int64, body []byte) store.Acceptance {
	now := time.Now()
	a := store.Acceptance{Event: webhook.Event{
		ID: fmt.Sprintf("evt_%012d", n), Source: "bench", Type: "backlog", Time: now,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}}
	for i := range muteEndpoints {
		a.Deliveries = append(a.Deliveries, webhook.Delivery{
			ID: fmt.Sprintf("dlv_%012d_%d", n, i), EventID: a.Event.ID, MessageID: a.Event.ID,
			Endpoint: muteName(i), Subscription: "backlog", State: webhook.Pending, Due: now, Created: now,
		})
	}
	return a
}
