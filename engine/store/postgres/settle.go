package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Settle ends leases; see [store.Store]. The settlements count in their order.
func (s *Store) Settle(ctx context.Context, settlements []store.Settlement) ([]webhook.Health, error) {
	for _, next := range settlements {
		if err := settleable(next); err != nil {
			return nil, fmt.Errorf("settle: %w", err)
		}
	}
	work := &settling{store: s, settlements: settlements, lock: lockFor(settlements, s.ordered.Load())}
	for {
		err := s.write(ctx, "settle", work.run)
		if errors.Is(err, errWeakLock) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return work.committed(), nil
	}
}

func settleable(s store.Settlement) error {
	if s.Next.State == webhook.Running {
		return fmt.Errorf("delivery %q cannot be settled as %s", s.Lease.Delivery, s.Next.State)
	}
	if _, err := stateNumber(s.Next.State); err != nil {
		return fmt.Errorf("delivery %q: %w", s.Lease.Delivery, err)
	}
	return nil
}

// errWeakLock undoes a settling that turned out to need a stronger lock.
// Changing one lock into another could leave two nodes waiting for each other.
var errWeakLock = errors.New("endpoint is locked too weakly")

// settling is a call of Settle.
type settling struct {
	store       *Store
	settlements []store.Settlement
	lock        lock

	// leases are those of the settlements that are running, by delivery.
	leases map[string]leased
	// before and after are the health of the endpoints by seq.
	before, after map[int32]webhook.Health
	due           map[int32]time.Time
}

func (w *settling) run(ctx context.Context, t *tx) error {
	w.leases = map[string]leased{}
	w.before, w.after, w.due = map[int32]webhook.Health{}, map[int32]webhook.Health{}, map[int32]time.Time{}
	ids := make([]string, len(w.settlements))
	for i, s := range w.settlements {
		ids[i] = encodeText(s.Lease.Delivery)
	}
	t.lockEndpointsOf(ids, w.lock, w.before)
	t.lockRunning(ids, w.leases)
	if err := t.flush(ctx); err != nil {
		return err
	}
	valid := w.valid()
	if need := w.applyHealth(valid); need > w.lock {
		w.lock = need
		return errWeakLock
	}
	w.settle(t, valid)
	w.disable(t)
	return nil
}

// valid returns the settlements whose lease is held. The first for a delivery
// ends its lease.
func (w *settling) valid() []*store.Settlement {
	var valid []*store.Settlement
	seen := map[string]bool{}
	for i := range w.settlements {
		s := &w.settlements[i]
		id := s.Lease.Delivery
		if d, ok := w.leases[id]; !ok || seen[id] || d.token != s.Lease.Token {
			continue
		}
		seen[id] = true
		valid = append(valid, s)
	}
	return valid
}

// applyHealth decides about the endpoints, and returns the lock that the changes
// need.
func (w *settling) applyHealth(valid []*store.Settlement) lock {
	need := lockNone
	for _, s := range valid {
		seq := w.leases[s.Lease.Delivery].endpoint
		was, ok := w.after[seq]
		if !ok {
			was = w.before[seq]
		}
		w.after[seq] = was.Apply(s.Next.Health, s.DisableAfter, s.Now.UTC())
		if s.Next.State == webhook.Pending {
			need = max(need, lockState)
		}
		// Turns are passed under a lock of the endpoint, which comes before those of
		// the deliveries.
		if w.leases[s.Lease.Delivery].orderKey != "" {
			w.store.ordered.Store(true)
			need = max(need, lockState)
		}
	}
	for seq, next := range w.after {
		switch was := w.before[seq]; {
		case next.Disabled != was.Disabled:
			need = lockFlip
		case next != was:
			need = max(need, lockHealth)
		}
	}
	return need
}

// settle queues the ends of the leases, after the health was applied: a delivery
// which disables its own endpoint is held with the others.
func (w *settling) settle(t *tx, valid []*store.Settlement) {
	var rows settleRows
	var ended []order
	for _, s := range valid {
		d := w.leases[s.Lease.Delivery]
		if s.Attempt != nil {
			d.attempts++
			d.tried++
			rows.made.of(d.day).add(s, d.tried)
		}
		// Settle has checked that the state is known.
		state, _ := stateNumber(s.Next.State)
		var due, wake *time.Time
		if state == pending {
			at := w.store.clock.toDatabase(s.Next.Due)
			due, wake = &at, &at
			if w.after[d.endpoint].Disabled {
				state, wake = held, nil
			} else {
				w.wakes(d.endpoint, at)
			}
		}
		t.move(d.day, running, state, 1)
		if s.Next.State.Final() {
			ended = append(ended, orderOf(d.endpoint, d.orderKey)...)
			rows.final.of(d.day).add(s, d, state, nil, nil)
		} else {
			rows.again.add(s, d, state, due, wake)
		}
	}
	t.endTurns(ended, func() { rows.queue(t) }, w.wakes)
}

// wakes notes that a delivery of an endpoint becomes due at a moment.
func (w *settling) wakes(seq int32, at time.Time) {
	if first, seen := w.due[seq]; !seen || at.Before(first) {
		w.due[seq] = at
	}
}

// disable queues the new health of the endpoints, and the holding of what is
// pending for those that are disabled thereby.
func (w *settling) disable(t *tx) {
	for _, seq := range w.endpoints() {
		next, was := w.after[seq], w.before[seq]
		if next == was {
			continue
		}
		t.setHealth(seq, was, next)
		if next.Disabled && !was.Disabled {
			t.holdPending(seq)
		}
	}
}

// endpoints returns those that were settled for, in the order of their locks.
func (w *settling) endpoints() []int32 {
	var list []int32
	for seq := range w.after {
		list = append(list, seq)
	}
	slices.Sort(list)
	return list
}

// committed tells this node what is due, and returns the health of the endpoints
// whose Disabled changed, ordered by name.
func (w *settling) committed() []webhook.Health {
	var changed []webhook.Health
	for _, seq := range w.endpoints() {
		h := w.after[seq]
		e := endpoint{seq: seq, name: h.Endpoint, disabled: h.Disabled}
		w.store.book.note(e)
		if due, ok := w.due[seq]; ok {
			w.store.book.wakeAt(e, due)
		}
		if h.Disabled != w.before[seq].Disabled {
			h.Since = h.Since.Truncate(time.Microsecond)
			h.FailingSince = h.FailingSince.Truncate(time.Microsecond)
			changed = append(changed, h)
		}
	}
	slices.SortFunc(changed, func(a, b webhook.Health) int { return strings.Compare(a.Endpoint, b.Endpoint) })
	return changed
}
