package storetest

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var queryCases = []testCase{
	{
		name: "what is not kept",
		says: "Event and Delivery return ErrNotFound",
		run: func(k *kit) {
			_, err := k.Event(k.Context(), "e9")
			k.wantError("Event", err, store.ErrNotFound)
			_, err = k.Delivery(k.Context(), "d9")
			k.wantError("Delivery", err, store.ErrNotFound)
			if got, err := k.Attempts(k.Context(), "d9"); err != nil || len(got) != 0 {
				k.Errorf("Attempts = %v, %v, want none", got, err)
			}
		},
	},
	{
		name: "events",
		says: "Events lists events, newest first, without their bodies; zero fields select everything, Before selects events with a smaller ID",
		run:  listEvents,
	},
	{
		name: "deliveries",
		says: "Deliveries lists deliveries, newest first, without their outputs' bodies; zero fields select everything",
		run:  listDeliveries,
	},
	{
		name: "every state",
		says: "DeliveryQuery.State selects deliveries; Counts returns how many deliveries are in each state",
		run:  listStates,
	},
}

func listEvents(k *kit) {
	for i := range 10 {
		e := event(fmt.Sprintf("e%d", i))
		e.Source = []string{"a", "b"}[i%2]
		e.Type = []string{"x", "y", "z"}[i%3]
		k.mustAccept(store.Acceptance{Event: e})
	}
	for _, c := range []struct {
		query store.EventQuery
		want  string
	}{
		{store.EventQuery{}, "[e9 e8 e7 e6 e5 e4 e3 e2 e1 e0]"},
		{store.EventQuery{Limit: 3}, "[e9 e8 e7]"},
		{store.EventQuery{Before: "e7", Limit: 3}, "[e6 e5 e4]"},
		{store.EventQuery{Before: "e0"}, "[]"},
		{store.EventQuery{Source: "b"}, "[e9 e7 e5 e3 e1]"},
		{store.EventQuery{Type: "x"}, "[e9 e6 e3 e0]"},
		{store.EventQuery{Source: "b", Type: "x", Before: "e9", Limit: 1}, "[e3]"},
		{store.EventQuery{Source: "c"}, "[]"},
	} {
		events, err := k.Events(k.Context(), c.query)
		got := []string{}
		for _, e := range events {
			got = append(got, e.ID)
			if len(e.Body) != 0 {
				k.Errorf("Events(%+v) lists %s with a body", c.query, e.ID)
			}
		}
		if err != nil || fmt.Sprint(got) != c.want {
			k.Errorf("Events(%+v) = %v, %v, want %s", c.query, got, err, c.want)
		}
	}
	one, err := k.Events(k.Context(), store.EventQuery{Before: "e1"})
	if err != nil || len(one) != 1 {
		k.Fatalf("Events = %v, %v, want one", one, err)
	}
	want := event("e0")
	want.Source, want.Type, want.Body = "a", "x", nil
	k.wantEvent(one[0], want)
}

func listDeliveries(k *kit) {
	for i := range 6 {
		e := fmt.Sprintf("e%d", i/2)
		d := delivery(fmt.Sprintf("d%d", i), e, []string{"crm", "erp", "bi"}[i%3], epoch)
		if i%2 == 0 {
			k.mustAccept(store.Acceptance{Event: event(e), Deliveries: []webhook.Delivery{
				d, delivery(fmt.Sprintf("d%d", i+1), e, []string{"crm", "erp", "bi"}[(i+1)%3], epoch),
			}})
		}
	}
	for _, l := range k.take(epoch, 10) {
		if l.Delivery.ID == "d1" {
			k.mustExpand(l.Ref, 1)
		}
		if l.Delivery.ID == "d1" || l.Delivery.ID == "d4" {
			k.settleAs(l.Ref, webhook.Next{State: webhook.Failed})
		}
	}
	for _, c := range []struct {
		query store.DeliveryQuery
		want  string
	}{
		{store.DeliveryQuery{}, "[d5 d4 d3 d2 d1 d0]"},
		{store.DeliveryQuery{Limit: 2}, "[d5 d4]"},
		{store.DeliveryQuery{Before: "d4", Limit: 2}, "[d3 d2]"},
		{store.DeliveryQuery{Event: "e1"}, "[d3 d2]"},
		{store.DeliveryQuery{Endpoint: "erp"}, "[d4 d1]"},
		{store.DeliveryQuery{State: webhook.Failed}, "[d4 d1]"},
		{store.DeliveryQuery{State: webhook.Running, Endpoint: "bi"}, "[d5 d2]"},
		{store.DeliveryQuery{State: webhook.Failed, Endpoint: "erp", Event: "e0"}, "[d1]"},
		{store.DeliveryQuery{State: webhook.Delivered}, "[]"},
		{store.DeliveryQuery{Event: "e9"}, "[]"},
		{store.DeliveryQuery{Endpoint: "none"}, "[]"},
	} {
		k.wantDeliveries(c.query, c.want)
	}
	one, err := k.Deliveries(k.Context(), store.DeliveryQuery{Before: "d2", Limit: 1})
	if err != nil || len(one) != 1 {
		k.Fatalf("Deliveries = %v, %v, want one", one, err)
	}
	want := k.get("d1")
	want.Output.Body = nil
	k.wantDelivery(one[0], want)
}

func (k *kit) wantDeliveries(q store.DeliveryQuery, want string) {
	k.Helper()
	deliveries, err := k.Deliveries(k.Context(), q)
	got := []string{}
	for _, d := range deliveries {
		got = append(got, d.ID)
	}
	if err != nil || fmt.Sprint(got) != want {
		k.Errorf("Deliveries(%+v) = %v, %v, want %s", q, got, err, want)
	}
}

func listStates(k *kit) {
	want := map[webhook.DeliveryState]int64{}
	for i, state := range []webhook.DeliveryState{
		webhook.Delivered, webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
	} {
		for n := range i + 1 {
			k.finish(fmt.Sprintf("%s-%d", state, n), "crm", state)
			want[state]++
		}
	}
	k.owe("running-0", "crm", epoch)
	k.takeOne(epoch)
	k.owe("pending-0", "crm", at(10))
	k.disable("erp", epoch)
	k.owe("held-0", "erp", epoch)
	want[webhook.Running], want[webhook.Pending], want[webhook.Held] = 1, 1, 1
	k.wantCounts(want)
	for state, n := range want {
		list, err := k.Deliveries(k.Context(), store.DeliveryQuery{State: state})
		if err != nil || int64(len(list)) != n {
			k.Errorf("Deliveries(%s) = %d, %v, want %d", state, len(list), err, n)
		}
		for _, d := range list {
			if d.State != state {
				k.Errorf("Deliveries(%s) lists %s, which is %s", state, d.ID, d.State)
			}
		}
	}
}
