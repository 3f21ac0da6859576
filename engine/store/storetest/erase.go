package storetest

import (
	"fmt"
	"reflect"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var eraseCases = []testCase{
	{
		name: "removes what an event says",
		says: "Erase removes its body, header fields, type and provider's ID, the outputs of its deliveries, and the errors and responses of their attempts; what is left says that it was",
		run:  eraseDelivered,
	},
	{
		name: "cancels what is open",
		says: "deliveries that are open are Canceled, and their leases lost",
		run:  eraseOpen,
	},
	{
		name: "passes the turn on",
		says: "deliveries that are open are Canceled: the next of their order is then due",
		run: func(k *kit) {
			for _, id := range []string{"d1", "d2", "d3"} {
				d := delivery(id, "e-"+id, "crm", epoch)
				d.OrderKey = "alice"
				k.mustAccept(store.Acceptance{Event: event("e-" + id), Deliveries: []webhook.Delivery{d}})
			}
			k.mustErase("e-d2", 1)
			k.wantIDs(k.take(at(1), 10), "d1")
			k.mustErase("e-d1", 2)
			k.wantIDs(k.take(at(2), 10), "d3")
		},
	},
	{
		name: "keeps the dedup key",
		says: "its dedup key is left, so that a repeat is still known",
		run: func(k *kit) {
			k.mustAccept(store.Acceptance{Event: event("e1"), DedupKey: "key", BodyDigest: [32]byte{7}})
			k.mustErase("e1", 1)
			k.Store = k.harness.Reopen(k.T, k.Store)
			want := store.Receipt{EventID: "e1", Duplicate: true, BodyDigest: [32]byte{7}}
			if r, err := k.Accept(k.Context(), store.Acceptance{Event: event("e2"), DedupKey: "key"}); err != nil || !reflect.DeepEqual(r, want) {
				k.Errorf("Accept of a repeat of an erased event = %+v, %v, want %+v", r, err, want)
			}
		},
	},
	{
		name: "again, and of nothing",
		says: "it returns ErrNotFound; an event that was erased before keeps the moment of then",
		run: func(k *kit) {
			k.wantError("Erase of no event", k.Erase(k.Context(), "none", epoch), store.ErrNotFound)
			k.mustAccept(store.Acceptance{Event: event("e1")})
			k.mustErase("e1", 1)
			k.mustErase("e1", 2)
			if e, err := k.Event(k.Context(), "e1"); err != nil || !e.Erased.Equal(at(1)) {
				k.Errorf("Event = erased %v, %v, want %v", e.Erased, err, at(1))
			}
		},
	},
	{
		name: "after its content was pruned",
		says: "Erase removes its type and provider's ID, and the errors of attempts; an event that was erased before keeps the moment of then",
		run: func(k *kit) {
			k.finish("d1", "crm", webhook.Failed)
			k.wantPruned(store.PruneRequest{Now: at(5), Default: store.Keep{Bodies: at(1)}, Limit: 10}, store.Pruned{Bodies: 1}, "e-d1")
			k.mustErase("e-d1", 9)
			e, err := k.Event(k.Context(), "e-d1")
			if err != nil || e.Type != "" || e.ProviderID != "" || !e.Erased.Equal(at(5)) {
				k.Errorf("Event = %+v, %v, want no type and no provider's ID, erased %v", e, err, at(5))
			}
			if d := k.get("d1"); d.LastError != "" {
				k.Errorf("LastError = %q, want it removed", d.LastError)
			}
		},
	},
}

func (k *kit) mustErase(id string, seconds int) {
	k.Helper()
	if err := k.Erase(k.Context(), id, at(seconds)); err != nil {
		k.Fatalf("Erase(%s): %v", id, err)
	}
}

func eraseDelivered(k *kit) {
	k.owe("d1", "crm", epoch)
	l := k.takeOne(epoch)
	k.mustExpand(l.Ref, 2)
	more := k.takeOne(at(1))
	for _, ref := range []store.LeaseRef{l.Ref, more.Ref} {
		k.mustSettle(store.Settlement{
			Lease: ref, Next: webhook.Next{State: webhook.Exhausted, Error: "said Alice"}, Now: epoch,
			Attempt: &webhook.Attempt{At: at(2), Status: 500, Error: "said Alice", Response: []byte("Alice")},
		})
	}
	k.owe("d2", "crm", at(100))
	k.mustErase("e-d1", 9)
	k.Store = k.harness.Reopen(k.T, k.Store)

	want := event("e-d1")
	want.Header, want.Body, want.Type, want.ProviderID = nil, nil, "", ""
	got, err := k.Event(k.Context(), "e-d1")
	if err != nil || !got.Erased.Equal(at(9)) {
		k.Errorf("Event = erased %v, %v, want %v", got.Erased, err, at(9))
	}
	k.wantEvent(got, want)
	for _, id := range []string{"d1", more.Delivery.ID} {
		d := k.get(id)
		if d.State != webhook.Exhausted || d.Output != nil || d.LastError != "" || d.EventID != "e-d1" {
			k.Errorf("delivery %s = %+v, want it exhausted, without output and error", id, d)
		}
		k.wantAttempts(id, []webhook.Attempt{{Number: 1, At: at(2), Status: 500}})
		k.wantError("Redeliver", k.Redeliver(k.Context(), id, at(20)), store.ErrErased)
	}
	kept, err := k.Event(k.Context(), "e-d2")
	if err != nil {
		k.Fatal(err)
	}
	k.wantEvent(kept, event("e-d2"))
	k.wantState(webhook.Pending, "d2")
}

func eraseOpen(k *kit) {
	k.disable("off", epoch)
	e := event("e1")
	a := store.Acceptance{Event: e}
	for i, endpoint := range []string{"crm", "erp", "off"} {
		a.Deliveries = append(a.Deliveries, delivery(fmt.Sprint("d", i), "e1", endpoint, at(10*i)))
	}
	k.mustAccept(a)
	running := k.takeOne(epoch)
	k.mustErase("e1", 9)
	k.wantState(webhook.Canceled, "d0", "d1", "d2")
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Canceled: 3})
	k.wantError("Extend of an erased event's delivery", k.Extend(k.Context(), running.Ref, at(60)), store.ErrLeaseLost)
	_, err := k.Expand(k.Context(), running.Ref, outputs(1), "hash")
	k.wantError("Expand of an erased event's delivery", err, store.ErrLeaseLost)
	k.settleAs(running.Ref, webhook.Next{State: webhook.Pending, Due: at(1)})
	k.wantState(webhook.Canceled, "d0")
	k.wantAttempts("d0", nil)
	k.enable("off", at(10))
	k.wantIDs(k.take(at(1000), 10))
	k.wantNothingDue()
}
