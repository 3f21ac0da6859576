package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// order is a row of deliveries, one after the other: those to an endpoint with
// one key. Of those that are open one has the turn, and the others wake at
// [noTurn].
type order struct {
	endpoint int32
	key      string
}

// noTurn is the wake of a pending delivery before which another of its order is
// to be sent.
func noTurn() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

// orderOf returns the order of a delivery, none if it is in none.
func orderOf(endpoint int32, key string) []order {
	if key == "" {
		return nil
	}
	return []order{{endpoint, key}}
}

// lock is the key of the advisory lock under which turns are given. Two orders
// that share it merely wait for each other.
func (o order) lock() int64 {
	b := binary.BigEndian.AppendUint32(nil, uint32(o.endpoint))
	sum := sha256.Sum256(append(b, o.key...))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// turns are the orders in which nobody has the turn.
type turns map[order]bool

// take reports whether a delivery has the turn, which the next of its order then
// has not. One that is in no order always has.
func (t turns) take(endpoint int32, key string) bool {
	if key == "" {
		return true
	}
	o := order{endpoint, key}
	free := t[o]
	delete(t, o)
	return free
}

// columns returns orders, each once, as the arrays of a statement.
func columns(orders []order) (endpoints []int32, keys []string) {
	orders = slices.Clone(orders)
	slices.SortFunc(orders, func(a, b order) int {
		return cmp.Or(cmp.Compare(a.endpoint, b.endpoint), cmp.Compare(a.key, b.key))
	})
	for _, o := range slices.Compact(orders) {
		endpoints, keys = append(endpoints, o.endpoint), append(keys, encodeText(o.key))
	}
	return endpoints, keys
}

// lockOrders queues the locking of orders, until the transaction ends: who adds
// to one must see whether the last before it is final, and who ends that must see
// what was added. Endpoints and deliveries are locked before.
func (t *tx) lockOrders(orders []order) {
	keys := make([]int64, len(orders))
	for i, o := range orders {
		keys[i] = o.lock()
	}
	slices.Sort(keys)
	t.queue("SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k", slices.Compact(keys))
}

// openInOrder has the conditions of the index over orders.
const openInOrder = " FROM hookseal.open WHERE endpoint = o.endpoint AND order_key = o.key AND order_key <> ''"

// freeTurns locks orders, and returns those in which none is open.
func (t *tx) freeTurns(ctx context.Context, orders []order) (turns, error) {
	if len(orders) == 0 {
		return nil, nil
	}
	t.lockOrders(orders)
	free := turns{}
	endpoints, keys := columns(orders)
	t.queue("SELECT o.endpoint, o.key FROM unnest($1::integer[], $2::text[]) o(endpoint, key)"+
		" WHERE NOT EXISTS (SELECT 1"+openInOrder+")", endpoints, keys).Query(func(rows pgx.Rows) error {
		return each(rows, func() error {
			var o order
			err := rows.Scan(&o.endpoint, text{&o.key})
			free[o] = true
			return err
		})
	})
	return free, t.flush(ctx)
}

// endTurns queues end, by which the deliveries that have the turn in some orders
// become final, and the passing of the turn to the next of each. woke is called
// for those, and counts once the transaction is committed.
func (t *tx) endTurns(orders []order, end func(), woke func(endpoint int32, at time.Time)) {
	if len(orders) == 0 {
		end()
		return
	}
	endpoints, keys := columns(orders)
	// Whoever enables an endpoint gives turns, too.
	t.queue("SELECT seq FROM hookseal.endpoints WHERE seq = ANY($1::integer[]) ORDER BY seq"+lockState.clause(), endpoints)
	t.lockOrders(orders)
	end()
	t.queue("UPDATE hookseal.open d SET wake = d.due FROM (SELECT n.id"+
		" FROM unnest($1::integer[], $2::text[]) o(endpoint, key) CROSS JOIN LATERAL"+
		" (SELECT id"+openInOrder+" AND state = 0 ORDER BY id LIMIT 1) n) n"+
		" WHERE d.id = n.id AND d.wake = $3 RETURNING d.endpoint, d.due", endpoints, keys, noTurn()).
		Query(func(rows pgx.Rows) error {
			return each(rows, func() error {
				var seq int32
				var at time.Time
				if err := rows.Scan(&seq, &at); err != nil {
					return err
				}
				woke(seq, at)
				return nil
			})
		})
}

// giveTurns queues the giving of the turn, at a moment, to the first of every
// order of an endpoint in which none has it. The endpoint is locked.
func (t *tx) giveTurns(seq int32, now time.Time) {
	t.queue("UPDATE hookseal.open SET wake = $2 WHERE id IN (SELECT min(id) FROM hookseal.open"+
		" WHERE endpoint = $1 AND order_key <> '' GROUP BY order_key HAVING min(wake) = $3)", seq, now, noTurn())
}
