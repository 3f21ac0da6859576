package sqlite

import (
	"context"
	"math"
	"time"

	"github.com/hookseal/hookseal/engine/internal/wakes"
	"github.com/hookseal/hookseal/engine/webhook"
)

// book is what the writer knows without asking: the endpoints, the number of the
// next event's row, and what it has leased. It is read anew after a transaction that failed.
type book struct {
	byName map[string]*endpoint
	bySeq  map[int64]*endpoint
	// wakes are the endpoints by a lower bound of the wake of their deliveries:
	// nothing wakes before it, never means that nothing wakes at all.
	wakes wakes.Queue[*endpoint]

	nextEvent int64
	// following are the endpoints whose deliveries have not all followed.
	following []*endpoint
	// running are running deliveries by their IDs, not all of them.
	running map[string]leased
}

// endpoint is a row of endpoints.
type endpoint struct {
	seq    int64
	health webhook.Health
	// following is when the endpoint was disabled or enabled, while some of its
	// deliveries have not followed; never when all have.
	following int64
	book      *book
	// item is the endpoint among the book's wakes.
	item *wakes.Item[*endpoint]
}

const never = wakes.Never

// wake is the bound.
func (e *endpoint) wake() int64 { return e.item.Wake() }

// wakeAt notes that a delivery of the endpoint wakes at a moment.
func (e *endpoint) wakeAt(wake int64) { e.book.wakes.Lower(e.item, wake) }

// nothing is the bound while nothing is known to wake: what follows the endpoint,
// when it was enabled, is due then.
func (e *endpoint) nothing() int64 {
	if e.health.Disabled {
		return never
	}
	return e.following
}

// setWake changes the bound.
func (e *endpoint) setWake(wake int64) { e.book.wakes.Set(e.item, wake) }

func readBook(c *conn) (*book, error) {
	b := &book{byName: map[string]*endpoint{}, bySeq: map[int64]*endpoint{}, running: map[string]leased{}}
	err := c.query(context.Background(), func(r *row) error {
		seq := r.int()
		e := &endpoint{seq: seq, health: scanHealth(r), following: r.int()}
		b.add(e, math.MinInt64)
		if e.following != never {
			b.following = append(b.following, e)
		}
		return nil
	}, "SELECT seq, "+healthColumns+", coalesce(following, ?) FROM endpoints ORDER BY seq", int64(never))
	if err != nil {
		return nil, err
	}
	b.nextEvent, err = c.number("SELECT coalesce(max(seq), 0) + 1 FROM events")
	return b, err
}

func (b *book) add(e *endpoint, wake int64) {
	b.byName[e.health.Endpoint], b.bySeq[e.seq] = e, e
	e.book, e.item = b, b.wakes.Add(e, wake)
}

const healthColumns = "name, disabled, why, since, failures, failing_since"

func scanHealth(r *row) webhook.Health {
	return webhook.Health{
		Endpoint:     r.text(),
		Disabled:     r.bool(),
		Why:          r.text(),
		Since:        r.time(),
		Failures:     int(r.int()),
		FailingSince: r.time(),
	}
}

// endpoint returns the endpoint of a name, and takes it up if it is new.
func (t *tx) endpoint(name string) (*endpoint, error) {
	if e, ok := t.book.byName[name]; ok {
		return e, nil
	}
	e := &endpoint{
		seq:       int64(t.book.wakes.Len()) + 1,
		health:    webhook.Health{Endpoint: name, Since: moment(micros(time.Time{})), FailingSince: moment(micros(time.Time{}))},
		following: never,
	}
	_, err := t.exec("INSERT INTO endpoints (seq, "+healthColumns+") VALUES (?, ?, 0, '', ?, 0, ?)",
		e.seq, name, micros(e.health.Since), micros(e.health.FailingSince))
	if err != nil {
		return nil, err
	}
	t.book.add(e, never)
	return e, nil
}

// setHealth keeps the health of an endpoint, and the change if its Disabled is
// another.
func (t *tx) setHealth(e *endpoint, h webhook.Health) error {
	h.Since, h.FailingSince = moment(micros(h.Since)), moment(micros(h.FailingSince))
	if h == e.health {
		return nil
	}
	disabled := int64(0)
	if h.Disabled {
		disabled = 1
	}
	since, failing := micros(h.Since), micros(h.FailingSince)
	_, err := t.exec("UPDATE endpoints SET disabled = ?, why = ?, since = ?, failures = ?, failing_since = ? WHERE seq = ?",
		disabled, h.Why, since, int64(h.Failures), failing, e.seq)
	if err == nil && h.Disabled != e.health.Disabled {
		_, err = t.exec("INSERT INTO changes (endpoint, disabled, why, since, failures, failing_since) VALUES (?, ?, ?, ?, ?, ?)",
			h.Endpoint, disabled, h.Why, since, int64(h.Failures), failing)
	}
	if err != nil {
		return err
	}
	e.health = h
	return nil
}
