package storetest

import (
	"fmt"
	"net/http"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var expandCases = []testCase{
	{
		name: "no output",
		says: "with no output the delivery is Dropped and the lease ends",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			got := k.mustExpand(l.Ref, 0)
			if got.State != webhook.Dropped || got.Output != nil {
				k.Errorf("Expand = %+v, want dropped without an output", got)
			}
			k.wantState(webhook.Dropped, "d1")
			k.wantError("Extend after Expand with no output", k.Extend(k.Context(), l.Ref, at(9)), store.ErrLeaseLost)
			k.wantIDs(k.take(at(1000), 10))
		},
	},
	{
		name: "one output",
		says: "with one, the delivery carries it, and its MessageID stays; Expand commits before the first attempt",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			l := k.takeOne(epoch)
			want := l.Delivery
			want.Output, want.TransformHash = &outputs(1)[0], "hash"
			k.wantDelivery(k.mustExpand(l.Ref, 1), want)
			k.wantDelivery(k.get("d1"), want)
			if err := k.Extend(k.Context(), l.Ref, at(10)); err != nil {
				k.Errorf("Extend after Expand = %v, want the lease still held", err)
			}
			again := k.takeOne(at(10))
			k.wantDelivery(again.Delivery, want)
		},
	},
	{
		name: "many outputs",
		says: `with n it carries the first, its MessageID gets the suffix "_1", and n-1 further pending deliveries, due at once, carry the others under "_2" to "_n"`,
		run:  expandMany,
	},
	{
		name: "a lost lease",
		says: "Expand returns ErrLeaseLost if the lease is no longer held; nothing has then changed",
		run: func(k *kit) {
			k.owe("d1", "crm", epoch)
			first := k.takeOne(epoch)
			k.takeOne(at(60))
			before := k.get("d1")
			for _, n := range []int{0, 1, 3} {
				_, err := k.Expand(k.Context(), first.Ref, outputs(n), "hash")
				k.wantError(fmt.Sprintf("Expand of a lost lease with %d outputs", n), err, store.ErrLeaseLost)
			}
			_, err := k.Expand(k.Context(), store.LeaseRef{Delivery: "d9", Token: "1"}, outputs(1), "hash")
			k.wantError("Expand of no delivery", err, store.ErrLeaseLost)
			k.wantDelivery(k.get("d1"), before)
			k.wantCounts(map[webhook.DeliveryState]int64{webhook.Running: 1})
		},
	},
}

func expandMany(k *kit) {
	const n = 12
	k.owe("d1", "crm", epoch)
	l := k.takeOne(at(1))
	first := k.mustExpand(l.Ref, n)
	want := outputs(n)
	if first.MessageID != "e-d1_1" || first.ID != "d1" || first.State != webhook.Running {
		k.Errorf("Expand = %+v, want d1 running as e-d1_1", first)
	}
	k.wantOutput("d1", first.Output, &want[0])
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Running: 1, webhook.Pending: n - 1})

	got := map[string]store.Lease{}
	for _, l := range k.take(at(1), 100) {
		got[l.Delivery.MessageID] = l
	}
	for i := 1; i < n; i++ {
		message := fmt.Sprintf("e-d1_%d", i+1)
		l, ok := got[message]
		if !ok {
			k.Errorf("no delivery with message ID %s was due at once", message)
			continue
		}
		d := l.Delivery
		k.wantOutput(message, d.Output, &want[i])
		if d.EventID != "e-d1" || d.Endpoint != "crm" || d.Subscription != "sub" || d.TransformHash != "hash" || d.Attempts != 0 {
			k.Errorf("delivery of %s = %+v, want it to be of the same event, endpoint and subscription", message, d)
		}
		k.wantEvent(l.Event, event("e-d1"))
	}
	if len(got) != n-1 {
		k.Errorf("%d further deliveries, want %d", len(got), n-1)
	}
}

func (k *kit) mustExpand(ref store.LeaseRef, n int) webhook.Delivery {
	k.Helper()
	d, err := k.Expand(k.Context(), ref, outputs(n), "hash")
	if err != nil {
		k.Fatalf("Expand with %d outputs: %v", n, err)
	}
	return d
}

func outputs(n int) []webhook.Output {
	list := make([]webhook.Output, n)
	for i := range list {
		list[i] = webhook.Output{
			Type: fmt.Sprintf("type.%d", i), ContentType: "application/json",
			Header: http.Header{"X-Part": {fmt.Sprint(i)}}, Body: fmt.Appendf(nil, `{"part":%d}`, i),
		}
	}
	return list
}
