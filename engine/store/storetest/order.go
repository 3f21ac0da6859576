package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

const saysOrder = "of the open deliveries to an endpoint with one OrderKey at most one is handed out at a time, that of the smallest ID"

var orderCases = []testCase{
	{
		name: "one at a time",
		says: saysOrder,
		run: func(k *kit) {
			for _, id := range []string{"d1", "d2", "d3"} {
				k.oweInOrder(id, "crm", "a", epoch)
			}
			for _, id := range []string{"d1", "d2", "d3"} {
				l := k.takeOne(at(1))
				if l.Delivery.ID != id || l.Delivery.OrderKey != "a" {
					k.Fatalf("Lease = %s in order %q, want %s in order a", l.Delivery.ID, l.Delivery.OrderKey, id)
				}
				k.wantIDs(k.take(at(1), 10))
				k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
			}
			k.wantNothingDue()
		},
	},
	{
		name: "of one acceptance",
		says: saysOrder,
		run: func(k *kit) {
			a := store.Acceptance{Event: event("e1")}
			for _, id := range []string{"d1", "d2", "d3"} {
				d := delivery(id, "e1", "crm", epoch)
				d.OrderKey = "a"
				a.Deliveries = append(a.Deliveries, d)
			}
			k.mustAccept(a)
			k.wantIDs(k.take(at(1), 10), "d1")
		},
	},
	{
		name: "a failure blocks its key alone",
		says: saysOrder,
		run: func(k *kit) {
			k.oweInOrder("d1", "crm", "a", epoch)
			k.oweInOrder("d2", "crm", "a", epoch)
			k.oweInOrder("d3", "crm", "b", epoch)
			k.oweInOrder("d4", "erp", "a", epoch)
			k.owe("d5", "crm", epoch)
			for _, l := range k.take(at(1), 10) {
				next := webhook.Next{State: webhook.Delivered}
				if l.Delivery.ID == "d1" {
					next = webhook.Next{State: webhook.Pending, Due: at(60)}
				}
				k.settleAs(l.Ref, next)
			}
			k.wantState(webhook.Delivered, "d3", "d4", "d5")
			k.wantState(webhook.Pending, "d1", "d2")
			k.wantIDs(k.take(at(59), 10))
			k.wantNextDue(60)
			l := k.takeOne(at(60))
			k.settleAs(l.Ref, webhook.Next{State: webhook.Exhausted})
			k.wantIDs(k.take(at(61), 10), "d2")
		},
	},
	{
		name: "an ended lease keeps its turn",
		says: saysOrder,
		run: func(k *kit) {
			k.oweInOrder("d1", "crm", "a", epoch)
			k.oweInOrder("d2", "crm", "a", epoch)
			k.takeOne(epoch)
			k.wantIDs(k.take(at(61), 10), "d1")
		},
	},
	{
		name: "every end passes the turn on",
		says: saysOrder,
		run: func(k *kit) {
			ends := []webhook.DeliveryState{
				webhook.Delivered, webhook.Exhausted, webhook.Failed, webhook.Canceled, webhook.Dropped,
			}
			for i := range ends {
				k.oweInOrder(fmt.Sprintf("d%d", i), "crm", "a", epoch)
			}
			k.oweInOrder("dropped", "crm", "a", epoch)
			k.oweInOrder("last", "crm", "a", epoch)
			for _, end := range ends {
				k.settleAs(k.takeOne(at(1)).Ref, webhook.Next{State: end})
			}
			if _, err := k.Expand(k.Context(), k.takeOne(at(1)).Ref, nil, "hash"); err != nil {
				k.Fatalf("Expand: %v", err)
			}
			k.wantIDs(k.take(at(1), 10), "last")
		},
	},
	{
		name: "outputs follow their first",
		says: saysOrder,
		run: func(k *kit) {
			k.oweInOrder("d1", "crm", "a", epoch)
			k.oweInOrder("d2", "crm", "a", epoch)
			first := k.takeOne(at(1))
			outputs := []webhook.Output{{Body: []byte("1")}, {Body: []byte("2")}, {Body: []byte("3")}}
			if _, err := k.Expand(k.Context(), first.Ref, outputs, "hash"); err != nil {
				k.Fatalf("Expand: %v", err)
			}
			k.wantIDs(k.take(at(1), 10))
			k.settleAs(first.Ref, webhook.Next{State: webhook.Delivered})
			for _, id := range []string{"d1_0002", "d1_0003", "d2"} {
				l := k.takeOne(at(1))
				if l.Delivery.ID != id {
					k.Errorf("Lease = %s, want %s", l.Delivery.ID, id)
				}
				k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
			}
		},
	},
	{
		name: "redelivered waits for the one that has its turn",
		says: "one that is redelivered waits until the one that has its turn is final",
		run: func(k *kit) {
			for _, id := range []string{"d1", "d2", "d3"} {
				k.oweInOrder(id, "crm", "a", epoch)
			}
			k.settleAs(k.takeOne(at(1)).Ref, webhook.Next{State: webhook.Exhausted})
			second := k.takeOne(at(1))
			if err := k.Redeliver(k.Context(), "d1", at(2)); err != nil {
				k.Fatalf("Redeliver: %v", err)
			}
			k.wantIDs(k.take(at(3), 10))
			k.settleAs(second.Ref, webhook.Next{State: webhook.Delivered})
			k.wantIDs(k.take(at(3), 10), "d1")
			if err := k.Redeliver(k.Context(), "d2", at(4)); err != nil {
				k.Fatalf("Redeliver: %v", err)
			}
			k.wantIDs(k.take(at(4), 10))
		},
	},
	{
		name: "redelivered has the turn that is free",
		says: "Redeliver makes a final delivery pending, due at now",
		run: func(k *kit) {
			k.oweInOrder("d1", "crm", "a", epoch)
			k.settleAs(k.takeOne(at(1)).Ref, webhook.Next{State: webhook.Exhausted})
			if err := k.Redeliver(k.Context(), "d1", at(2)); err != nil {
				k.Fatalf("Redeliver: %v", err)
			}
			k.oweInOrder("d0", "crm", "a", epoch)
			k.wantIDs(k.take(at(3), 10), "d1")
		},
	},
	{
		name: "resumed in order",
		says: "enabling makes the held ones pending, in the order of their IDs; " + saysOrder,
		run:  resumeOrders,
	},
	{
		name: "erased passes the turn on",
		says: "deliveries that are open are Canceled; " + saysOrder,
		run: func(k *kit) {
			for _, id := range []string{"d1", "d2", "d3"} {
				k.oweInOrder(id, "crm", "a", epoch)
			}
			for _, id := range []string{"e-d2", "e-d1"} {
				if err := k.Erase(k.Context(), id, at(1)); err != nil {
					k.Fatalf("Erase: %v", err)
				}
			}
			k.wantIDs(k.take(at(2), 10), "d3")
		},
	},
	{
		name: "hammer",
		says: saysOrder,
		run:  hammerOrders,
	},
}

