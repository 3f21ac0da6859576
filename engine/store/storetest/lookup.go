package storetest

import (
	"fmt"
	"reflect"
	"sync/atomic"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var lookupCases = []testCase{
	{
		name: "a key that is kept",
		says: "Lookup returns the receipt that Accept would give a repeat of the key, a duplicate, and stores nothing",
		run: func(k *kit) {
			k.acceptKey("e1", "key")
			k.wantKept("e1", "key")
			k.wantKept("e1", "key")
			k.wantCounts(map[webhook.DeliveryState]int64{})
			if events, err := k.Events(k.Context(), store.EventQuery{}); err != nil || len(events) != 1 {
				k.Errorf("Events after Lookup = %d, %v, want 1", len(events), err)
			}
		},
	},
	{
		name: "a key that is not kept",
		says: "Lookup is false for a key that is not kept, and stores nothing",
		run: func(k *kit) {
			k.wantNotKept("contracts", "key")
			k.mustAccept(store.Acceptance{Event: event("keyless")})
			k.wantNotKept("contracts", "")
			k.acceptKey("e1", "key")
			k.wantNotKept("contracts", "other")
		},
	},
	{
		name: "a key of another source",
		says: "DedupKey is unique within the event's source",
		run: func(k *kit) {
			k.acceptKey("e1", "key")
			k.wantNotKept("invoices", "key")
			k.wantNotKept("contract", "skey")
			k.wantNotKept("contractsk", "ey")
		},
	},
	{
		name: "a key of a failed Accept",
		says: "after an error never a part of the change has been made",
		run: func(k *kit) {
			k.acceptKey("e1", "key")
			r, err := k.Accept(k.Context(), store.Acceptance{Event: event("e1"), DedupKey: "failed"})
			if err == nil {
				k.Fatalf("Accept of an event ID that is taken = %+v, want an error", r)
			}
			k.wantNotKept("contracts", "failed")
			k.wantKept("e1", "key")
		},
	},
	{
		name: "after opening anew",
		says: "a method that changes something has made the change durable before it returns nil",
		run: func(k *kit) {
			for i := range 200 {
				k.acceptKey(fmt.Sprint("e", i), fmt.Sprint(i))
			}
			k.Store = k.harness.Reopen(k.T, k.Store)
			for i := range 200 {
				k.wantKept(fmt.Sprint("e", i), fmt.Sprint(i))
			}
			k.wantNotKept("contracts", "200")
		},
	},
	{
		name: "after Prune",
		says: "a key counts until it is pruned; it outlives its event",
		run:  lookupAfterPrune,
	},
	{
		name: "beside Accept",
		says: "a key counts from when the Accept that stores it returns, or earlier, until it is pruned",
		run:  lookupBesideAccept,
	},
}

func lookupAfterPrune(k *kit) {
	const keys, old = 200, 150
	for i := range keys {
		e := event(fmt.Sprint("e", i))
		e.Time = at(i)
		k.mustAccept(store.Acceptance{Event: e, DedupKey: fmt.Sprint(i), BodyDigest: digestOf(e.ID)})
	}
	k.wantPrune(at(keys), at(old), keys, keys)
	for i := range keys {
		if i < old {
			k.wantNotKept("contracts", fmt.Sprint(i))
		} else {
			k.wantKept(fmt.Sprint("e", i), fmt.Sprint(i))
		}
	}
	k.acceptKey("again", "7")
	k.wantKept("again", "7")
}

// lookupBesideAccept accepts key after key, while others look up one of them
// again and again until many more have come: wherever a store moves a key
// meanwhile, it is always found.
func lookupBesideAccept(k *kit) {
	const keys, stay, lookers = 600, 150, 4
	var accepted atomic.Int64
	inParallel(k.T, 1+lookers, func(caller int) (struct{}, error) {
		if caller == 0 {
			defer accepted.Store(keys)
			for n := range int64(keys) {
				id := keyID(n)
				if _, err := k.Accept(k.Context(), store.Acceptance{Event: event(id), DedupKey: id, BodyDigest: digestOf(id)}); err != nil {
					return struct{}{}, err
				}
				accepted.Store(n + 1)
			}
			return struct{}{}, nil
		}
		for n := accepted.Load(); n < keys; n = accepted.Load() {
			if err := k.lookUp(keyID(n), false); err != nil {
				return struct{}{}, err
			}
			for n > 0 && accepted.Load() < min(n+stay, keys) {
				if err := k.lookUp(keyID(n-1), true); err != nil {
					return struct{}{}, err
				}
			}
		}
		return struct{}{}, nil
	})
}

func keyID(n int64) string { return fmt.Sprintf("e%03d", n) }

// lookUp looks up a key that is accepted under its own name, before the call if
// it is known.
func (k *kit) lookUp(id string, known bool) error {
	got, kept, err := k.Lookup(k.Context(), "contracts", id)
	if want := repeatOf(id); err != nil || kept && !reflect.DeepEqual(got, want) || known && !kept {
		return fmt.Errorf("Lookup(%s) = %+v, %v, %v, want %+v, kept before = %v", id, got, kept, err, want, known)
	}
	return nil
}

// digestOf and repeatOf are what an event is accepted with under a key, and what
// a repeat is then answered.
func digestOf(id string) (digest [32]byte) {
	copy(digest[:], id)
	return digest
}

func repeatOf(id string) store.Receipt {
	return store.Receipt{EventID: id, Duplicate: true, BodyDigest: digestOf(id)}
}

func (k *kit) acceptKey(id, key string) {
	k.Helper()
	k.mustAccept(store.Acceptance{Event: event(id), DedupKey: key, BodyDigest: digestOf(id)})
}

func (k *kit) wantKept(id, key string) {
	k.Helper()
	got, kept, err := k.Lookup(k.Context(), "contracts", key)
	if want := repeatOf(id); err != nil || !kept || !reflect.DeepEqual(got, want) {
		k.Errorf("Lookup(%s) = %+v, %v, %v, want %+v", key, got, kept, err, want)
	}
}

func (k *kit) wantNotKept(source, key string) {
	k.Helper()
	got, kept, err := k.Lookup(k.Context(), source, key)
	if err != nil || kept || !reflect.DeepEqual(got, store.Receipt{}) {
		k.Errorf("Lookup(%s, %s) = %+v, %v, %v, want false", source, key, got, kept, err)
	}
}
