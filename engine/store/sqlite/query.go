package sqlite

import (
	"context"
	"strings"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// filter builds the end of a query from those conditions that are asked for.
type filter struct {
	terms []string
	args  []any
}

func (f *filter) where(term string, args ...any) {
	f.terms = append(f.terms, term)
	f.args = append(f.args, args...)
}

// text adds a condition unless its value is empty.
func (f *filter) text(term, value string) {
	if value != "" {
		f.where(term, value)
	}
}

func (f *filter) end(order string, limit int) (string, []any) {
	where := ""
	if len(f.terms) > 0 {
		where = " WHERE " + strings.Join(f.terms, " AND ")
	}
	if limit <= 0 {
		limit = -1
	}
	return where + " ORDER BY " + order + " LIMIT ?", append(f.args, int64(limit))
}

// Event returns one event, or [store.ErrNotFound].
func (s *Store) Event(ctx context.Context, id string) (webhook.Event, error) {
	var found []webhook.Event
	err := s.read(ctx, "event "+id, func(c *conn) error {
		err := c.query(ctx, func(r *row) error {
			e, err := scanWholeEvent(r)
			found = append(found, e)
			return err
		}, "SELECT "+eventColumns+", body, sum FROM events WHERE id = ?", id)
		return oneOf(found, err)
	})
	if err != nil {
		return webhook.Event{}, err
	}
	return found[0], nil
}

// Events lists events, newest first, without their bodies.
func (s *Store) Events(ctx context.Context, q store.EventQuery) ([]webhook.Event, error) {
	var f filter
	f.text("source = ?", q.Source)
	f.text("type = ?", q.Type)
	f.text("id < ?", q.Before)
	end, args := f.end("id DESC", q.Limit)
	var events []webhook.Event
	err := s.read(ctx, "list events", func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			e, err := scanEvent(r)
			events = append(events, e)
			return err
		}, "SELECT "+eventColumns+" FROM events"+end, args...)
	})
	return events, err
}

// Delivery returns one delivery, or [store.ErrNotFound].
func (s *Store) Delivery(ctx context.Context, id string) (webhook.Delivery, error) {
	var found []webhook.Delivery
	err := s.read(ctx, "delivery "+id, func(c *conn) error {
		err := c.query(ctx, func(r *row) error {
			d, header, err := scanDeliveryFields(r)
			if err == nil {
				err = readOutput(r, d.Output, header)
			}
			found = append(found, d)
			return err
		}, "SELECT "+deliveryOf+", o.body, o.sum"+deliveryJoin+" WHERE d.id = ?", id)
		return oneOf(found, err)
	})
	if err != nil {
		return webhook.Delivery{}, err
	}
	return found[0], nil
}

func oneOf[T any](found []T, err error) error {
	if err == nil && len(found) == 0 {
		return store.ErrNotFound
	}
	return err
}

// Deliveries lists deliveries, newest first, without their outputs' bodies.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]webhook.Delivery, error) {
	var f filter
	f.text("d.event = (SELECT seq FROM events WHERE id = ?)", q.Event)
	f.text("d.endpoint = (SELECT seq FROM endpoints WHERE name = ?)", q.Endpoint)
	if q.State != "" {
		term, err := stateTerm(q.State)
		if err != nil {
			return nil, err
		}
		f.where(term)
	}
	f.text("d.id < ?", q.Before)
	end, args := f.end("d.id DESC", q.Limit)
	var deliveries []webhook.Delivery
	err := s.read(ctx, "list deliveries", func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			d, err := scanDelivery(r)
			deliveries = append(deliveries, d)
			return err
		}, "SELECT "+deliveryOf+deliveryJoin+end, args...)
	})
	return deliveries, err
}

// stateTerm selects a state in words from which SQLite sees that a partial
// index holds it.
func stateTerm(s webhook.DeliveryState) (string, error) {
	number, err := stateNumber(s)
	term := "d.state = " + string('0'+rune(number))
	switch number {
	case pending, running:
		return term + " AND d.wake IS NOT NULL", err
	case delivered:
		return term, err
	}
	return term + " AND d.state NOT IN (0, 1, 3)", err
}

// Attempts returns the attempts of a delivery in order, none for one that is
// not kept.
func (s *Store) Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error) {
	var attempts []webhook.Attempt
	err := s.read(ctx, "attempts of delivery "+delivery, func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			attempts = append(attempts, scanAttempt(r))
			return nil
		}, "SELECT "+attemptColumns+" FROM attempts WHERE delivery = ? ORDER BY number", delivery)
	})
	return attempts, err
}

// Counts returns how many deliveries are in each state, every state listed.
func (s *Store) Counts(ctx context.Context) (map[webhook.DeliveryState]int64, error) {
	counts := map[webhook.DeliveryState]int64{}
	err := s.read(ctx, "count deliveries", func(c *conn) error {
		return c.query(ctx, func(r *row) error {
			state, err := stateName(r.int())
			counts[state] = r.int()
			return err
		}, "SELECT state, n FROM counts")
	})
	return counts, err
}
