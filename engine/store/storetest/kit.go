package storetest

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// epoch is when the tests take place.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.UTC)

// at returns the moment so many seconds after epoch.
func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// kit is a store under test, with the steps that cases are made of. A step that
// the store refuses ends the case.
type kit struct {
	*testing.T
	store.Store
	harness Harness
}

// event returns an event that was received at epoch.
func event(id string) webhook.Event {
	return webhook.Event{
		ID: id, Source: "contracts", Provider: "chaindoc", ProviderID: "p-" + id, Type: "document.signed", Time: epoch,
		Header: http.Header{"Content-Type": {"application/json"}, "X-Many": {"one", "two"}},
		Body:   []byte(`{"id":"` + id + `"}`), Secret: "current", Candidate: "raw",
		Covers: webhook.CoversBody | webhook.CoversTime,
	}
}

// delivery returns a delivery of an event, due at a moment.
func delivery(id, event, endpoint string, due time.Time) webhook.Delivery {
	return webhook.Delivery{
		ID: id, MessageID: event, EventID: event, Subscription: "sub", Endpoint: endpoint, Transform: "t.js",
		State: webhook.Pending, Due: due, Created: epoch,
	}
}

// mustAccept stores an acceptance that is no duplicate.
func (k *kit) mustAccept(a store.Acceptance) {
	k.Helper()
	r, err := k.Accept(k.Context(), a)
	if err != nil || r.Duplicate {
		k.Fatalf("Accept(%s) = %+v, %v, want it stored", a.Event.ID, r, err)
	}
}

// owe stores an event "e-ID" with one delivery ID.
func (k *kit) owe(id, endpoint string, due time.Time) {
	k.Helper()
	k.mustAccept(store.Acceptance{
		Event: event("e-" + id), Deliveries: []webhook.Delivery{delivery(id, "e-"+id, endpoint, due)},
	})
}

// take leases up to n deliveries at a moment, for a minute.
func (k *kit) take(now time.Time, n int) []store.Lease {
	k.Helper()
	leases, err := k.Lease(k.Context(), store.LeaseRequest{Now: now, For: time.Minute, Max: n, Default: n})
	if err != nil {
		k.Fatalf("Lease: %v", err)
	}
	return leases
}

// takeOne leases the only delivery that is due.
func (k *kit) takeOne(now time.Time) store.Lease {
	k.Helper()
	leases := k.take(now, 10)
	if len(leases) != 1 {
		k.Fatalf("Lease = %v, want one delivery", ids(leases))
	}
	return leases[0]
}

// settleAs ends a lease with an attempt of that outcome.
func (k *kit) settleAs(ref store.LeaseRef, next webhook.Next) []webhook.Health {
	k.Helper()
	return k.mustSettle(store.Settlement{Lease: ref, Next: next, Attempt: &webhook.Attempt{At: epoch, Status: 500}, Now: epoch})
}

func (k *kit) mustSettle(settlements ...store.Settlement) []webhook.Health {
	k.Helper()
	changed, err := k.Settle(k.Context(), settlements)
	if err != nil {
		k.Fatalf("Settle: %v", err)
	}
	return changed
}

// finish owes a delivery and brings it to a final state.
func (k *kit) finish(id, endpoint string, state webhook.DeliveryState) {
	k.Helper()
	k.owe(id, endpoint, epoch)
	for _, l := range k.take(epoch, 1000) {
		if l.Delivery.ID == id {
			k.settleAs(l.Ref, webhook.Next{State: state, Error: "because"})
			return
		}
	}
	k.Fatalf("delivery %q was not handed out", id)
}

func (k *kit) disable(endpoint string, now time.Time) webhook.Health {
	k.Helper()
	h, err := k.SetDisabled(k.Context(), endpoint, true, "by hand", now)
	if err != nil {
		k.Fatalf("SetDisabled(%s, true): %v", endpoint, err)
	}
	return h
}

func (k *kit) enable(endpoint string, now time.Time) webhook.Health {
	k.Helper()
	h, err := k.SetDisabled(k.Context(), endpoint, false, "", now)
	if err != nil {
		k.Fatalf("SetDisabled(%s, false): %v", endpoint, err)
	}
	return h
}

func (k *kit) get(id string) webhook.Delivery {
	k.Helper()
	d, err := k.Delivery(k.Context(), id)
	if err != nil {
		k.Fatalf("Delivery(%s): %v", id, err)
	}
	return d
}

// wantState compares the states of deliveries.
func (k *kit) wantState(want webhook.DeliveryState, deliveries ...string) {
	k.Helper()
	for _, id := range deliveries {
		if got := k.get(id).State; got != want {
			k.Errorf("state of %s = %s, want %s", id, got, want)
		}
	}
}

// wantCounts compares the counts that are not zero.
func (k *kit) wantCounts(want map[webhook.DeliveryState]int64) {
	k.Helper()
	got, err := k.Counts(k.Context())
	if err != nil {
		k.Fatalf("Counts: %v", err)
	}
	for state, n := range got {
		if n == 0 {
			delete(got, state)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		k.Errorf("Counts = %v, want %v", got, want)
	}
}

// wantError checks that err is one of the contract.
func (k *kit) wantError(call string, err, want error) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s = %v, want %v", call, err, want)
	}
}

// wantIDs compares leased deliveries in order.
func (k *kit) wantIDs(got []store.Lease, want ...string) {
	k.Helper()
	if fmt.Sprint(ids(got)) != fmt.Sprint(want) {
		k.Errorf("Lease = %v, want %v", ids(got), want)
	}
}

func ids(leases []store.Lease) []string {
	list := []string{}
	for _, l := range leases {
		list = append(list, l.Delivery.ID)
	}
	return list
}
