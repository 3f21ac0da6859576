package storetest

import (
	"bytes"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var settleCases = []testCase{
	{
		name: "every outcome",
		says: "Settle ends leases",
		run: func(k *kit) {
			final := []webhook.DeliveryState{
				webhook.Delivered, webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
			}
			want := map[webhook.DeliveryState]int64{}
			for _, state := range final {
				k.finish("d-"+string(state), "crm", state)
				k.wantState(state, "d-"+string(state))
				want[state] = 1
			}
			k.wantCounts(want)
			k.wantIDs(k.take(at(10000), 10))
		},
	},
	{
		name: "a retry is due at its time",
		says: "Next.Due is when a pending delivery is tried again",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			k.settleAs(l.Ref, webhook.Next{State: webhook.Pending, Due: at(30), Error: "endpoint answered 500"})
			want := delivery("d1", "e-d1", "crm", at(30))
			want.Attempts, want.LastError = 1, "endpoint answered 500"
			k.wantDelivery(k.get("d1"), want)
			k.wantIDs(k.take(at(29), 10))
			k.wantIDs(k.take(at(30), 10), "d1")
		},
	},
	{
		name: "attempts",
		says: "Attempt is recorded unless it is nil; its Number is set by the store and counts from 1 over the whole life of the delivery",
		run:  attemptsAreKept,
	},
	{
		name: "lost leases are skipped",
		says: "settlements whose lease was lost are skipped",
		run:  lostLeasesAreSkipped,
	},
	{
		name: "nothing to settle",
		says: "Settle ends leases",
		run: func(k *kit) {
			if changed := k.mustSettle(); len(changed) != 0 {
				k.Errorf("Settle of nothing = %v, want nothing", changed)
			}
		},
	},
}

func attemptsAreKept(k *kit) {
	k.owe("d1", "crm", epoch)
	made := []webhook.Attempt{
		{Number: 77, At: at(1), Duration: 1500 * time.Microsecond, Status: 503, Response: []byte("\x00\xffbusy"), RetryAfter: time.Minute},
		{At: at(2), Duration: time.Second, Error: "connection refused"},
		{At: at(3), Status: 204},
	}
	for i, a := range made {
		l := k.takeOne(at(i))
		if l.Delivery.Attempts != i {
			k.Errorf("Attempts before attempt %d = %d, want %d", i+1, l.Delivery.Attempts, i)
		}
		k.mustSettle(store.Settlement{Lease: l.Ref, Next: webhook.Next{State: webhook.Pending, Due: at(i + 1)}, Attempt: &a, Now: epoch})
	}
	k.mustSettle(store.Settlement{Lease: k.takeOne(at(9)).Ref, Next: webhook.Next{State: webhook.Failed, Error: "it threw"}, Now: epoch})
	if d := k.get("d1"); d.Attempts != len(made) || d.LastError != "it threw" {
		k.Errorf("delivery = %d attempts, error %q, want %d, %q", d.Attempts, d.LastError, len(made), "it threw")
	}
	if err := k.Redeliver(k.Context(), "d1", at(10)); err != nil {
		k.Fatalf("Redeliver: %v", err)
	}
	k.settleAs(k.takeOne(at(10)).Ref, webhook.Next{State: webhook.Delivered})
	made = append(made, webhook.Attempt{At: epoch, Status: 500})
	k.wantAttempts("d1", made)
}

func (k *kit) wantAttempts(delivery string, want []webhook.Attempt) {
	k.Helper()
	got, err := k.Attempts(k.Context(), delivery)
	if err != nil || len(got) != len(want) {
		k.Fatalf("Attempts = %d, %v, want %d", len(got), err, len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Number != i+1 || !g.At.Equal(w.At) || g.Duration != w.Duration || g.Status != w.Status || g.Error != w.Error ||
			!bytes.Equal(g.Response, w.Response) || g.RetryAfter != w.RetryAfter {
			k.Errorf("attempt %d = %+v, want %+v under number %d", i+1, g, w, i+1)
		}
	}
}

func lostLeasesAreSkipped(k *kit) {
	for _, id := range []string{"d1", "d2", "d3"} {
		k.owe(id, "crm", epoch)
	}
	leases := k.take(epoch, 3)
	lost, held, twice := leases[0], leases[1], leases[2]
	for _, l := range []store.Lease{held, twice} {
		if err := k.Extend(k.Context(), l.Ref, at(1000)); err != nil {
			k.Fatal(err)
		}
	}
	k.takeOne(at(60))
	failed := webhook.Next{State: webhook.Exhausted, Health: webhook.HealthBad}
	attempt := &webhook.Attempt{At: epoch, Status: 500}
	k.mustSettle(
		store.Settlement{Lease: lost.Ref, Next: failed, Attempt: attempt, Now: epoch},
		store.Settlement{Lease: store.LeaseRef{Delivery: held.Ref.Delivery, Token: "other"}, Next: failed, Attempt: attempt, Now: epoch},
		store.Settlement{Lease: held.Ref, Next: webhook.Next{State: webhook.Canceled}, Now: epoch},
		store.Settlement{Lease: store.LeaseRef{Delivery: "d9", Token: "1"}, Next: failed, Attempt: attempt, Now: epoch},
		store.Settlement{Lease: twice.Ref, Next: webhook.Next{State: webhook.Canceled}, Now: epoch},
		store.Settlement{Lease: twice.Ref, Next: failed, Attempt: attempt, Now: epoch},
	)
	k.wantState(webhook.Running, lost.Delivery.ID)
	k.wantState(webhook.Canceled, held.Delivery.ID, twice.Delivery.ID)
	for _, l := range leases {
		k.wantAttempts(l.Delivery.ID, nil)
	}
	if h := k.health("crm"); h.Failures != 0 {
		k.Errorf("failures = %d, want 0: the settlements that count were skipped", h.Failures)
	}
}
