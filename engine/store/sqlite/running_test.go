package sqlite

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestBookKnowsWhatRuns makes changes of every kind at random, and compares what
// the book has of running deliveries with the file after each of them.
func TestBookKnowsWhatRuns(t *testing.T) {
	s := openInternal(t, Options{})
	var leases []store.Lease
	expanded := map[string]bool{}
	events, now := 0, time.Unix(1000, 0)
	accept := func(id string) error {
		a := store.Acceptance{Event: webhook.Event{ID: id}, LeaseFor: time.Minute, Deliveries: []webhook.Delivery{{
			ID: "d-" + id, MessageID: id, Endpoint: fmt.Sprint("endpoint-", rand.IntN(3)), Due: now, Attempts: rand.IntN(3),
			State: []webhook.DeliveryState{webhook.Pending, webhook.Running}[rand.IntN(2)], OrderKey: []string{"", "", "key"}[rand.IntN(3)],
		}}}
		r, err := s.Accept(t.Context(), a)
		leases = append(leases, r.Leases...)
		return err
	}
	lease := func() error {
		more, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: 3, Default: 3})
		leases = append(leases, more...)
		return err
	}
	steps := []func() error{
		func() error { events++; return accept(fmt.Sprintf("%04d", events)) },
		func() error { events++; return accept(fmt.Sprintf("%04d", events)) },
		lease, lease,
		func() error {
			if accept("0001") == nil {
				t.Error("Accept of an event that is there = nil, want an error that rolls back")
			}
			return nil
		},
		func() error {
			_, err := s.SetDisabled(t.Context(), fmt.Sprint("endpoint-", rand.IntN(3)), rand.IntN(3) == 0, "", now)
			return err
		},
		func() error { now = now.Add(time.Duration(rand.IntN(61)) * time.Second); return nil },
		func() error {
			ref := store.LeaseRef{Delivery: fmt.Sprintf("d-%04d", 1+rand.IntN(events)), Token: "1"}
			if len(leases) > 0 {
				ref = leases[rand.IntN(len(leases))].Ref
			}
			if err := s.Extend(t.Context(), ref, now.Add(time.Second)); errors.Is(err, store.ErrLeaseLost) || expanded[ref.Delivery] || strings.Contains(ref.Delivery, "_") {
				return nil
			} else if err != nil {
				return err
			}
			expanded[ref.Delivery] = true
			_, err := s.Expand(t.Context(), ref, make([]webhook.Output, 2*rand.IntN(2)), "hash")
			return err
		},
		func() error {
			var all []store.Settlement
			for _, l := range leases[rand.IntN(len(leases)+1):] {
				next := []webhook.DeliveryState{webhook.Delivered, webhook.Delivered, webhook.Pending, webhook.Exhausted}[rand.IntN(4)]
				made := []*webhook.Attempt{nil, {At: now}, {At: now}}[rand.IntN(3)]
				all = append(all, store.Settlement{Lease: l.Ref, Next: webhook.Next{State: next, Due: now}, Attempt: made, Now: now})
			}
			_, err := s.Settle(t.Context(), all)
			return err
		},
		func() error {
			if rand.IntN(4) > 0 {
				return nil
			}
			return s.Erase(t.Context(), fmt.Sprintf("%04d", 1+rand.IntN(events)), now)
		},
	}
	if err := steps[0](); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if err := steps[rand.IntN(len(steps))](); err != nil {
			t.Fatal(err)
		}
		wantBookTrue(t, s)
	}
}

// wantBookTrue wants nothing in the book that the file does not say.
func wantBookTrue(t *testing.T, s *Store) {
	t.Helper()
	err := s.write(t.Context(), "compare", func(tx *tx) error {
		said := maps.Clone(tx.book.running)
		clear(tx.book.running)
		if err := tx.learnRunning(slices.Collect(maps.Keys(said))); err != nil {
			return err
		}
		if !maps.Equal(tx.book.running, said) {
			return fmt.Errorf("the book says %v\nof what runs, the file %v", said, tx.book.running)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
