package storetest

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var lifecycleCases = []testCase{
	{
		name: "ping",
		says: "Ping reports whether the store can commit",
		run: func(k *kit) {
			if err := k.Ping(k.Context()); err != nil {
				k.Errorf("Ping = %v, want nil", err)
			}
		},
	},
	{
		name: "after Close",
		says: "ErrClosed reports a call after Close",
		run:  afterClose,
	},
	{
		name: "Close waits for running calls",
		says: "Close waits for running calls and frees the store",
		run:  closeWaits,
	},
	{
		name: "persistence",
		says: "a method that changes something has made the change durable before it returns nil",
		run:  persistence,
	},
}

func afterClose(k *kit) {
	k.owe("d1", "crm", epoch)
	if err := k.Close(); err != nil {
		k.Fatalf("Close: %v", err)
	}
	ctx, ref := k.Context(), store.LeaseRef{Delivery: "d1", Token: "1"}
	for name, call := range map[string]func() error{
		"Accept":      func() error { _, err := k.Accept(ctx, store.Acceptance{Event: event("e1")}); return err },
		"Lookup":      func() error { _, _, err := k.Lookup(ctx, "contracts", "key"); return err },
		"Lease":       func() error { _, err := k.Lease(ctx, store.LeaseRequest{For: 1, Max: 1}); return err },
		"Extend":      func() error { return k.Extend(ctx, ref, epoch) },
		"Expand":      func() error { _, err := k.Expand(ctx, ref, nil, ""); return err },
		"Settle":      func() error { _, err := k.Settle(ctx, nil); return err },
		"NextDue":     func() error { _, err := k.NextDue(ctx); return err },
		"Redeliver":   func() error { return k.Redeliver(ctx, "d1", epoch) },
		"SetDisabled": func() error { _, err := k.SetDisabled(ctx, "crm", true, "", epoch); return err },
		"Health":      func() error { _, err := k.Health(ctx); return err },
		"Event":       func() error { _, err := k.Event(ctx, "e1"); return err },
		"Events":      func() error { _, err := k.Events(ctx, store.EventQuery{}); return err },
		"Delivery":    func() error { _, err := k.Delivery(ctx, "d1"); return err },
		"Deliveries":  func() error { _, err := k.Deliveries(ctx, store.DeliveryQuery{}); return err },
		"Attempts":    func() error { _, err := k.Attempts(ctx, "d1"); return err },
		"Counts":      func() error { _, err := k.Counts(ctx); return err },
		"Prune":       func() error { _, err := k.Prune(ctx, store.PruneRequest{Keys: epoch, Limit: 1}); return err },
		"Erase":       func() error { return k.Erase(ctx, "e1", epoch) },
		"Ping":        func() error { return k.Ping(ctx) },
	} {
		k.wantError(name+" after Close", call(), store.ErrClosed)
	}
}

// closeWaits closes while calls are running: each of them either did what it
// says, and the store that is opened next knows it, or says that it is closed.
func closeWaits(k *kit) {
	const callers = 32
	type answer struct {
		id  string
		err error
	}
	answers := make(chan answer, callers)
	for i := range callers {
		id := string(rune('A' + i))
		go func() {
			_, err := k.Accept(context.WithoutCancel(k.Context()), store.Acceptance{Event: event(id)})
			answers <- answer{id, err}
		}()
	}
	first := <-answers
	reopened := k.harness.Reopen(k.T, k.Store)
	for i := range callers {
		got := first
		if i > 0 {
			got = <-answers
		}
		if got.err != nil {
			if !errors.Is(got.err, store.ErrClosed) {
				k.Errorf("Accept beside Close = %v, want nil or ErrClosed", got.err)
			}
			continue
		}
		if _, err := reopened.Event(k.Context(), got.id); err != nil {
			k.Errorf("Event(%s), which was accepted before Close, = %v", got.id, err)
		}
	}
}

func persistence(k *kit) {
	k.owe("expanded", "crm", epoch)
	running := k.takeOne(epoch)
	k.mustExpand(running.Ref, 2)
	k.settleAs(k.takeOne(epoch).Ref, webhook.Next{State: webhook.Delivered})
	k.finish("done", "erp", webhook.Exhausted)
	k.mustAccept(store.Acceptance{Event: event("keyed"), DedupKey: "key", BodyDigest: [32]byte{9}})
	k.disable("off", at(5))
	k.owe("held", "off", epoch)
	k.owe("later", "erp", at(20))

	type kept struct{ expanded, done, held, later webhook.Delivery }
	read := func() kept { return kept{k.get("expanded"), k.get("done"), k.get("held"), k.get("later")} }
	before, health := read(), k.health("off")
	counts, err := k.Counts(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	k.Store = k.harness.Reopen(k.T, k.Store)

	after := read()
	k.wantDelivery(after.expanded, before.expanded)
	k.wantDelivery(after.done, before.done)
	k.wantDelivery(after.held, before.held)
	k.wantDelivery(after.later, before.later)
	k.wantAttempts("done", []webhook.Attempt{{At: epoch, Status: 500}})
	if got := k.health("off"); got != health {
		k.Errorf("Health = %+v, want %+v", got, health)
	}
	for state, n := range counts {
		if n == 0 {
			delete(counts, state)
		}
	}
	k.wantCounts(counts)
	r, err := k.Accept(k.Context(), store.Acceptance{Event: event("repeat"), DedupKey: "key"})
	if want := (store.Receipt{EventID: "keyed", Duplicate: true, BodyDigest: [32]byte{9}}); err != nil || !reflect.DeepEqual(r, want) {
		k.Errorf("Accept of a repeat = %+v, %v, want %+v", r, err, want)
	}
	// A store that one process has to itself may end the leases of the last one,
	// so that they are due at once; nobody else holds them yet.
	if err := k.Extend(k.Context(), running.Ref, at(30)); err != nil {
		k.Errorf("Extend of a lease from before = %v, want it still held", err)
	}
	k.wantNextDue(20)
	k.owe("new", "erp", at(25))
	k.wantIDs(k.take(at(29).Add(time.Second-1), 10), "later", "new")
}
