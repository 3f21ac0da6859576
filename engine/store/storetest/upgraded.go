package storetest

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Upgraded proves that a store keeps what an earlier version of it had stored,
// and works on with it. The store was made from a dump of an earlier schema, which
// holds ten events of one delivery each: number i was received i seconds after
// 2026-01-02 03:04:05.123456 UTC, has the dedup key "key-i", one attempt and, of
// the delivery states in their order, number i modulo 8. The third has an output.
func Upgraded(t *testing.T, s store.Store) {
	k := &kit{T: t, Store: s}
	k.wantCounts(map[webhook.DeliveryState]int64{
		webhook.Pending: 1, webhook.Running: 2, webhook.Held: 2, webhook.Delivered: 1,
		webhook.Dropped: 1, webhook.Failed: 1, webhook.Exhausted: 1, webhook.Canceled: 1,
	})
	states := []webhook.DeliveryState{
		webhook.Pending, webhook.Running, webhook.Held, webhook.Delivered,
		webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
	}
	for i := 1; i <= 10; i++ {
		k.wantUpgraded(i, states[i%len(states)])
	}
	if h := k.health("off"); !h.Disabled || h.Why != "by hand" || !h.Since.Equal(epoch) {
		k.Errorf("health of off = %+v, want it disabled", h)
	}
	if h := k.health("crm"); h.Disabled || h.Failures != 2 {
		k.Errorf("health of crm = %+v, want 2 failures", h)
	}

	// The first and ninth were running, the eighth pending.
	leases := k.take(at(3600), 10)
	if len(leases) != 3 {
		k.Fatalf("Lease = %v, want 3 deliveries", ids(leases))
	}
	for _, l := range leases {
		k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered})
	}
	k.mustErase("evt_03", 1)
	k.enable("off", at(3600))
	// All but the two that are pending now weigh too much.
	got, err := k.Prune(k.Context(), store.PruneRequest{Size: 1, Keys: at(5), Limit: 100})
	if want := (store.Pruned{Events: 8, Keys: 4}); err != nil || got != want {
		k.Errorf("Prune = %+v, %v, want %+v", got, err, want)
	}
	k.wantIDs(k.take(at(3600), 10), "dlv_02", "dlv_10")
	e := event("new")
	k.mustAccept(store.Acceptance{Event: e, DedupKey: "key-1"})
}

// wantUpgraded compares one event of the dump and what hangs on it.
func (k *kit) wantUpgraded(i int, state webhook.DeliveryState) {
	k.Helper()
	source := [...]string{"tables", "contracts"}[i%2]
	id, delivery := fmt.Sprintf("evt_%02d", i), fmt.Sprintf("dlv_%02d", i)
	e, err := k.Event(k.Context(), id)
	if err != nil {
		k.Fatalf("Event(%s): %v", id, err)
	}
	k.wantEvent(e, webhook.Event{
		ID: id, Source: source, Provider: "chaindoc", ProviderID: fmt.Sprintf("p-%d", i), Type: "document.signed",
		Time: at(i), Secret: "current", Candidate: "raw", Covers: webhook.Coverage(1),
		Header: http.Header{"Content-Type": {"application/json"}, "X-Raw": {"\xff\x00", "two"}},
		Body:   bytes.Repeat(fmt.Appendf(nil, "\x00\xffbody %d", i), i),
	})
	d := k.get(delivery)
	if d.State != state || d.EventID != id || d.Attempts != 1 || d.MessageID != id || !d.Due.Equal(at(i)) {
		k.Errorf("delivery %s = %+v, want it %s, due %v, after 1 attempt", delivery, d, state, at(i))
	}
	if i == 3 {
		k.wantOutput(delivery, d.Output, &webhook.Output{
			Type: "made.it", ContentType: "text/plain", Header: http.Header{"X-Part": {"1"}}, Body: []byte("made \xff"),
		})
	}
	k.wantAttempts(delivery, []webhook.Attempt{{
		Number: 1, At: epoch, Duration: 5 * time.Millisecond, Status: 500, Error: "no", Response: []byte("answer \xff"),
	}})
	want := store.Receipt{EventID: id, Duplicate: true, BodyDigest: [32]byte(bytes.Repeat([]byte{byte(i)}, 32))}
	if r, kept, err := k.Lookup(k.Context(), source, fmt.Sprintf("key-%d", i)); err != nil || !kept || !reflect.DeepEqual(r, want) {
		k.Errorf("Lookup of key %d = %+v, %v, %v, want %+v", i, r, kept, err, want)
	}
}
