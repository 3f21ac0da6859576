package sqlite

import (
	"context"
	"math"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// book is what the writer knows without asking: the endpoints, and the number
// of the next event's row. It is read anew after a transaction that failed.
type book struct {
	byName map[string]*endpoint
	bySeq  map[int64]*endpoint
	// ring are the endpoints in the order in which they are served, and turn
	// is whose turn it is.
	ring []*endpoint
	turn int

	nextEvent int64
}

// endpoint is a row of endpoints.
type endpoint struct {
	seq    int64
	health webhook.Health
	// wake is a lower bound of the wake of its deliveries: nothing wakes
	// before it. never means that nothing wakes at all.
	wake int64
}

const never = math.MaxInt64

// wakeAt notes that a delivery of the endpoint wakes at a moment.
func (e *endpoint) wakeAt(wake int64) { e.wake = min(e.wake, wake) }

func readBook(c *conn) (*book, error) {
	b := &book{byName: map[string]*endpoint{}, bySeq: map[int64]*endpoint{}}
	err := c.query(context.Background(), func(r *row) error {
		seq := r.int()
		b.add(&endpoint{seq: seq, health: scanHealth(r), wake: math.MinInt64})
		return nil
	}, "SELECT seq, "+healthColumns+" FROM endpoints ORDER BY seq")
	if err != nil {
		return nil, err
	}
	b.nextEvent, err = c.number("SELECT coalesce(max(seq), 0) + 1 FROM events")
	return b, err
}

func (b *book) add(e *endpoint) {
	b.byName[e.health.Endpoint], b.bySeq[e.seq] = e, e
	b.ring = append(b.ring, e)
}

const healthColumns = "name, disabled, why, since, failures"

func scanHealth(r *row) webhook.Health {
	return webhook.Health{
		Endpoint: r.text(),
		Disabled: r.bool(),
		Why:      r.text(),
		Since:    r.time(),
		Failures: int(r.int()),
	}
}

// endpoint returns the endpoint of a name, and takes it up if it is new.
func (t *tx) endpoint(name string) (*endpoint, error) {
	if e, ok := t.book.byName[name]; ok {
		return e, nil
	}
	e := &endpoint{
		seq:    int64(len(t.book.ring)) + 1,
		health: webhook.Health{Endpoint: name, Since: moment(micros(time.Time{}))},
		wake:   never,
	}
	_, err := t.exec("INSERT INTO endpoints (seq, "+healthColumns+") VALUES (?, ?, 0, '', ?, 0)",
		e.seq, name, micros(e.health.Since))
	if err != nil {
		return nil, err
	}
	t.book.add(e)
	return e, nil
}

// setHealth keeps the health of an endpoint.
func (t *tx) setHealth(e *endpoint, h webhook.Health) error {
	h.Since = moment(micros(h.Since))
	if h == e.health {
		return nil
	}
	disabled := int64(0)
	if h.Disabled {
		disabled = 1
	}
	_, err := t.exec("UPDATE endpoints SET disabled = ?, why = ?, since = ?, failures = ? WHERE seq = ?",
		disabled, h.Why, micros(h.Since), int64(h.Failures), e.seq)
	if err != nil {
		return err
	}
	e.health = h
	return nil
}
