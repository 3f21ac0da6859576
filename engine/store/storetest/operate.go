package storetest

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var redeliverCases = []testCase{
	{
		name: "makes a final delivery due",
		says: "Redeliver makes a final delivery pending, due at now, with a fresh allowance of attempts; its output, if any, and its message ID stay",
		run: func(k *kit) {
			for i, state := range []webhook.DeliveryState{
				webhook.Delivered, webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
			} {
				id := fmt.Sprintf("d%d", i)
				k.owe(id, "crm", epoch)
				l := k.takeOne(epoch)
				k.mustExpand(l.Ref, 1)
				k.settleAs(l.Ref, webhook.Next{State: state, Error: "because"})
				if err := k.Redeliver(k.Context(), id, at(40)); err != nil {
					k.Fatalf("Redeliver of one that is %s: %v", state, err)
				}
				d := k.get(id)
				if d.State != webhook.Pending || !d.Due.Equal(at(40)) || d.Attempts != 0 || d.MessageID != "e-"+id {
					k.Errorf("%s redelivered = %+v, want pending, due %v, 0 attempts, message e-%s", state, d, at(40), id)
				}
				k.wantOutput(id, d.Output, &outputs(1)[0])
				k.wantIDs(k.take(at(39), 10))
				k.settleAs(k.takeOne(at(40)).Ref, webhook.Next{State: webhook.Delivered})
			}
		},
	},
	{
		name: "refuses what is open",
		says: "Redeliver returns ErrNotFound or ErrNotFinal",
		run: func(k *kit) {
			k.wantError("Redeliver of no delivery", k.Redeliver(k.Context(), "d9", epoch), store.ErrNotFound)
			k.owe("d1", "crm", epoch)
			k.wantError("Redeliver of a pending one", k.Redeliver(k.Context(), "d1", epoch), store.ErrNotFinal)
			k.takeOne(epoch)
			k.wantError("Redeliver of a running one", k.Redeliver(k.Context(), "d1", epoch), store.ErrNotFinal)
			k.disable("erp", epoch)
			k.owe("d2", "erp", epoch)
			k.wantError("Redeliver of a held one", k.Redeliver(k.Context(), "d2", epoch), store.ErrNotFinal)
		},
	},
	{
		name: "is held for a disabled endpoint",
		says: "the delivery is held if its endpoint is disabled",
		run: func(k *kit) {
			k.finish("d1", "crm", webhook.Exhausted)
			k.disable("crm", epoch)
			if err := k.Redeliver(k.Context(), "d1", at(1)); err != nil {
				k.Fatal(err)
			}
			k.wantState(webhook.Held, "d1")
			k.enable("crm", at(2))
			k.wantIDs(k.take(at(2), 10), "d1")
		},
	},
}

var disableCases = []testCase{
	{
		name: "disabling holds what is pending",
		says: "disabling holds its pending deliveries",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			k.owe("d2", "erp", epoch)
			h := k.disable("crm", at(3))
			want := webhook.Health{Endpoint: "crm", Disabled: true, Why: "by hand", Since: at(3)}
			if h != want || k.health("crm") != want {
				k.Errorf("SetDisabled = %+v, Health = %+v, want %+v", h, k.health("crm"), want)
			}
			k.wantState(webhook.Held, "d1")
			k.wantIDs(k.take(at(3), 10), "d2")
		},
	},
	{
		name: "enabling resumes in the order of IDs",
		says: "enabling sets its failures to zero and makes the held ones pending, due at now, in the order of their IDs",
		run:  resumeInOrder,
	},
	{
		name: "Since is when Disabled changed",
		says: "Since is when Disabled last changed",
		run: func(k *kit) {
			k.disable("crm", at(1))
			k.disable("crm", at(2))
			if h := k.health("crm"); !h.Since.Equal(at(1)) {
				k.Errorf("Since after disabling twice = %v, want the first, %v", h.Since, at(1))
			}
			if h := k.enable("crm", at(3)); h.Disabled || h.Why != "" || !h.Since.Equal(at(3)) {
				k.Errorf("enabled = %+v, want no reason and since %v", h, at(3))
			}
		},
	},
}

