package storetest

import (
	"errors"
	"reflect"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var acceptCases = []testCase{
	{
		name: "keeps every field",
		says: "Accept commits an event with its deliveries",
		run: func(k *kit) {
			first, second := delivery("d1", "e1", "crm", at(1)), delivery("d2", "e1", "erp", at(2))
			k.mustAccept(store.Acceptance{Event: event("e1"), Deliveries: []webhook.Delivery{first, second}})
			got, err := k.Event(k.Context(), "e1")
			if err != nil {
				k.Fatalf("Event: %v", err)
			}
			k.wantEvent(got, event("e1"))
			k.wantDelivery(k.get("d1"), first)
			k.wantDelivery(k.get("d2"), second)
		},
	},
	{
		name: "names the event in the receipt",
		says: "EventID is the stored event",
		run: func(k *kit) {
			got, err := k.Accept(k.Context(), store.Acceptance{Event: event("e1"), DedupKey: "key", BodyDigest: [32]byte{7}})
			if want := (store.Receipt{EventID: "e1", BodyDigest: [32]byte{7}}); err != nil || !reflect.DeepEqual(got, want) {
				k.Errorf("Accept = %+v, %v, want %+v", got, err, want)
			}
		},
	},
	{
		name: "takes an event that nobody is owed",
		says: "Accept commits an event with its deliveries",
		run: func(k *kit) {
			k.mustAccept(store.Acceptance{Event: event("e1")})
			if _, err := k.Event(k.Context(), "e1"); err != nil {
				k.Errorf("Event: %v", err)
			}
			k.wantCounts(map[webhook.DeliveryState]int64{})
		},
	},
	{
		name: "sets the event of the deliveries",
		says: "The deliveries' EventID is the event's",
		run: func(k *kit) {
			d := delivery("d1", "", "crm", epoch)
			k.mustAccept(store.Acceptance{Event: event("e1"), Deliveries: []webhook.Delivery{d}})
			if got := k.get("d1").EventID; got != "e1" {
				k.Errorf("EventID = %q, want e1", got)
			}
		},
	},
	{
		name: "is atomic",
		says: "a method that changes something is atomic; after an error never a part of the change has been made",
		run:  acceptIsAtomic,
	},
	{
		name: "holds for a disabled endpoint",
		says: "a delivery to a disabled endpoint is stored held",
		run: func(k *kit) {
			k.disable("crm", epoch)
			k.owe("d1", "crm", epoch)
			k.owe("d2", "erp", epoch)
			k.wantState(webhook.Held, "d1")
			k.wantIDs(k.take(at(1), 10), "d2")
		},
	},
}

// acceptIsAtomic makes acceptances fail by an ID that is taken already, in the
// last thing that they store.
func acceptIsAtomic(k *kit) {
	k.owe("taken", "crm", epoch)
	a := store.Acceptance{
		Event:      event("e1"),
		Deliveries: []webhook.Delivery{delivery("d1", "e1", "new", epoch), delivery("taken", "e1", "new", epoch)},
		DedupKey:   "key",
	}
	if r, err := k.Accept(k.Context(), a); err == nil {
		k.Fatalf("Accept with a delivery ID that is taken = %+v, want an error", r)
	}
	_, err := k.Event(k.Context(), "e1")
	k.wantError("Event(e1) after a failed Accept", err, store.ErrNotFound)
	_, err = k.Delivery(k.Context(), "d1")
	k.wantError("Delivery(d1) after a failed Accept", err, store.ErrNotFound)
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Pending: 1})
	if got := k.get("taken").EventID; got != "e-taken" {
		k.Errorf("the delivery that was there belongs to %q, want e-taken", got)
	}
	a.Deliveries = a.Deliveries[:1]
	k.mustAccept(a)
	k.wantDelivery(k.get("d1"), a.Deliveries[0])
	if h := k.health("new"); h.Disabled {
		k.Errorf("Health of an endpoint that was new in a failed Accept = %+v, want it enabled", h)
	}

	again := store.Acceptance{Event: event("e1"), Deliveries: []webhook.Delivery{delivery("d9", "e1", "crm", epoch)}}
	if r, err := k.Accept(k.Context(), again); err == nil {
		k.Errorf("Accept of an event ID that is taken = %+v, want an error", r)
	}
	_, err = k.Delivery(k.Context(), "d9")
	k.wantError("Delivery(d9) after a failed Accept", err, store.ErrNotFound)
}

