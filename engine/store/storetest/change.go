package storetest

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

const saysChanges = "Changes returns the changes of Disabled that nobody has forgotten yet, in the order of their numbers"

var changeCases = []testCase{
	{
		name: "kept until forgotten",
		says: saysChanges,
		run: func(k *kit) {
			k.wantChanges()
			k.owe("d1", "crm", epoch)
			changed := k.settleAs(k.takeOne(epoch).Ref, webhook.Next{State: webhook.Held, Health: webhook.HealthGone})
			k.disable("erp", at(1))
			k.disable("erp", at(2))
			enabled := k.enable("crm", at(3))
			k.enable("crm", at(4))
			all := k.wantChanges("crm", "erp", "crm")
			if len(changed) != 1 || all[0].Health != changed[0] {
				k.Errorf("first change = %+v, want what Settle returned, %+v", all[0].Health, changed)
			}
			if all[2].Health != enabled {
				k.Errorf("third change = %+v, want what SetDisabled returned, %+v", all[2].Health, enabled)
			}
			k.forget(all[1].Number)
			k.forget(all[1].Number)
			k.wantChanges("crm", "crm")
			k.forget(all[0].Number)
			k.forget(all[2].Number)
			k.wantChanges()
			k.disable("crm", at(5))
			if last := k.wantChanges("crm"); last[0].Number <= all[2].Number {
				k.Errorf("number of a later change = %d, want more than %d", last[0].Number, all[2].Number)
			}
		},
	},
	{
		name: "limit",
		says: "at most limit",
		run: func(k *kit) {
			for _, endpoint := range []string{"a", "b", "c"} {
				k.disable(endpoint, epoch)
			}
			got, err := k.Changes(k.Context(), 2)
			if err != nil || len(got) != 2 || got[0].Health.Endpoint != "a" || got[1].Health.Endpoint != "b" {
				k.Errorf("Changes(2) = %+v, %v, want those of a and b", got, err)
			}
		},
	},
	{
		name: "survive",
		says: "each was committed together with the change",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			k.settleAs(k.takeOne(epoch).Ref, webhook.Next{State: webhook.Held, Health: webhook.HealthGone})
			k.Store = k.harness.Reopen(k.T, k.Store)
			k.wantChanges("crm")
		},
	},
	{
		name: "failing since",
		says: "the health of each endpoint is updated in the same transaction",
		run:  failingSince,
	},
}

func (k *kit) forget(change int64) {
	k.Helper()
	if err := k.Forget(k.Context(), change); err != nil {
		k.Errorf("Forget(%d) = %v, want nil", change, err)
	}
}

// wantChanges compares the endpoints of the changes that are kept.
func (k *kit) wantChanges(endpoints ...string) []store.Change {
	k.Helper()
	got, err := k.Changes(k.Context(), 100)
	if err != nil {
		k.Fatalf("Changes: %v", err)
	}
	same := len(got) == len(endpoints)
	for i := range got {
		same = same && got[i].Health.Endpoint == endpoints[i]
	}
	if !same {
		k.Fatalf("Changes = %+v, want those of %v", got, endpoints)
	}
	return got
}

// failingSince fails an endpoint for an hour, under a rule that allows that.
func failingSince(k *kit) {
	settle := func(second int, signal webhook.HealthSignal) []webhook.Health {
		l := k.takeOne(at(second))
		return k.mustSettle(store.Settlement{
			Lease: l.Ref, Now: at(second), DisableAfter: webhook.DisableRule{For: time.Hour},
			Next: webhook.Next{State: webhook.Pending, Due: at(second), Health: signal},
		})
	}
	want := func(since time.Time, disabled bool) {
		k.Helper()
		if h := k.health("crm"); !h.FailingSince.Equal(since) || h.Disabled != disabled {
			k.Errorf("health = %+v, want failing since %v, disabled %t", h, since, disabled)
		}
	}
	k.owe("d1", "crm", epoch)
	want(time.Time{}, false)
	settle(1, webhook.HealthFailing)
	want(at(1), false)
	settle(2, webhook.HealthGood)
	if h := k.health("crm"); h != (webhook.Health{Endpoint: "crm", Since: h.Since}) || !h.Since.IsZero() || !h.FailingSince.IsZero() {
		k.Errorf("health after a success = %+v, want the zero times", h)
	}
	settle(10, webhook.HealthFailing)
	settle(11, webhook.HealthUnchanged)
	if changed := settle(10+3599, webhook.HealthFailing); len(changed) != 0 {
		k.Errorf("Settle = %+v, want no change before the hour", changed)
	}
	want(at(10), false)
	changed := settle(10+3600, webhook.HealthFailing)
	if len(changed) != 1 || !changed[0].Disabled || !changed[0].FailingSince.Equal(at(10)) {
		k.Errorf("Settle = %+v, want crm disabled after the hour", changed)
	}
	want(at(10), true)
	k.enable("crm", at(4000))
	want(time.Time{}, false)
}