func resumeInOrder(k *kit) {
	k.owe("d3", "crm", at(1))
	k.owe("d1", "crm", at(3))
	k.owe("d4", "crm", at(2))
	k.owe("d0", "crm", epoch)
	l := k.takeOne(epoch)
	k.mustSettle(store.Settlement{
		Lease: l.Ref, Now: epoch, DisableAfter: webhook.DisableRule{Failures: 9},
		Next: webhook.Next{State: webhook.Held, Health: webhook.HealthGone},
	})
	k.owe("d2", "crm", at(100))
	k.wantState(webhook.Held, "d0", "d1", "d2", "d3", "d4")
	if h := k.enable("crm", at(50)); h.Disabled || h.Failures != 0 {
		k.Errorf("SetDisabled(false) = %+v, want enabled and no failures", h)
	}
	if d := k.get("d2"); !d.Due.Equal(at(50)) || d.State != webhook.Pending {
		k.Errorf("resumed delivery is %s, due %v, want pending, %v", d.State, d.Due, at(50))
	}
	k.wantIDs(k.take(at(49), 10))
	k.wantIDs(k.take(at(50), 2), "d0", "d1")
	k.wantIDs(k.take(at(50), 10), "d2", "d3", "d4")
}

var dueCases = []testCase{
	{
		name: "follows what is open",
		says: "NextDue returns the earliest moment at which something becomes due: a pending delivery, or a running one whose lease ends; it is zero when there is nothing open",
		run:  nextDueFollows,
	},
	{
		name: "passes over the endpoints that are named",
		says: "endpoints in except are not counted",
		run:  nextDueExcept,
	},
	{
		name: "is the earliest over all endpoints",
		says: "NextDue returns the earliest moment at which something becomes due",
		run: func(k *kit) {
			for i := range 20 {
				k.owe(fmt.Sprintf("d%02d", i), fmt.Sprintf("endpoint-%02d", i), at(100-i))
			}
			for i := 19; i >= 0; i-- {
				k.wantNextDue(100 - i)
				k.settleAs(k.takeOne(at(100-i)).Ref, webhook.Next{State: webhook.Delivered})
			}
			k.wantNothingDue()
		},
	},
}

func nextDueExcept(k *kit) {
	k.owe("d1", "full", at(10))
	k.owe("d2", "crm", at(20))
	k.wantNextDue(10)
	k.wantNextDue(20, "full")
	k.wantNextDue(10, "crm", "unheard of")
	k.wantNothingDue("full", "crm")
}

func nextDueFollows(k *kit) {
	k.wantNothingDue()
	k.owe("d1", "crm", at(20))
	k.wantNextDue(20)
	k.owe("d2", "crm", at(10))
	k.wantNextDue(10)
	l := k.takeOne(at(10))
	k.wantNextDue(20)
	if err := k.Extend(k.Context(), l.Ref, at(15)); err != nil {
		k.Fatal(err)
	}
	k.wantNextDue(15)
	k.settleAs(l.Ref, webhook.Next{State: webhook.Pending, Due: at(12)})
	k.wantNextDue(12)
	k.disable("crm", at(11))
	k.wantNothingDue()
	k.enable("crm", at(30))
	k.wantNextDue(30)
	for _, l := range k.take(at(30), 10) {
		k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
	}
	k.wantNothingDue()
	if err := k.Redeliver(k.Context(), "d1", at(40)); err != nil {
		k.Fatal(err)
	}
	k.wantNextDue(40)
	k.mustExpand(k.takeOne(at(40)).Ref, 2)
	if next, err := k.NextDue(k.Context()); err != nil || next.After(at(40)) || next.IsZero() {
		k.Errorf("NextDue after Expand = %v, %v, want %v or before", next, err, at(40))
	}
}

func (k *kit) wantNextDue(seconds int, except ...string) {
	k.Helper()
	if got, err := k.NextDue(k.Context(), except...); err != nil || !got.Equal(at(seconds)) {
		k.Errorf("NextDue = %v, %v, want %v", got, err, at(seconds))
	}
}

func (k *kit) wantNothingDue(except ...string) {
	k.Helper()
	if got, err := k.NextDue(k.Context(), except...); err != nil || !got.IsZero() {
		k.Errorf("NextDue = %v, %v, want zero", got, err)
	}
}
