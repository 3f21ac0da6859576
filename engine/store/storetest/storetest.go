// Package storetest proves that a store keeps the contract of [store.Store].
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Harness{Open: open, Reopen: reopen})
//	}
//
// A case that fails says which sentence of the contract it stands for.
package storetest

import (
	"testing"

	"github.com/hookseal/hookseal/engine/store"
)

// Harness makes the stores that are tested.
type Harness struct {
	// Open returns a store that is empty and shared with nobody. It is closed
	// when the test ends, by whoever opened it.
	Open func(t *testing.T) store.Store
	// Reopen closes a store that Open returned, as an orderly end of the
	// process would, and opens what it kept.
	Reopen func(t *testing.T, s store.Store) store.Store
}

// testCase is one sentence of the contract and the proof of it.
type testCase struct {
	name string
	says string
	run  func(k *kit)
}

// Run tests the stores that the harness makes, each case with one of its own.
func Run(t *testing.T, h Harness) {
	groups := map[string][]testCase{
		"Accept":      acceptCases,
		"Dedup":       dedupCases,
		"Keys":        keysCases,
		"Lookup":      lookupCases,
		"HandOut":     handOutCases,
		"Lease":       leaseCases,
		"Fair":        fairCases,
		"Extend":      extendCases,
		"Expand":      expandCases,
		"Settle":      settleCases,
		"Health":      healthCases,
		"Redeliver":   redeliverCases,
		"SetDisabled": disableCases,
		"Enable":      enableCases,
		"NextDue":     dueCases,
		"Query":       queryCases,
		"Prune":       pruneCases,
		"Keep":        keepCases,
		"Erase":       eraseCases,
		"Vault":       vaultCases,
		"Bytes":       bytesCases,
		"Lifecycle":   lifecycleCases,
		"Order":       orderCases,
		"Changes":     changeCases,
		"Hammer":      hammerCases,
	}
	for name, cases := range groups {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) { c.prove(t, h) })
			}
		})
	}
}

func (c testCase) prove(t *testing.T, h Harness) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the contract says: %s", c.says)
		}
	})
	c.run(&kit{T: t, Store: h.Open(t), harness: h})
}
