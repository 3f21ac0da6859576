package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"

	"github.com/hookseal/hookseal/engine/store"
)

var keysCases = []testCase{
	{
		name: "over time",
		says: "if the key is already kept, nothing is stored and the receipt is a duplicate; Prune removes keys older than keys",
		run:  keysOverTime,
	},
	{
		name: "in bulk",
		says: "if the key is already kept, nothing is stored: the receipt is a duplicate and names the event that was stored",
		run:  keysInBulk,
	},
	{
		name: "after all were pruned",
		says: "a method that changes something has made the change durable before it returns nil",
		run: func(k *kit) {
			for i := range 200 {
				k.mustAccept(store.Acceptance{Event: event(fmt.Sprint("old", i)), DedupKey: fmt.Sprint(i)})
			}
			k.wantPrune(epoch, at(1), 1000, 0)
			k.Store = k.harness.Reopen(k.T, k.Store)
			k.mustAccept(store.Acceptance{Event: event("new"), DedupKey: "0"})
			k.Store = k.harness.Reopen(k.T, k.Store)
			r, err := k.Accept(k.Context(), store.Acceptance{Event: event("again"), DedupKey: "0"})
			if err != nil || !r.Duplicate || r.EventID != "new" {
				k.Errorf("Accept under a key that was accepted anew = %+v, %v, want a duplicate of new", r, err)
			}
		},
	},
}

// keysOverTime accepts new keys and repeats, prunes and opens the store anew,
// and compares every receipt with what a map says.
func keysOverTime(k *kit) {
	const steps = 800
	type kept struct {
		receipt store.Receipt
		step    int
	}
	known, random := map[string]kept{}, rand.New(rand.NewPCG(3, 14))
	for step := range steps {
		key := fmt.Sprint(random.IntN(steps / 2))
		e := event(fmt.Sprintf("e%04d", step))
		e.Time = at(step)
		want := store.Receipt{EventID: e.ID, BodyDigest: [32]byte{byte(step), byte(step >> 8)}}
		a := store.Acceptance{Event: e, DedupKey: key, BodyDigest: want.BodyDigest}
		first, repeat := known[key]
		if got, kept, err := k.Lookup(k.Context(), e.Source, key); err != nil || kept != repeat || !reflect.DeepEqual(got, first.receipt) {
			k.Fatalf("step %d: Lookup(%s) = %+v, %v, %v, want %+v, %v", step, key, got, kept, err, first.receipt, repeat)
		}
		if repeat {
			want = first.receipt
		} else {
			known[key] = kept{store.Receipt{EventID: e.ID, BodyDigest: want.BodyDigest, Duplicate: true}, step}
		}
		if got, err := k.Accept(k.Context(), a); err != nil || !reflect.DeepEqual(got, want) {
			k.Fatalf("step %d: Accept under %s = %+v, %v, want %+v", step, key, got, err, want)
		}
		switch {
		case step%70 == 69:
			k.Store = k.harness.Reopen(k.T, k.Store)
		case step%150 == 149:
			// Every other time nothing is left, neither old nor new.
			bound := step - 100*(step/150%2)
			k.wantPrune(epoch, at(bound+1), steps, 0)
			for key, first := range known {
				if first.step <= bound {
					delete(known, key)
				}
			}
		}
	}
}

// keysInBulk accepts many keys at the same time, twice.
func keysInBulk(k *kit) {
	const callers, rounds = 64, 12
	for _, again := range []bool{false, true} {
		for round := range rounds {
			receipts := inParallel(k.T, callers, func(i int) (store.Receipt, error) {
				id := fmt.Sprintf("e%02d-%02d-%v", round, i, again)
				return k.Accept(k.Context(), store.Acceptance{
					Event: event(id), DedupKey: fmt.Sprintf("%02d-%02d", round, i), BodyDigest: [32]byte{byte(round)},
				})
			})
			for _, r := range receipts {
				if r.Duplicate != again || r.BodyDigest != [32]byte{byte(round)} {
					k.Fatalf("round %d, again %v: a receipt is %+v", round, again, r)
				}
			}
		}
		k.Store = k.harness.Reopen(k.T, k.Store)
	}
}
