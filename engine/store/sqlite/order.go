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
	openInOrder    = " FROM deliveries WHERE endpoint = ? AND order_key = ? AND order_key <> '' AND state IN (0, 1, 2)"
	selectOpen     = "SELECT 1" + openInOrder + " LIMIT 1"
	selectNext     = "SELECT id, due, wake" + openInOrder + " AND state = 0 ORDER BY id LIMIT 1"
	selectTurnless = "SELECT min(id) FROM deliveries WHERE endpoint = ? AND order_key <> '' AND state IN (0, 1, 2)" +
		" GROUP BY order_key HAVING min(wake) = ?"
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
func (t *tx) turnTaken(e *endpoint, key string) (taken bool, err error) {
	err = t.each(func(*row) error {
		taken = true
		return nil
	}, selectOpen, e.seq, key)
	return taken, err
}

// passTurn gives the turn to the next in an order, once the one that had it is
// final.
func (t *tx) passTurn(e *endpoint, key string) error {
	id, due, wake := "", int64(0), int64(0)
	err := t.each(func(r *row) error {
		id, due, wake = r.text(), r.int(), r.int()
		return nil
	}, selectNext, e.seq, key)
	if err != nil || wake != noTurn {
		return err
	}
	e.wakeAt(due)
	_, err = t.exec("UPDATE deliveries SET wake = ? WHERE id = ?", due, id)
	return err
}

// giveTurns gives the turn, at a moment, to the first of every order in which
// none has it.
func (t *tx) giveTurns(e *endpoint, now int64) error {
	e.wakeAt(now)
	_, err := t.exec("UPDATE deliveries SET wake = ? WHERE id IN ("+selectTurnless+")", now, e.seq, noTurn)
	return err
}
