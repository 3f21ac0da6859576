package sqlite

// noTurn is the wake of a pending delivery before which another of the same
// order is to be sent: the last day of the year 9999. Of the open deliveries to
// an endpoint with one order key, one has another wake.
const noTurn int64 = 253402214400_000000

// orderName is an order: an endpoint and a key.
type orderName struct {
	endpoint int64
	key      string
}

const (
	// The conditions are those of the index over orders.
	openInOrder = " FROM deliveries WHERE endpoint = ? AND order_key = ? AND order_key <> '' AND state IN (0, 1, 2)"
	selectOpen  = "SELECT 1" + openInOrder + " LIMIT 1"
	selectTaken = "SELECT 1" + openInOrder + " AND wake < ? LIMIT 1"
	selectNext  = "SELECT id, due, wake" + openInOrder + " AND state <> 1 ORDER BY id LIMIT 1"
)

// takeTurn gives a new delivery the turn, and is true if another has it. What
// was added in this transaction counts, though it may not be written yet.
func (t *tx) takeTurn(e *endpoint, key string) (taken bool, err error) {
	name := orderName{e.seq, key}
	if t.turns[name] {
		return true, nil
	}
	if taken, err = t.turnTaken(e, key); err != nil {
		return false, err
	}
	if t.turns == nil {
		t.turns = map[orderName]bool{}
	}
	t.turns[name] = true
	return taken, nil
}

// turnTaken reports whether something of an order is open.
func (t *tx) turnTaken(e *endpoint, key string) (bool, error) {
	return t.finds(selectOpen, e.seq, key)
}

// finds reports whether a query yields a row.
func (t *tx) finds(query string, args ...any) (found bool, err error) {
	err = t.each(func(*row) error {
		found = true
		return nil
	}, query, args...)
	return found, err
}

// next is the delivery whose turn comes next in an order. It waits for it unless it
// is held, and follows its endpoint soon, or has it already.
type next struct {
	id        string
	due, wake int64
}

func (t *tx) nextInOrder(e *endpoint, key string) (n next, err error) {
	err = t.each(func(r *row) error {
		n = next{id: r.text(), due: r.int(), wake: r.int()}
		return nil
	}, selectNext, e.seq, key)
	return n, err
}

// passTurn gives the turn to the next in an order, once the one that had it is
// final.
func (t *tx) passTurn(e *endpoint, key string) error {
	n, err := t.nextInOrder(e, key)
	if err != nil || n.wake != noTurn {
		return err
	}
	e.wakeAt(n.due)
	_, err = t.exec("UPDATE deliveries SET wake = ? WHERE id = ?", n.due, n.id)
	return err
}

// giveTurn gives the turn to the next in an order, unless one has it. It may read
// all that is open in the order, which [tx.passTurn] does not.
func (t *tx) giveTurn(e *endpoint, key string) error {
	n, err := t.nextInOrder(e, key)
	if err != nil || n.wake != noTurn {
		return err
	}
	if taken, err := t.finds(selectTaken, e.seq, key, noTurn); err != nil || taken {
		return err
	}
	return t.passTurn(e, key)
}
