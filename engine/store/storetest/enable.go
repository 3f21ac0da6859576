package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var enableCases = []testCase{{
	name: "while ended leases are held",
	says: "enabling makes the held deliveries pending: none stays held at an endpoint that is enabled",
	run:  enableWhileHolding,
}}

// enableWhileHolding lets Lease find a lease that ended while its endpoint was
// disabled, at the moment at which the endpoint is enabled.
func enableWhileHolding(k *kit) {
	for i := range 40 {
		id, endpoint := fmt.Sprintf("d%02d", i), fmt.Sprintf("endpoint-%02d", i)
		k.owe(id, endpoint, epoch)
		short := store.LeaseRequest{Now: epoch, For: time.Millisecond, Max: 1, Default: 1}
		if leases, err := k.Lease(k.Context(), short); err != nil || len(leases) != 1 {
			k.Fatalf("Lease = %v, %v, want one delivery", ids(leases), err)
		}
		k.disable(endpoint, epoch)
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := k.Lease(k.Context(), store.LeaseRequest{Now: at(10), For: time.Hour, Max: 1, Default: 1}); err != nil {
				k.Errorf("Lease: %v", err)
			}
		})
		both.Go(func() {
			if _, err := k.SetDisabled(k.Context(), endpoint, false, "", at(10)); err != nil {
				k.Errorf("SetDisabled: %v", err)
			}
		})
		both.Wait()
		if got := k.get(id).State; got == webhook.Held {
			k.Fatalf("state of %s in round %d = %s, and its endpoint is enabled", id, i, got)
		}
		for _, l := range k.take(at(20), 9) {
			k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
		}
	}
}
