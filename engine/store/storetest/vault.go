package storetest

import (
	"fmt"
	"reflect"

	"github.com/hookseal/hookseal/engine/store"
)

var vaultCases = []testCase{
	{
		name: "keeps the first",
		says: "KeepSealed stores a secret unless there is one of its name, and reports whether it did",
		run: func(k *kit) {
			v := k.vault()
			winners := []byte{}
			for _, won := range inParallel(k.T, 8, func(i int) (int, error) {
				kept, err := v.KeepSealed(k.Context(), store.Sealed{Name: "a", Key: "k1", Data: []byte{byte(i)}})
				if !kept {
					return -1, err
				}
				return i, err
			}) {
				if won >= 0 {
					winners = append(winners, byte(won))
				}
			}
			if len(winners) != 1 {
				k.Fatalf("%d were kept, want one", len(winners))
			}
			k.Store = k.harness.Reopen(k.T, k.Store)
			k.wantSealed(store.Sealed{Name: "a", Key: "k1", Data: winners})
		},
	},
	{
		name: "replaces what is as it is given",
		says: "ReplaceSealed reports whether old was still there as it is given",
		run: func(k *kit) {
			v := k.vault()
			first := store.Sealed{Name: "a\x00\xff", Key: "k1", Data: []byte{0, 1, 0xff}}
			other := store.Sealed{Name: "b", Key: "k1", Data: []byte{9}}
			next := store.Sealed{Name: first.Name, Key: "k2", Data: []byte{2}}
			for _, s := range []store.Sealed{other, first} {
				if kept, err := v.KeepSealed(k.Context(), s); err != nil || !kept {
					k.Fatalf("KeepSealed = %v, %v, want it kept", kept, err)
				}
			}
			k.wantSealed(first, other)
			k.wantReplaced(true, first, next)
			k.wantReplaced(false, first, next)
			k.wantReplaced(false, store.Sealed{Name: first.Name, Key: "k1", Data: next.Data}, first)
			k.wantReplaced(false, store.Sealed{Name: "c", Key: "k1", Data: []byte{9}}, other)
			k.Store = k.harness.Reopen(k.T, k.Store)
			k.wantSealed(next, other)
		},
	},
}

func (k *kit) vault() store.Vault {
	k.Helper()
	v, ok := k.Store.(store.Vault)
	if !ok {
		k.Skip("the store is no store.Vault")
	}
	return v
}

func (k *kit) wantReplaced(want bool, old, next store.Sealed) {
	k.Helper()
	if got, err := k.vault().ReplaceSealed(k.Context(), old, next); err != nil || got != want {
		k.Errorf("ReplaceSealed(%+v, %+v) = %v, %v, want %v", old, next, got, err, want)
	}
}

func (k *kit) wantSealed(want ...store.Sealed) {
	k.Helper()
	got, err := k.vault().Sealed(k.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		k.Errorf("Sealed = %s, %v, want %s", fmt.Sprintf("%+v", got), err, fmt.Sprintf("%+v", want))
	}
}
