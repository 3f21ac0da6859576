package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// TestFollowWithOrders does at random all that changes an order while deliveries
// follow, and wants at most one of each order to be handed out, that of the smallest
// ID, and all in the end.
func TestFollowWithOrders(t *testing.T) {
	s := openInternal(t, Options{})
	inParts(t, s, 2)
	now, owed := time.Unix(2000, 0), 0
	running, redelivered := map[string]store.Lease{}, map[string]bool{}
	wantFirst := func(d webhook.Delivery) {
		for _, state := range []webhook.DeliveryState{webhook.Pending, webhook.Held} {
			open, err := s.Deliveries(t.Context(), store.DeliveryQuery{State: state})
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range open {
				if other.OrderKey == d.OrderKey && other.ID < d.ID && !redelivered[other.ID] {
					t.Fatalf("%s is handed out before %s, which is %s", d.ID, other.ID, state)
				}
			}
		}
	}
	lease := func() {
		leases, err := s.Lease(t.Context(), store.LeaseRequest{Now: now, For: 24 * time.Hour, Max: 2, Default: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range leases {
			if other, twice := running[l.Delivery.OrderKey]; twice {
				t.Fatalf("%s is handed out beside %s of the same order", l.Delivery.ID, other.Delivery.ID)
			}
			running[l.Delivery.OrderKey] = l
			wantFirst(l.Delivery)
		}
	}
	settle := func(next webhook.DeliveryState) {
		for key, l := range running {
			delete(running, key)
			if _, err := s.Settle(t.Context(), []store.Settlement{{Lease: l.Ref, Next: webhook.Next{State: next, Due: now}, Now: now}}); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	for step := range 300 {
		now = now.Add(time.Second)
		switch rand.IntN(12) {
		case 0:
			owed++
			owe(t, s, fmt.Sprintf("e%04d", owed), 1+rand.IntN(6), 3)
		case 1, 2:
			setDisabled(t, s, step%2 == 0, now)
		case 3:
			settle(webhook.Pending)
		case 4:
			if id := fmt.Sprintf("e%04d", 1+rand.IntN(owed+1)); rand.IntN(4) == 0 && id <= fmt.Sprintf("e%04d", owed) {
				for key, l := range running {
					if l.Delivery.EventID == id {
						delete(running, key)
					}
				}
				if err := s.Erase(t.Context(), id, now); err != nil {
					t.Fatal(err)
				}
			}
		case 5:
			if done, err := s.Deliveries(t.Context(), store.DeliveryQuery{State: webhook.Exhausted}); err != nil {
				t.Fatal(err)
			} else if len(done) > 0 {
				id := done[rand.IntN(len(done))].ID
				redelivered[id] = true
				if err := s.Redeliver(t.Context(), id, now); err != nil && !errors.Is(err, store.ErrErased) {
					t.Fatal(err)
				}
			}
		case 6:
			inParts(t, s, int64(rand.IntN(3)))
		case 7, 8:
			lease()
		default:
			settle([]webhook.DeliveryState{webhook.Delivered, webhook.Exhausted}[rand.IntN(2)])
		}
	}
	inParts(t, s, 2)
	setDisabled(t, s, false, now)
	followed(t, s)
	for range 10_000 {
		lease()
		if len(running) == 0 {
			break
		}
		settle(webhook.Delivered)
	}
	for _, state := range []webhook.DeliveryState{webhook.Pending, webhook.Running, webhook.Held} {
		wantCount(t, s, state, 0)
	}
}

// TestEraseWhileFollowing erases the one that has yet to follow, for which another
// waits that came later.
func TestEraseWhileFollowing(t *testing.T) {
	s := openInternal(t, Options{})
	owe(t, s, "e1", 1, 1)
	now := time.Unix(2000, 0)
	setDisabled(t, s, true, now)
	inParts(t, s, 0)
	setDisabled(t, s, false, now)
	owe(t, s, "e2", 1, 1)
	due := store.LeaseRequest{Now: now, For: time.Hour, Max: 9, Default: 9}
	if leases, err := s.Lease(t.Context(), due); err != nil || len(leases) != 0 {
		t.Fatalf("Lease = %d, %v, want none: the first in the order is still held", len(leases), err)
	}
	if err := s.Erase(t.Context(), "e1", now); err != nil {
		t.Fatal(err)
	}
	if leases, err := s.Lease(t.Context(), due); err != nil || len(leases) != 1 || leases[0].Delivery.ID != "e2-0000" {
		t.Errorf("Lease = %d, %v, want the one that is first now", len(leases), err)
	}
}