// oweInOrder stores an event "e-ID" with one delivery ID in an order.
func (k *kit) oweInOrder(id, endpoint, key string, due time.Time) {
	k.Helper()
	d := delivery(id, "e-"+id, endpoint, due)
	d.OrderKey = key
	k.mustAccept(store.Acceptance{Event: event("e-" + id), Deliveries: []webhook.Delivery{d}})
}

func resumeOrders(k *kit) {
	for _, id := range []string{"a1", "a2", "a3", "b1", "b2"} {
		k.oweInOrder(id, "crm", id[:1], epoch)
	}
	k.owe("c1", "crm", epoch)
	running := k.take(epoch, 1)[0]
	if running.Delivery.ID != "a1" {
		k.Fatalf("Lease = %s, want a1", running.Delivery.ID)
	}
	k.disable("crm", at(1))
	k.oweInOrder("a0", "crm", "a", epoch)
	k.oweInOrder("d1", "crm", "d", epoch)
	k.wantState(webhook.Held, "a0", "a2", "a3", "b1", "b2", "c1", "d1")
	k.enable("crm", at(2))
	k.wantIDs(k.take(at(3), 10), "b1", "c1", "d1")
	k.settleAs(running.Ref, webhook.Next{State: webhook.Delivered})
	for _, id := range []string{"a0", "a2", "a3"} {
		l := k.takeOne(at(3))
		if l.Delivery.ID != id {
			k.Errorf("Lease = %s, want %s", l.Delivery.ID, id)
		}
		k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
	}
}

// hammerOrders accepts, leases and settles in a few orders from all sides, while
// the endpoint is disabled and enabled: no order has two under way, and nothing
// is left behind.
func hammerOrders(k *kit) {
	const writers, each, orders = 4, 40, 3
	var mu sync.Mutex
	under, tries := map[string]string{}, 0
	var accepting sync.WaitGroup
	accepted := make(chan struct{})
	for w := range writers {
		accepting.Go(func() {
			for i := range each {
				id := fmt.Sprintf("d%03d-%d", i, w)
				d := delivery(id, "e-"+id, "crm", epoch)
				d.OrderKey = fmt.Sprint(i % orders)
				if _, err := k.Accept(k.Context(), store.Acceptance{Event: event("e-" + id), Deliveries: []webhook.Delivery{d}}); err != nil {
					k.Errorf("Accept: %v", err)
				}
				if i%20 == 10 {
					for _, disabled := range []bool{true, false} {
						if _, err := k.SetDisabled(k.Context(), "crm", disabled, "hammered", at(1)); err != nil {
							k.Errorf("SetDisabled: %v", err)
						}
					}
				}
			}
		})
	}
	go func() {
		accepting.Wait()
		close(accepted)
	}()
	serve := func() (n int) {
		leases, err := k.Lease(k.Context(), store.LeaseRequest{Now: at(2), For: time.Hour, Max: 8, Default: 8})
		if err != nil {
			k.Errorf("Lease: %v", err)
			return 0
		}
		mu.Lock()
		for _, l := range leases {
			if other := under[l.Delivery.OrderKey]; other != "" {
				k.Errorf("%s is handed out while %s of its order is under way", l.Delivery.ID, other)
			}
			under[l.Delivery.OrderKey] = l.Delivery.ID
		}
		mu.Unlock()
		for _, l := range leases {
			mu.Lock()
			delete(under, l.Delivery.OrderKey)
			next := webhook.Next{State: webhook.Delivered}
			if tries++; tries%5 == 0 {
				next = webhook.Next{State: webhook.Pending, Due: at(1)}
			}
			mu.Unlock()
			if _, err := k.Settle(k.Context(), []store.Settlement{{Lease: l.Ref, Next: next, Now: at(2)}}); err != nil {
				k.Errorf("Settle: %v", err)
			}
		}
		return len(leases)
	}
	inParallel(k.T, 3, func(int) (struct{}, error) {
		for idle := 0; idle < 3; {
			n := serve()
			select {
			case <-accepted:
				if idle++; n > 0 {
					idle = 0
				}
			default:
			}
		}
		return struct{}{}, nil
	})
	for serve() > 0 {
	}
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Delivered: writers * each})
}
