package storetest

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	saysHandOut = "a delivery that is Running may be committed under a lease, which the receipt hands out, from its Due for a.LeaseFor"
	saysNot     = "that is left undone, and the delivery stored pending, where something else to its endpoint is known to be due," +
		" where it has an OrderKey, and wherever an implementation cannot tell"
)

// A store that hands out nothing passes as well: what it stored pending is leased
// in the same moment.
var handOutCases = []testCase{
	{name: "is a lease", says: saysHandOut, run: handOutIsALease},
	{name: "settled", says: saysHandOut, run: func(k *kit) {
		l := k.handOut("d1", "crm", epoch)
		k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
		k.wantState(webhook.Delivered, "d1")
		k.wantAttempts("d1", []webhook.Attempt{{At: epoch, Status: 500}})
		k.wantCounts(map[webhook.DeliveryState]int64{webhook.Delivered: 1})
		k.wantIDs(k.take(at(1000), 9))
	}},
	{name: "tried again", says: saysHandOut, run: func(k *kit) {
		l := k.handOut("d1", "crm", epoch)
		k.settleAs(l.Ref, webhook.Next{State: webhook.Pending, Due: at(30), Error: "no"})
		k.wantIDs(k.take(at(29), 9))
		if got := k.takeOne(at(30)); got.Delivery.Attempts != 1 || got.Delivery.LastError != "no" || got.Ref == l.Ref {
			k.Errorf("lease = %+v, want another of the delivery with one attempt", got)
		}
	}},
	{name: "extended", says: saysHandOut, run: func(k *kit) {
		l := k.handOut("d1", "crm", epoch)
		if err := k.Extend(k.Context(), l.Ref, at(200)); err != nil {
			k.Errorf("Extend = %v, want nil", err)
		}
		k.wantIDs(k.take(at(199), 9))
		k.wantIDs(k.take(at(200), 9), "d1")
	}},
	{name: "expanded", says: saysHandOut, run: func(k *kit) {
		l := k.handOut("d1", "crm", epoch)
		if d := k.mustExpand(l.Ref, 2); d.MessageID != "e-d1_1" || d.State != webhook.Running {
			k.Errorf("Expand = %+v, want it running as e-d1_1", d)
		}
		k.wantCounts(map[webhook.DeliveryState]int64{webhook.Running: 1, webhook.Pending: 1})
	}},
	{name: "lost", says: saysHandOut, run: func(k *kit) {
		first := k.handOut("d1", "crm", epoch)
		k.wantIDs(k.take(at(59), 9))
		second := k.takeOne(at(60))
		if second.Ref.Token == first.Ref.Token {
			k.Errorf("token of the second lease = %q, want another than of the first", second.Ref.Token)
		}
		k.wantError("Extend of the lease that was taken over", k.Extend(k.Context(), first.Ref, at(200)), store.ErrLeaseLost)
		k.settleAs(first.Ref, webhook.Next{State: webhook.Exhausted})
		k.wantState(webhook.Running, "d1")
	}},
	{name: "survives", says: "a running delivery whose lease has ended counts as due", run: func(k *kit) {
		first := k.handOut("d1", "crm", epoch)
		k.Store = k.harness.Reopen(k.T, k.Store)
		if again := k.takeOne(at(60)); again.Ref.Token == first.Ref.Token {
			k.Errorf("token of the lease after the end of the process = %q, want another", again.Ref.Token)
		}
	}},
	{name: "ended by an erasure", says: "deliveries that are open are Canceled, and their leases lost", run: func(k *kit) {
		l := k.handOut("d1", "crm", epoch)
		k.mustErase("e-d1", 1)
		k.wantError("Extend after Erase", k.Extend(k.Context(), l.Ref, at(200)), store.ErrLeaseLost)
		k.wantCounts(map[webhook.DeliveryState]int64{webhook.Canceled: 1})
	}},
	{name: "not of a disabled endpoint", says: "a delivery to a disabled endpoint is stored held", run: func(k *kit) {
		k.disable("crm", epoch)
		k.wantNone(k.ask("e1", wanted("d1", "e1", "crm", epoch)))
		k.wantState(webhook.Held, "d1")
	}},
	{name: "not in an order", says: saysNot, run: func(k *kit) {
		d := wanted("d1", "e1", "crm", epoch)
		d.OrderKey = "order"
		k.wantNone(k.ask("e1", d))
		k.wantState(webhook.Pending, "d1")
		k.wantIDs(k.take(epoch, 9), "d1")
	}},
	{name: "not before a backlog", says: saysNot, run: func(k *kit) {
		k.owe("d1", "crm", epoch)
		k.wantNone(k.ask("e2", wanted("d2", "e2", "crm", at(1))))
		k.wantIDs(k.take(at(1), 9), "d1", "d2")
	}},
	{name: "not before an ended lease", says: saysNot, run: func(k *kit) {
		k.handOut("d1", "crm", epoch)
		k.wantNone(k.ask("e2", wanted("d2", "e2", "crm", at(61))))
		k.wantIDs(k.take(at(61), 9), "d1", "d2")
	}},
	{name: "not to a repeat", says: "a duplicate has none", run: func(k *kit) {
		a := store.Acceptance{Event: event("e1"), DedupKey: "key"}
		k.mustAccept(a)
		a.Event, a.Deliveries, a.LeaseFor = event("e2"), []webhook.Delivery{wanted("d1", "e2", "crm", epoch)}, time.Minute
		if r, err := k.Accept(k.Context(), a); err != nil || !r.Duplicate || len(r.Leases) != 0 {
			k.Errorf("Accept of a repeat = %+v, %v, want a duplicate without leases", r, err)
		}
		k.wantCounts(map[webhook.DeliveryState]int64{})
	}},
	{name: "not for no time", says: "LeaseFor is how long the leases last", run: func(k *kit) {
		_, err := k.Accept(k.Context(), store.Acceptance{Event: event("e1"), Deliveries: []webhook.Delivery{wanted("d1", "e1", "crm", epoch)}})
		if err == nil {
			k.Error("Accept with a lease for no time = nil, want an error")
		}
		k.wantCounts(map[webhook.DeliveryState]int64{})
	}},
}

