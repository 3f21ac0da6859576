package storetest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// BacklogRound is how many events [OverBacklog] takes in at a time.
const BacklogRound = 64

// OverBacklog accepts [BacklogRound] events of 1 KB for 100 endpoints, leases and
// settles as many deliveries, and asks when the next is due and how many there
// are. Name tells the events of one call from those of another.
func OverBacklog(b *testing.B, s store.Store, name string) {
	b.Helper()
	now := time.Now()
	EachCaller(b, BacklogRound, BacklogRound, func(i int) error {
		id := fmt.Sprintf("%s-%02d", name, i)
		_, err := s.Accept(b.Context(), store.Acceptance{
			Event: webhook.Event{ID: "evt_" + id, Source: "contracts", Type: "a", Time: now, Body: make([]byte, 1024)},
			Deliveries: []webhook.Delivery{{
				ID: "dlv_" + id, MessageID: "evt_" + id, EventID: "evt_" + id, Endpoint: "endpoint-" + strconv.Itoa(i%100), Due: now, Created: now,
			}},
			DedupKey: id,
		})
		return err
	})
	leases, err := s.Lease(b.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: BacklogRound, Default: BacklogRound})
	if err != nil || len(leases) != BacklogRound {
		b.Fatalf("Lease = %d, %v, want %d", len(leases), err, BacklogRound)
	}
	settlements := make([]store.Settlement, len(leases))
	for i, l := range leases {
		settlements[i] = store.Settlement{
			Lease: l.Ref, Now: now, Next: webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood},
			Attempt: &webhook.Attempt{At: now, Status: 200},
		}
	}
	if _, err := s.Settle(b.Context(), settlements); err != nil {
		b.Fatal(err)
	}
	if _, err := s.NextDue(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Counts(b.Context()); err != nil {
		b.Fatal(err)
	}
}
