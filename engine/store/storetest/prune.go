package storetest

import (
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var pruneCases = []testCase{
	{
		name: "removes what is old and settled",
		says: "Prune removes events that have no open delivery, with all that hangs on them",
		run:  pruneOld,
	},
	{
		name: "limit",
		says: "Limit is the most events, contents and keys, of each of the three, that one call removes",
		run: func(k *kit) {
			for i := range 5 {
				k.mustAccept(store.Acceptance{Event: event(fmt.Sprintf("e%d", i)), DedupKey: fmt.Sprint(i)})
			}
			for _, want := range []int{2, 2, 1, 0} {
				k.wantPrune(at(1), at(1), 2, want)
			}
			k.mustAccept(store.Acceptance{Event: event("again"), DedupKey: "4"})
		},
	},
	{
		name: "dedup keys",
		says: "Keys is the moment before which dedup keys are removed; a key outlives its event",
		run: func(k *kit) {
			old, young := event("old"), event("young")
			young.Time = at(10)
			k.mustAccept(store.Acceptance{Event: young, DedupKey: "young", BodyDigest: [32]byte{2}})
			k.mustAccept(store.Acceptance{Event: old, DedupKey: "old", BodyDigest: [32]byte{1}})
			k.wantPrune(at(100), epoch, 10, 2)
			for _, key := range []string{"old", "young"} {
				r, err := k.Accept(k.Context(), store.Acceptance{Event: event("again"), DedupKey: key})
				if err != nil || !r.Duplicate || r.EventID != key {
					k.Errorf("Accept under a key whose event was pruned = %+v, %v, want a duplicate of %s", r, err, key)
				}
			}
			k.wantPrune(epoch, at(10), 10, 0)
			k.mustAccept(store.Acceptance{Event: event("again"), DedupKey: "old"})
			r, err := k.Accept(k.Context(), store.Acceptance{Event: event("more"), DedupKey: "young"})
			if err != nil || !r.Duplicate {
				k.Errorf("Accept under a key that is not older = %+v, %v, want a duplicate", r, err)
			}
		},
	},
}

func pruneOld(k *kit) {
	k.disable("off", epoch)
	k.owe("open", "crm", at(100))
	k.owe("held", "off", epoch)
	k.finish("done", "crm", webhook.Delivered)
	k.finish("gone", "crm", webhook.Exhausted)
	k.owe("taken", "crm", epoch)
	k.takeOne(epoch)
	k.mustAccept(store.Acceptance{Event: event("mixed"), Deliveries: []webhook.Delivery{
		delivery("m1", "mixed", "crm", epoch), delivery("m2", "mixed", "crm", at(100)),
	}})
	k.settleAs(k.takeOne(epoch).Ref, webhook.Next{State: webhook.Delivered})
	young := event("young")
	young.Time = at(50)
	k.mustAccept(store.Acceptance{Event: young})
	k.mustAccept(store.Acceptance{Event: event("bare")})

	k.wantPrune(epoch, epoch, 10, 0)
	k.wantPrune(at(50), epoch, 10, 3)
	for _, id := range []string{"done", "gone"} {
		_, err := k.Event(k.Context(), "e-"+id)
		k.wantError("Event of a pruned one", err, store.ErrNotFound)
		_, err = k.Delivery(k.Context(), id)
		k.wantError("Delivery of a pruned one", err, store.ErrNotFound)
		k.wantAttempts(id, nil)
	}
	for _, id := range []string{"e-open", "e-held", "e-taken", "mixed", "young"} {
		if _, err := k.Event(k.Context(), id); err != nil {
			k.Errorf("Event(%s) = %v, want it kept", id, err)
		}
	}
	k.wantCounts(map[webhook.DeliveryState]int64{
		webhook.Pending: 2, webhook.Held: 1, webhook.Running: 1, webhook.Delivered: 1,
	})
}

func (k *kit) wantPrune(events, keys time.Time, limit, want int) {
	k.Helper()
	req := store.PruneRequest{Now: epoch, Default: store.Keep{Events: events}, Keys: keys, Limit: limit}
	if got, err := k.Prune(k.Context(), req); err != nil || got.Events != want {
		k.Errorf("Prune = %+v, %v, want %d events", got, err, want)
	}
}
