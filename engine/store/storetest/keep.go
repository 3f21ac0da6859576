package storetest

import (
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var keepCases = []testCase{
	{
		name: "nothing asked",
		says: "the zero request keeps everything",
		run: func(k *kit) {
			k.weighs("a", "s", 0, 10)
			k.wantPruned(store.PruneRequest{Limit: 10}, store.Pruned{}, "a")
		},
	},
	{
		name: "by source",
		says: "Default is for the events of every source that Sources does not name",
		run: func(k *kit) {
			for i := range 3 {
				k.weighs(fmt.Sprint("a", i), "often", i, 10)
				k.weighs(fmt.Sprint("b", i), "seldom", i, 10)
			}
			req := store.PruneRequest{
				Default: store.Keep{Events: at(2)}, Sources: map[string]store.Keep{"seldom": {Events: at(1)}}, Limit: 10,
			}
			k.wantPruned(req, store.Pruned{Events: 3}, "a2", "b1", "b2")
			req.Default, req.Sources["seldom"] = store.Keep{Events: at(100)}, store.Keep{}
			k.wantPruned(req, store.Pruned{Events: 1}, "b1", "b2")
		},
	},
	{
		name: "contents apart",
		says: "Bodies is the moment before which the content of events is removed: the bodies and header fields, outputs and responses; the rest stays",
		run:  keepContents,
	},
	{
		name: "size of a source",
		says: "Size is the most that the events of the source may weigh: the oldest go first, and what has an open delivery stays",
		run: func(k *kit) {
			k.owe("open", "crm", epoch) // its event is of the source contracts
			for i := range 5 {
				k.weighs(fmt.Sprint("a", i), "contracts", 5-i, 10_000)
				k.weighs(fmt.Sprint("b", i), "other", -i, 10_000)
			}
			most := 3*store.Weight(10_000) + store.Weight(100)
			req := store.PruneRequest{Sources: map[string]store.Keep{"contracts": {Size: most}}, Limit: 1}
			for range 2 {
				if got, err := k.Prune(k.Context(), req); err != nil || got.Events != 1 {
					k.Fatalf("Prune = %+v, %v, want 1 event", got, err)
				}
			}
			req.Limit = 10
			k.wantPruned(req, store.Pruned{}, "a0", "a1", "a2", "b0", "b1", "b2", "b3", "b4", "e-open")
			req.Sources["contracts"] = store.Keep{Size: 1}
			k.wantPruned(req, store.Pruned{Events: 3}, "b0", "b1", "b2", "b3", "b4", "e-open")
		},
	},
	{
		name: "size of all",
		says: "Size is the most that the events of all sources may weigh together: the oldest go first",
		run: func(k *kit) {
			for i := range 4 {
				k.weighs(fmt.Sprint("a", i), "a", 2*i, 5000)
				k.weighs(fmt.Sprint("b", i), "b", 2*i+1, 5000)
			}
			k.wantPruned(store.PruneRequest{Size: 8 * store.Weight(5000), Limit: 10}, store.Pruned{},
				"a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3")
			k.wantPruned(store.PruneRequest{Size: 5 * store.Weight(5000), Limit: 10}, store.Pruned{Events: 3}, "a2", "a3", "b1", "b2", "b3")
			k.Store = k.harness.Reopen(k.T, k.Store)
			k.wantPruned(store.PruneRequest{Size: 4*store.Weight(5000) + 1, Limit: 10}, store.Pruned{Events: 1}, "a2", "a3", "b2", "b3")
		},
	},
	{
		name: "a removed content weighs nothing",
		says: "an event counts for its body, and a fixed part for all that is kept beside it",
		run: func(k *kit) {
			k.weighs("a", "s", 0, 50_000)
			k.weighs("b", "s", 1, 50_000)
			if err := k.Erase(k.Context(), "b", at(2)); err != nil {
				k.Fatal(err)
			}
			k.wantPruned(store.PruneRequest{Default: store.Keep{Size: 52_100}, Limit: 10}, store.Pruned{}, "a", "b")
			k.wantPruned(store.PruneRequest{Now: at(3), Default: store.Keep{Bodies: at(1)}, Limit: 10}, store.Pruned{Bodies: 1}, "a", "b")
			k.wantPruned(store.PruneRequest{Default: store.Keep{Size: 2 * store.Weight(0)}, Limit: 10}, store.Pruned{}, "a", "b")
			k.wantPruned(store.PruneRequest{Default: store.Keep{Size: store.Weight(0)}, Limit: 10}, store.Pruned{Events: 1}, "b")
		},
	},
	{
		name: "too much and too old",
		says: "the events of all sources weigh what is left of them, whatever of them was removed at once",
		run: func(k *kit) {
			for i := range 4 {
				k.weighs(fmt.Sprint("e", i), "s", i, 10_000)
			}
			both := store.PruneRequest{Now: at(9), Size: 3 * store.Weight(10_000), Default: store.Keep{Bodies: at(2)}, Limit: 10}
			k.wantPruned(both, store.Pruned{Events: 1, Bodies: 1}, "e1", "e2", "e3")
			left := 2*store.Weight(10_000) + store.Weight(0)
			k.wantPruned(store.PruneRequest{Size: left, Limit: 10}, store.Pruned{}, "e1", "e2", "e3")
			k.wantPruned(store.PruneRequest{Size: left - 1, Limit: 10}, store.Pruned{Events: 1}, "e2", "e3")
		},
	},
	{
		name: "many sources and few at a time",
		says: "a part that reached the limit asks for another call",
		run: func(k *kit) {
			for i := range 30 {
				k.weighs(fmt.Sprintf("e%02d", i), fmt.Sprint("s", i%7), i, 100)
			}
			req := store.PruneRequest{Now: at(99), Default: store.Keep{Events: at(20), Bodies: at(25), Size: 1 << 20}, Limit: 4}
			events, bodies := 0, 0
			for calls := 0; ; calls++ {
				got, err := k.Prune(k.Context(), req)
				if err != nil || got.Events > 4 || got.Bodies > 4 || calls > 40 {
					k.Fatalf("call %d of Prune = %+v, %v, want 4 of each at most", calls, got, err)
				}
				events, bodies = events+got.Events, bodies+got.Bodies
				if got.Events < 4 && got.Bodies < 4 {
					break
				}
			}
			// Contents may go before their events.
			if events != 20 || bodies < 5 || bodies > 25 {
				k.Errorf("removed %d events and %d contents, want 20 and at least 5", events, bodies)
			}
		},
	},
}

// weighs stores an event of a source with a body of that size.
func (k *kit) weighs(id, source string, seconds, size int) {
	k.Helper()
	e := event(id)
	e.Source, e.Time, e.Body = source, at(seconds), make([]byte, size)
	k.mustAccept(store.Acceptance{Event: e})
}

// wantPruned compares what Prune says and what is left, by ID.
func (k *kit) wantPruned(req store.PruneRequest, want store.Pruned, left ...string) {
	k.Helper()
	got, err := k.Prune(k.Context(), req)
	if err != nil || got != want {
		k.Errorf("Prune = %+v, %v, want %+v", got, err, want)
	}
	events, err := k.Events(k.Context(), store.EventQuery{})
	if err != nil {
		k.Fatal(err)
	}
	ids := []string{}
	for i := range events {
		ids = append(ids, events[len(events)-1-i].ID)
	}
	if fmt.Sprint(ids) != fmt.Sprint(left) {
		k.Errorf("Events = %v, want %v", ids, left)
	}
}

func keepContents(k *kit) {
	k.owe("open", "crm", at(100))
	k.owe("done", "crm", epoch)
	l := k.takeOne(epoch)
	k.mustExpand(l.Ref, 1)
	k.mustSettle(store.Settlement{
		Lease: l.Ref, Next: webhook.Next{State: webhook.Exhausted, Error: "answered 500"}, Now: epoch,
		Attempt: &webhook.Attempt{At: epoch, Status: 500, Error: "no", Response: []byte("response")},
	})
	young := event("young")
	young.Time = at(50)
	k.mustAccept(store.Acceptance{Event: young})

	req := store.PruneRequest{Now: at(70), Default: store.Keep{Bodies: at(50)}, Limit: 10}
	k.wantPruned(req, store.Pruned{Bodies: 1}, "e-done", "e-open", "young")
	k.wantPruned(req, store.Pruned{}, "e-done", "e-open", "young")

	want := event("e-done")
	want.Header, want.Body = nil, nil
	got, err := k.Event(k.Context(), "e-done")
	if err != nil || !got.Erased.Equal(at(70)) {
		k.Errorf("Event = erased %v, %v, want %v", got.Erased, err, at(70))
	}
	k.wantEvent(got, want)
	if d := k.get("done"); d.Output != nil || d.LastError != "answered 500" || d.State != webhook.Exhausted {
		k.Errorf("Delivery = %+v, want it exhausted, with its error and without its output", d)
	}
	k.wantAttempts("done", []webhook.Attempt{{Number: 1, At: epoch, Status: 500, Error: "no"}})
	k.wantError("Redeliver", k.Redeliver(k.Context(), "done", at(80)), store.ErrErased)

	whole, err := k.Event(k.Context(), "e-open")
	if err != nil || !whole.Erased.IsZero() {
		k.Errorf("Event = erased %v, %v, want it whole", whole.Erased, err)
	}
	k.wantEvent(whole, event("e-open"))
	k.wantPruned(store.PruneRequest{Default: store.Keep{Events: at(50)}, Limit: 10}, store.Pruned{Events: 1}, "e-open", "young")
}
