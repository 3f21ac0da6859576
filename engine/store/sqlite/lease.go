package sqlite

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
)

// Lease hands out deliveries that are due; see [store.Store].
//
// Endpoints take turns: each gets its share of req.Max, what one does not use
// goes to the others, and the next call goes on where this one ran out. A
// delivery whose lease has ended while its endpoint was disabled is held. One whose
// event or output is not as it was stored is not handed out, and Failed.
func (s *Store) Lease(ctx context.Context, req store.LeaseRequest) ([]store.Lease, error) {
	if req.For <= 0 {
		return nil, fmt.Errorf("lease: duration is %v, want more than 0", req.For)
	}
	var leases []store.Lease
	var damaged []error
	err := s.write(ctx, "lease", func(t *tx) (err error) {
		leases, damaged, err = t.lease(req)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, damage := range damaged {
		s.writer.log.Error("a delivery fails, since it is not as it was stored", "error", damage)
	}
	return leases, nil
}

// share is what an endpoint may still be handed in a call.
type share struct {
	*endpoint
	capacity int
}

// lease returns what was wrong with the deliveries that failed, too.
func (t *tx) lease(req store.LeaseRequest) (leases []store.Lease, damaged []error, err error) {
	now, until := micros(req.Now), req.Now.Add(req.For)
	active, err := t.dueShares(req, now)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	left := req.Max
	for left > 0 && len(active) > 0 {
		each := max(1, left/len(active))
		var more []share
		first := len(ids)
		for _, s := range active {
			want := min(each, s.capacity, left)
			if want == 0 {
				break
			}
			got, err := t.leaseFrom(s.endpoint, want, now, micros(until))
			if err != nil {
				return nil, nil, err
			}
			t.book.wakes.Served(s.item)
			ids = append(ids, got...)
			left -= len(got)
			s.capacity -= len(got)
			if len(got) == want && s.capacity > 0 {
				more = append(more, s)
			}
		}
		if err := t.run(ids[first:], micros(until)); err != nil {
			return nil, nil, err
		}
		active = more
	}
	return t.loadLeases(ids, until)
}

// dueShares returns the endpoints that have something due and may be handed it,
// beginning with the one whose turn it is.
func (t *tx) dueShares(req store.LeaseRequest, now int64) ([]share, error) {
	var due []share
	for _, item := range t.book.wakes.Due(now) {
		e := item.Value
		if e.health.Disabled {
			if err := t.holdEnded(e, now); err != nil {
				return nil, err
			}
			continue
		}
		if capacity := req.CapacityOf(e.health.Endpoint); capacity > 0 {
			due = append(due, share{endpoint: e, capacity: capacity})
		}
	}
	return due, nil
}

const (
	selectWaking = "SELECT id, wake, state FROM deliveries WHERE endpoint = ? AND wake IS NOT NULL ORDER BY wake, id LIMIT 0 + ?"
	updateEnded  = "UPDATE deliveries SET state = 2, wake = NULL WHERE endpoint = ? AND wake <= ?"
)

// leaseFrom picks up to n deliveries of the endpoint, oldest due first, which are
// then to be run. It reads one more than it needs, to know when the next wakes.
func (t *tx) leaseFrom(e *endpoint, n int, now, until int64) (ids []string, err error) {
	e.setWake(e.nothing())
	err = t.each(func(r *row) error {
		id, wake, state := r.text(), r.int(), r.int()
		if len(ids) == n || wake > now {
			e.wakeAt(wake)
			return nil
		}
		ids = append(ids, id)
		t.move(state, running, 1)
		return nil
	}, selectWaking, e.seq, int64(n)+1)
	if len(ids) > 0 {
		e.wakeAt(until)
	}
	return ids, err
}

// run marks deliveries running until a moment.
func (t *tx) run(ids []string, until int64) error {
	return chunks(ids, func(group []any) error {
		_, err := t.exec("UPDATE deliveries SET state = 1, wake = ?, leases = leases + 1 WHERE id IN ("+
			placeholders(len(group))+")", append([]any{until}, group...)...)
		return err
	})
}

// holdEnded holds the deliveries of a disabled endpoint whose lease has ended. What
// is pending and has yet to follow does so by itself.
func (t *tx) holdEnded(e *endpoint, now int64) error {
	if e.following != never {
		return nil
	}
	n, err := t.exec(updateEnded, e.seq, now)
	if err != nil {
		return err
	}
	t.move(running, held, n)
	t.book.forgetRunning(func(d leased) bool { return d.endpoint == e })
	_, err = t.findWake(e)
	return err
}
