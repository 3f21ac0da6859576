package sqlite

import (
	"fmt"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// loaded is a delivery that was leased, as the file has it.
type loaded struct {
	lease store.Lease
	known leased
	// damage says that its event or output is not as it was stored.
	damage error
}

// loadLeases reads the deliveries that were leased, in the order of ids. Those that
// are damaged fail, so that no wrong byte is sent and the others need not wait.
func (t *tx) loadLeases(ids []string, until time.Time) (leases []store.Lease, damaged []error, err error) {
	found := make(map[string]*loaded, len(ids))
	err = chunks(ids, func(group []any) error {
		return t.each(func(r *row) error {
			l, err := t.scanLease(r)
			l.lease.Until = moment(micros(until))
			found[l.lease.Ref.Delivery] = &l
			return err
		}, "SELECT "+deliveryOf+", o.body, o.sum, d.leases, d.event, d.tried, "+eventOf+", e.body, e.sum"+deliveryJoin+
			" WHERE d.id IN ("+placeholders(len(group))+")", group...)
	})
	if err != nil {
		return nil, nil, err
	}
	leases = make([]store.Lease, 0, len(ids))
	for _, id := range ids {
		l, err := found[id], error(nil)
		if l == nil {
			l, err = t.eventless(id)
		}
		if err != nil {
			return nil, nil, err
		}
		if l.damage == nil {
			t.book.running[id] = l.known
			leases = append(leases, l.lease)
			continue
		}
		damaged = append(damaged, l.damage)
		if err := t.fail(l); err != nil {
			return nil, nil, err
		}
	}
	return leases, damaged, nil
}

func (t *tx) scanLease(r *row) (l loaded, err error) {
	d, header, err := scanDeliveryFields(r)
	if err != nil {
		return l, err
	}
	output := readOutput(r, d.Output, header)
	l.lease.Ref = store.LeaseRef{Delivery: d.ID, Token: token(r.int())}
	l.known = leased{
		token: l.lease.Ref.Token, endpoint: t.book.byName[d.Endpoint], event: r.int(),
		attempts: int64(d.Attempts), tried: r.int(), orderKey: d.OrderKey,
	}
	event, damage := scanWholeEvent(r)
	l.lease.Delivery, l.lease.Event = d, event
	if damage != nil {
		l.damage = fmt.Errorf("delivery %q: event %q: %w", d.ID, event.ID, damage)
	} else if output != nil {
		l.damage = fmt.Errorf("delivery %q of event %q: %w", d.ID, event.ID, output)
	}
	return l, nil
}

// eventless stands for a leased delivery whose event the file has lost.
func (t *tx) eventless(id string) (*loaded, error) {
	err := t.learnRunning([]string{id})
	return &loaded{
		lease:  store.Lease{Ref: store.LeaseRef{Delivery: id}},
		known:  t.book.running[id],
		damage: fmt.Errorf("delivery %q: its event is not in the database; restore it from a backup", id),
	}, err
}

// fail ends a delivery that is damaged.
func (t *tx) fail(l *loaded) error {
	delete(t.book.running, l.lease.Ref.Delivery)
	return t.leave(&store.Settlement{
		Lease: l.lease.Ref,
		Next:  webhook.Next{State: webhook.Failed, Error: l.damage.Error()},
	}, l.known)
}
