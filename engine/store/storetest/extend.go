package storetest

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var extendCases = []testCase{
	{
		name: "moves the end",
		says: "Extend moves the end of a lease",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			if err := k.Extend(k.Context(), l.Ref, at(100)); err != nil {
				k.Fatalf("Extend: %v", err)
			}
			k.wantIDs(k.take(at(99), 10))
			k.wantIDs(k.take(at(100), 10), "d1")
		},
	},
	{
		name: "a lease that ran out is still held",
		says: "a lease that has run out is still its holder's until the delivery is handed to another",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			if err := k.Extend(k.Context(), l.Ref, epoch.Add(time.Nanosecond)); err != nil {
				k.Fatalf("Extend: %v", err)
			}
			if err := k.Extend(k.Context(), l.Ref, at(1)); err != nil {
				k.Errorf("Extend of a lease that ran out and nobody took = %v, want nil", err)
			}
			k.mustSettle(store.Settlement{Lease: l.Ref, Next: webhook.Next{State: webhook.Delivered}, Now: at(1000)})
			k.wantState(webhook.Delivered, "d1")
		},
	},
	{
		name: "a lost lease",
		says: "Extend returns ErrLeaseLost if the lease is no longer held",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			for _, ref := range []store.LeaseRef{{Delivery: "d1", Token: "other"}, {Delivery: "d1"}, {Delivery: "d9", Token: l.Ref.Token}, {}} {
				k.wantError("Extend of a lease that never was", k.Extend(k.Context(), ref, at(100)), store.ErrLeaseLost)
			}
			k.settleAs(l.Ref, webhook.Next{State: webhook.Pending, Due: epoch})
			k.wantError("Extend after Settle", k.Extend(k.Context(), l.Ref, at(100)), store.ErrLeaseLost)
			k.takeOne(epoch)
			k.wantError("Extend after Settle and another Lease", k.Extend(k.Context(), l.Ref, at(100)), store.ErrLeaseLost)
		},
	},
}
