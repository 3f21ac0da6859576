package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	var changed []webhook.Health
	err := s.write(ctx, "settle", func(t *tx) (err error) {
		changed, err = t.settle(settlements)
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
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

func (t *tx) settle(settlements []store.Settlement) ([]webhook.Health, error) {
	ids := make([]string, len(settlements))
	for i := range settlements {
		ids[i] = settlements[i].Lease.Delivery
	}
	if err := t.learnRunning(ids); err != nil {
		return nil, err
	}
	before := map[*endpoint]webhook.Health{}
	rows := settled{attempts: t.insert("attempts", "delivery, "+attemptColumns)}
	for i := range settlements {
		s := &settlements[i]
		d, ok := t.book.running[s.Lease.Delivery]
		if !ok || d.token != s.Lease.Token {
			continue
		}
		delete(t.book.running, s.Lease.Delivery)
		if _, seen := before[d.endpoint]; !seen {
			before[d.endpoint] = d.endpoint.health
		}
		if err := t.settleOne(s, d, &rows); err != nil {
			return nil, fmt.Errorf("delivery %q: %w", s.Lease.Delivery, err)
		}
	}
	return changedHealth(before), rows.flush(t)
}

// settled gathers what settlements write and nothing of their batch reads.
type settled struct {
	attempts *inserter
	// delivered are deliveries that ended with an attempt that succeeded.
	delivered []string
}

const updateDelivered = "UPDATE deliveries SET state = 3, wake = NULL, attempts = attempts + 1, tried = tried + 1, last_error = '' WHERE id IN"

func (s *settled) flush(t *tx) error {
	err := chunks(s.delivered, func(group []any) error {
		_, err := t.exec(updateDelivered+" ("+placeholders(len(group))+")", group...)
		return err
	})
	if err != nil {
		return err
	}
	return s.attempts.flush()
}

// settleOne applies the health first, so that a delivery which disables its own
// endpoint is held with the others.
func (t *tx) settleOne(s *store.Settlement, d leased, rows *settled) error {
	e := d.endpoint
	was := e.health.Disabled
	if err := t.setHealth(e, e.health.Apply(s.Next.Health, s.DisableAfter, s.Now)); err != nil {
		return err
	}
	if e.health.Disabled && !was {
		if err := t.follow(e, micros(s.Now)); err != nil {
			return err
		}
	}
	if s.Attempt != nil {
		d.attempts++
		d.tried++
		addAttempt(rows.attempts, s.Lease.Delivery, d.tried, s.Attempt)
	}
	if s.Next.State == webhook.Delivered && s.Attempt != nil && s.Next.Error == "" && d.orderKey == "" {
		t.move(running, delivered, 1)
		rows.delivered = append(rows.delivered, s.Lease.Delivery)
		return nil
	}
	return t.leave(s, d)
}

// leave brings a running delivery to the state in which a settlement leaves it.
func (t *tx) leave(s *store.Settlement, d leased) error {
	state, err := stateNumber(s.Next.State)
	if err != nil {
		return err
	}
	due, wake := any(nil), any(nil)
	if state == pending {
		due = micros(s.Next.Due)
		state, wake = t.due(d.endpoint, micros(s.Next.Due))
	}
	t.move(running, state, 1)
	_, err = t.exec("UPDATE deliveries SET state = ?, due = coalesce(?, due), wake = ?, attempts = ?, tried = ?, last_error = ? WHERE id = ?",
		state, due, wake, d.attempts, d.tried, s.Next.Error, s.Lease.Delivery)
	if err == nil && d.orderKey != "" && s.Next.State.Final() {
		err = t.passTurn(d.endpoint, d.orderKey)
	}
	return err
}

const attemptColumns = "number, at, duration, status, error, retry_after, response"

func addAttempt(rows *inserter, delivery string, number int64, a *webhook.Attempt) {
	rows.add(delivery, number, micros(a.At), int64(a.Duration), int64(a.Status), a.Error, int64(a.RetryAfter), a.Response)
}

// changedHealth returns the health of the endpoints whose Disabled is not what
// it was, ordered by name.
func changedHealth(before map[*endpoint]webhook.Health) []webhook.Health {
	var changed []webhook.Health
	for e, was := range before {
		if e.health.Disabled != was.Disabled {
			changed = append(changed, e.health)
		}
	}
	slices.SortFunc(changed, func(a, b webhook.Health) int { return strings.Compare(a.Endpoint, b.Endpoint) })
	return changed
}
