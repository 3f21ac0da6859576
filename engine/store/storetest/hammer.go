package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var hammerCases = []testCase{{
	name: "everything at once",
	says: "every method is safe for concurrent use, and what was accepted is handed out until it is settled",
	run:  func(k *kit) { newHammer(k).run() },
}}

const (
	hammerEvents    = 400
	hammerWorkers   = 6
	hammerEndpoints = 5
	// hammerPatience is how often Lease may find nothing, while endpoints are
	// disabled or others hold the rest.
	hammerPatience = 5000
)

// hammer accepts, leases, settles, disables, enables, redelivers and reads from
// many sides, and then compares what it did with what the store says.
type hammer struct {
	*kit
	accepted atomic.Int64
	settled  atomic.Int64
	attempts atomic.Int64
	// held notes who holds which delivery, to catch two holders.
	held sync.Map
	// ctx ends the background calls once the work is done.
	ctx  context.Context
	done context.CancelFunc
}

func newHammer(k *kit) *hammer {
	h := &hammer{kit: k}
	h.ctx, h.done = context.WithCancel(k.Context())
	return h
}

func (h *hammer) run() {
	var work, background sync.WaitGroup
	for range hammerWorkers {
		work.Go(h.accept)
		work.Go(h.deliver)
	}
	background.Go(h.toggle)
	background.Go(h.watch)
	work.Wait()
	h.done()
	background.Wait()
	h.compare()
}

// accept stores events, each of them twice under one key, and asks for a third of
// the deliveries.
func (h *hammer) accept() {
	for {
		n := h.accepted.Add(1)
		if n > 2*hammerEvents {
			return
		}
		id := fmt.Sprintf("%06d", n)
		d := delivery("d"+id, "e"+id, fmt.Sprintf("endpoint-%d", n%hammerEndpoints), epoch)
		if n%3 == 0 {
			d.State = webhook.Running
		}
		r, err := h.Accept(h.Context(), store.Acceptance{
			Event: event("e" + id), DedupKey: fmt.Sprint(n / 2), Deliveries: []webhook.Delivery{d}, LeaseFor: time.Hour,
		})
		if err != nil {
			h.Errorf("Accept: %v", err)
			return
		}
		if !h.finish(r.Leases) {
			return
		}
	}
}

// deliver leases and settles until everything that was accepted is delivered.
func (h *hammer) deliver() {
	// The keys are n/2 of 1 to 2·hammerEvents.
	for idle := 0; h.settled.Load() < hammerEvents+1 && !h.Failed(); idle++ {
		leases, err := h.Lease(h.Context(), store.LeaseRequest{Now: at(10), For: time.Hour, Max: 9, Default: 4})
		if err != nil {
			h.Errorf("Lease: %v", err)
			return
		}
		if len(leases) > 0 {
			idle = 0
		}
		if idle > hammerPatience {
			h.Errorf("%d calls of Lease in a row handed out nothing, with %d of %d deliveries settled",
				idle, h.settled.Load(), hammerEvents+1)
		}
		if !h.finish(leases) {
			return
		}
	}
}

// finish settles leases, and reports whether the store took that.
func (h *hammer) finish(leases []store.Lease) bool {
	settlements := make([]store.Settlement, 0, len(leases))
	for _, l := range leases {
		if _, twice := h.held.LoadOrStore(l.Delivery.ID, l.Ref); twice {
			h.Errorf("delivery %s was handed to two holders", l.Delivery.ID)
		}
		settlements = append(settlements, h.judge(l))
	}
	for _, l := range leases {
		h.held.Delete(l.Delivery.ID)
	}
	if _, err := h.Settle(h.Context(), settlements); err != nil {
		h.Errorf("Settle: %v", err)
		return false
	}
	for _, s := range settlements {
		h.attempts.Add(1)
		if s.Next.State == webhook.Delivered {
			h.settled.Add(1)
		}
	}
	return true
}

// judge lets a third of the attempts fail.
func (h *hammer) judge(l store.Lease) store.Settlement {
	s := store.Settlement{
		Lease: l.Ref, Now: at(10), DisableAfter: webhook.DisableRule{Failures: 3}, Attempt: &webhook.Attempt{At: at(10), Status: 200},
		Next: webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
	}
	if rand.IntN(3) == 0 {
		s.Attempt.Status = 500
		s.Next = webhook.Next{State: webhook.Pending, Due: at(5), Health: webhook.HealthBad, Error: "no"}
	}
	return s
}

// toggle disables and enables endpoints, and leaves all enabled.
func (h *hammer) toggle() {
	for i := 0; ; i++ {
		last := h.ctx.Err() != nil
		endpoint := fmt.Sprintf("endpoint-%d", i%hammerEndpoints)
		if _, err := h.SetDisabled(h.Context(), endpoint, !last && i%3 == 0, "toggled", at(10)); err != nil {
			h.Errorf("SetDisabled: %v", err)
			return
		}
		if last && i%hammerEndpoints == hammerEndpoints-1 {
			return
		}
	}
}

// watch reads what the others write.
func (h *hammer) watch() {
	for h.ctx.Err() == nil {
		_, listErr := h.Deliveries(h.Context(), store.DeliveryQuery{Limit: 20})
		_, eventErr := h.Events(h.Context(), store.EventQuery{Limit: 20})
		_, _, keyErr := h.Lookup(h.Context(), "contracts", fmt.Sprint(rand.IntN(hammerEvents)))
		_, countErr := h.Counts(h.Context())
		_, dueErr := h.NextDue(h.Context())
		_, pruneErr := h.Prune(h.Context(), store.PruneRequest{Now: at(10), Default: store.Keep{Events: epoch, Bodies: epoch, Size: 1 << 40}, Keys: epoch, Limit: 5})
		redeliverErr := h.Redeliver(h.Context(), "none", epoch)
		if errors.Is(redeliverErr, store.ErrNotFound) {
			redeliverErr = nil
		}
		if err := errors.Join(listErr, eventErr, keyErr, countErr, dueErr, pruneErr, redeliverErr, h.Ping(h.Context())); err != nil {
			h.Errorf("reading beside writing: %v", err)
			return
		}
	}
}

func (h *hammer) compare() {
	want := int64(hammerEvents + 1)
	h.wantCounts(map[webhook.DeliveryState]int64{webhook.Delivered: want})
	list, err := h.Deliveries(h.Context(), store.DeliveryQuery{})
	if err != nil || int64(len(list)) != want {
		h.Fatalf("Deliveries = %d, %v, want %d", len(list), err, want)
	}
	attempts := int64(0)
	for _, d := range list {
		made, err := h.Attempts(h.Context(), d.ID)
		if err != nil {
			h.Fatal(err)
		}
		if last := made[len(made)-1]; last.Number != len(made) || last.Status != 200 || d.Attempts != len(made) {
			h.Errorf("delivery %s has %d attempts, the last is %+v, and counts %d", d.ID, len(made), last, d.Attempts)
		}
		attempts += int64(len(made))
	}
	if made := h.attempts.Load(); attempts != made {
		h.Errorf("%d attempts are kept, %d were settled", attempts, made)
	}
}