// handOutIsALease compares the lease of a receipt with one that Lease returns of
// an equal delivery.
func handOutIsALease(k *kit) {
	due := at(1).Add(999)
	e := event("e1")
	e.Time = e.Time.Add(7).In(time.FixedZone("east", 3600))
	d := wanted("d1", "e1", "crm", due)
	d.EventID, d.Attempts, d.Output = "", 2, &outputs(1)[0]
	r, err := k.Accept(k.Context(), store.Acceptance{Event: e, Deliveries: []webhook.Delivery{d}, LeaseFor: time.Minute})
	if err != nil {
		k.Fatal(err)
	}
	leases := r.Leases
	if len(leases) == 0 {
		leases = k.take(at(2), 1)
	}
	k.wantIDs(leases, "d1")
	k.wantIDs(k.take(at(60), 9))
	got, want := leases[0], delivery("d1", "e1", "crm", at(1))
	want.State, want.Attempts, want.Output = webhook.Running, 2, d.Output
	k.wantDelivery(got.Delivery, want)
	k.wantDelivery(k.get("d1"), want)
	k.wantEvent(got.Event, event("e1"))
	if until := at(61); got.Ref.Delivery != "d1" || got.Ref.Token == "" || len(r.Leases) > 0 && !got.Until.Equal(until) {
		k.Errorf("lease = %+v until %v, want of d1 with a token until %v", got.Ref, got.Until, until)
	}
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Running: 1})
}

// wanted returns a delivery that the caller of Accept asks for.
func wanted(id, event, endpoint string, due time.Time) webhook.Delivery {
	d := delivery(id, event, endpoint, due)
	d.State = webhook.Running
	return d
}

// ask stores an event with deliveries, and asks for them for a minute.
func (k *kit) ask(id string, deliveries ...webhook.Delivery) []store.Lease {
	k.Helper()
	r, err := k.Accept(k.Context(), store.Acceptance{Event: event(id), Deliveries: deliveries, LeaseFor: time.Minute})
	if err != nil || r.Duplicate {
		k.Fatalf("Accept(%s) = %+v, %v, want it stored", id, r, err)
	}
	return r.Leases
}

// handOut stores an event "e-ID" with one delivery ID, and returns its lease from
// when it is due: that of the receipt, or else of Lease.
func (k *kit) handOut(id, endpoint string, due time.Time) store.Lease {
	k.Helper()
	leases := k.ask("e-"+id, wanted(id, "e-"+id, endpoint, due))
	if len(leases) == 0 {
		k.wantState(webhook.Pending, id)
		return k.takeOne(due)
	}
	k.wantIDs(leases, id)
	k.wantState(webhook.Running, id)
	return leases[0]
}

// wantNone wants nothing handed out.
func (k *kit) wantNone(got []store.Lease) {
	k.Helper()
	if len(got) != 0 {
		k.Errorf("Leases of the receipt = %v, want none", ids(got))
	}
}
