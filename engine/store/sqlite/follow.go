package sqlite

import "slices"

// followRows is how many deliveries one transaction holds or makes due for an
// endpoint that was disabled or enabled: other calls wait no longer than for those.
const followRows = 1000

// follow has the deliveries of an endpoint follow its Disabled: the first of them
// in this transaction, and the others in transactions that the writer makes between
// the calls, until all have.
func (t *tx) follow(e *endpoint, now int64) error {
	n, err := t.followPart(e, now)
	if err != nil {
		return err
	}
	if n < t.followRows {
		now = never
	}
	return t.setFollowing(e, now)
}

// follows reports whether there is something to go on with.
func (w *writer) follows() bool { return w.book != nil && len(w.book.following) > 0 && !w.stuck }

// followOn makes a transaction of a part.
func (w *writer) followOn() {
	if err := w.transact(0, (*tx).followOn); err != nil {
		w.stuck = true
		w.log.Error("the deliveries of an endpoint that was disabled or enabled cannot follow it yet", "error", err)
	}
}

// followOn goes on with one of the endpoints whose deliveries have not followed.
func (t *tx) followOn() error {
	e := t.book.following[0]
	t.book.following = append(t.book.following[1:], e)
	return t.follow(e, e.following)
}

// setFollowing notes the moment at which an endpoint changed whose deliveries have
// not followed, never when all have.
func (t *tx) setFollowing(e *endpoint, since int64) error {
	if e.following == since {
		return nil
	}
	value := any(since)
	if since == never {
		value = nil
	}
	if _, err := t.exec("UPDATE endpoints SET following = ? WHERE seq = ?", value, e.seq); err != nil {
		return err
	}
	t.book.following = slices.DeleteFunc(t.book.following, func(other *endpoint) bool { return other == e })
	if e.following = since; since != never {
		t.book.following = append(t.book.following, e)
	}
	return nil
}

// followPart holds some of what is pending for an endpoint that is disabled, or
// makes some of what is held for one that is enabled due at a moment.
func (t *tx) followPart(e *endpoint, now int64) (int64, error) {
	if e.health.Disabled {
		return t.holdPart(e)
	}
	return t.resumePart(e, now)
}

const (
	selectPending = "SELECT id FROM deliveries WHERE endpoint = ? AND wake IS NOT NULL AND state = 0 LIMIT ?"
	selectHeld    = "SELECT id FROM deliveries WHERE endpoint = ? AND state = 2 ORDER BY id LIMIT ?"
)

func (t *tx) holdPart(e *endpoint) (int64, error) {
	n, err := t.exec("UPDATE deliveries SET state = 2, wake = NULL WHERE id IN ("+selectPending+")", e.seq, t.followRows)
	t.move(pending, held, n)
	return n, err
}

// resumePart takes the deliveries in the order of their IDs, in which they are then
// leased, since all of them are due at one moment.
func (t *tx) resumePart(e *endpoint, now int64) (n int64, err error) {
	orders := map[string]bool{}
	err = t.each(func(r *row) error {
		n++
		if key := r.text(); key != "" {
			orders[key] = true
		}
		return nil
	}, "UPDATE deliveries SET state = 0, due = ?, wake = CASE order_key WHEN '' THEN ? ELSE ? END WHERE id IN ("+selectHeld+
		") RETURNING order_key", now, now, noTurn, e.seq, t.followRows)
	if err != nil || n == 0 {
		return n, err
	}
	t.move(held, pending, n)
	e.wakeAt(now)
	for key := range orders {
		if err := t.giveTurn(e, key); err != nil {
			return n, err
		}
	}
	return n, nil
}
