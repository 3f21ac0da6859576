package storetest

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var healthCases = []testCase{
	{
		name: "failures count until a success",
		says: "the health of each endpoint is updated in the same transaction",
		run: func(k *kit) {
			for i, step := range []struct {
				signal webhook.HealthSignal
				want   int
			}{{webhook.HealthBad, 1}, {webhook.HealthUnchanged, 1}, {webhook.HealthBad, 2}, {webhook.HealthGood, 0}, {webhook.HealthBad, 1}} {
				k.owe(fmt.Sprintf("d%d", i), "crm", epoch)
				if changed := k.signal(step.signal, 5); len(changed) != 0 {
					k.Errorf("Settle = %v, want no change of Disabled", changed)
				}
				if got := k.health("crm").Failures; got != step.want {
					k.Errorf("failures after step %d = %d, want %d", i+1, got, step.want)
				}
			}
		},
	},
	{
		name: "disabling holds what is pending",
		says: "an endpoint that is thereby disabled has its pending deliveries held; Settle returns the health of every endpoint whose Disabled changed",
		run:  disablingHolds,
	},
	{
		name: "a retry that disables is held itself",
		says: "an endpoint that is thereby disabled has its pending deliveries held, as are those that are settled as pending to an endpoint that is disabled",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			k.mustSettle(store.Settlement{
				Lease: l.Ref, Now: at(1), Attempt: &webhook.Attempt{At: epoch, Status: 500},
				Next:         webhook.Next{State: webhook.Pending, Due: at(30), Health: webhook.HealthGone},
				DisableAfter: webhook.DisableRule{Failures: 1},
			})
			k.wantState(webhook.Held, "d1")
			k.wantIDs(k.take(at(1000), 10))
		},
	},
	{
		name: "a retry to a disabled endpoint is held",
		says: "deliveries that are settled as pending to an endpoint that is disabled are held",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			k.owe("d2", "crm", epoch)
			leases := k.take(epoch, 2)
			k.disable("crm", at(1))
			k.settleAs(leases[0].Ref, webhook.Next{State: webhook.Pending, Due: at(2)})
			k.settleAs(leases[1].Ref, webhook.Next{State: webhook.Delivered})
			k.wantState(webhook.Held, leases[0].Delivery.ID)
			k.wantState(webhook.Delivered, leases[1].Delivery.ID)
		},
	},
	{
		name: "ordered by name",
		says: "Health returns the state of every endpoint that the store has heard of, ordered by name",
		run: func(k *kit) {
			k.owe("d1", "m", epoch)
			k.owe("d2", "z", epoch)
			k.disable("a", epoch)
			all, err := k.Health(k.Context())
			if err != nil || len(all) != 3 || all[0].Endpoint != "a" || all[1].Endpoint != "m" || all[2].Endpoint != "z" {
				k.Errorf("Health = %+v, %v, want a, m, z", all, err)
			}
		},
	},
}

func disablingHolds(k *kit) {
	for _, id := range []string{"d1", "d2", "d3"} {
		k.owe(id, "crm", epoch)
	}
	k.owe("other", "erp", at(50))
	l := k.take(epoch, 1)[0]
	running := k.take(epoch, 1)[0]
	changed := k.mustSettle(store.Settlement{
		Lease: l.Ref, Now: at(7), DisableAfter: webhook.DisableRule{Failures: 5},
		Next:    webhook.Next{State: webhook.Held, Health: webhook.HealthGone},
		Attempt: &webhook.Attempt{At: epoch, Status: 410},
	})
	if len(changed) != 1 || changed[0].Endpoint != "crm" || !changed[0].Disabled || !changed[0].Since.Equal(at(7)) || changed[0].Why == "" {
		k.Errorf("Settle = %+v, want crm disabled since %v with a reason", changed, at(7))
	}
	if h := k.health("crm"); len(changed) == 1 && h != changed[0] {
		k.Errorf("Health = %+v, want what Settle returned, %+v", h, changed[0])
	}
	k.wantState(webhook.Pending, "other")
	k.wantState(webhook.Running, running.Delivery.ID)
	for _, id := range []string{"d1", "d2", "d3"} {
		if id != running.Delivery.ID {
			k.wantState(webhook.Held, id)
		}
	}
	k.wantIDs(k.take(at(50), 10), "other")
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Held: 2, webhook.Running: 2})
}

// signal settles the only due delivery as delivered, with what that says about
// its endpoint.
func (k *kit) signal(signal webhook.HealthSignal, disableAfter int) []webhook.Health {
	k.Helper()
	return k.mustSettle(store.Settlement{
		Lease: k.takeOne(epoch).Ref, Now: epoch, DisableAfter: webhook.DisableRule{Failures: disableAfter},
		Next: webhook.Next{State: webhook.Delivered, Health: signal},
	})
}

func (k *kit) health(endpoint string) webhook.Health {
	k.Helper()
	all, err := k.Health(k.Context())
	if err != nil {
		k.Fatalf("Health: %v", err)
	}
	for _, h := range all {
		if h.Endpoint == endpoint {
			return h
		}
	}
	k.Fatalf("Health does not list %q", endpoint)
	return webhook.Health{}
}