var dedupCases = []testCase{
	{
		name: "a repeat stores nothing",
		says: "if the key is already kept, nothing is stored: the receipt is a duplicate and names the event that was stored, and BodyDigest is the digest that was stored with the key",
		run:  repeatStoresNothing,
	},
	{
		name: "a key belongs to its source",
		says: "DedupKey is unique within the event's source",
		run: func(k *kit) {
			for i, pair := range [][2]string{{"ab", "c"}, {"a", "bc"}, {"a", "c"}, {"", "abc"}, {"a\x00", "b"}, {"a", "\x00b"}} {
				e := event(string(rune('a' + i)))
				e.Source = pair[0]
				k.mustAccept(store.Acceptance{Event: e, DedupKey: pair[1]})
			}
		},
	},
	{
		name: "no key, no duplicate",
		says: "an empty DedupKey stores without one",
		run: func(k *kit) {
			k.mustAccept(store.Acceptance{Event: event("e1")})
			k.mustAccept(store.Acceptance{Event: event("e2")})
		},
	},
	{
		name: "concurrent repeats store one",
		says: "DedupKey is unique within the event's source, and every method is safe for concurrent use",
		run:  concurrentRepeats,
	},
}

func repeatStoresNothing(k *kit) {
	k.mustAccept(store.Acceptance{Event: event("e1"), DedupKey: "key", BodyDigest: [32]byte{1}})
	got, err := k.Accept(k.Context(), store.Acceptance{
		Event: event("e2"), DedupKey: "key", BodyDigest: [32]byte{2},
		Deliveries: []webhook.Delivery{delivery("d2", "e2", "crm", epoch)},
	})
	if want := (store.Receipt{EventID: "e1", Duplicate: true, BodyDigest: [32]byte{1}}); err != nil || !reflect.DeepEqual(got, want) {
		k.Errorf("Accept of a repeat = %+v, %v, want %+v", got, err, want)
	}
	_, err = k.Event(k.Context(), "e2")
	k.wantError("Event of the repeat", err, store.ErrNotFound)
	_, err = k.Delivery(k.Context(), "d2")
	k.wantError("Delivery of the repeat", err, store.ErrNotFound)
	k.wantCounts(map[webhook.DeliveryState]int64{})
}

func concurrentRepeats(k *kit) {
	const callers = 48
	receipts := inParallel(k.T, callers, func(i int) (store.Receipt, error) {
		id := string(rune('A' + i))
		return k.Accept(k.Context(), store.Acceptance{
			Event: event(id), DedupKey: "key", BodyDigest: [32]byte{byte(i)},
			Deliveries: []webhook.Delivery{delivery("d"+id, id, "crm", epoch)},
		})
	})
	stored := ""
	for _, r := range receipts {
		if r.Duplicate {
			continue
		}
		if stored != "" {
			k.Fatalf("events %q and %q were both stored under one key", stored, r.EventID)
		}
		stored = r.EventID
	}
	for _, r := range receipts {
		if r.EventID != stored {
			k.Errorf("a receipt names event %q, want %q", r.EventID, stored)
		}
		if want := [32]byte{stored[0] - 'A'}; r.BodyDigest != want {
			k.Errorf("a receipt has digest %x, want %x", r.BodyDigest, want)
		}
	}
	k.wantCounts(map[webhook.DeliveryState]int64{webhook.Pending: 1})
}

// inParallel calls do for every number below n at the same time.
func inParallel[T any](t *testing.T, n int, do func(i int) (T, error)) []T {
	t.Helper()
	type result struct {
		value T
		err   error
	}
	start, results := make(chan struct{}), make(chan result)
	for i := range n {
		go func() {
			<-start
			value, err := do(i)
			results <- result{value, err}
		}()
	}
	close(start)
	var values []T
	var faults []error
	for range n {
		r := <-results
		values, faults = append(values, r.value), append(faults, r.err)
	}
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	return values
}
