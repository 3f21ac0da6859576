package sqlite

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// call chooses the next call, which returns once it has checked its answer.
func (m *model) call() func() {
	m.clock = m.clock.Add(time.Duration(m.dice.IntN(1500)) * time.Millisecond)
	switch m.dice.IntN(13) {
	case 0, 1, 2:
		return m.accept()
	case 3, 4:
		return m.lease()
	case 5, 6, 7:
		return m.settle()
	case 8:
		return m.extendOrExpand()
	case 9:
		endpoint, disable, now := m.endpoint(), m.dice.IntN(2) == 0, m.clock
		return m.want("SetDisabled", func() error {
			_, err := m.s.SetDisabled(m.t.Context(), endpoint, disable, "", now)
			return err
		})
	case 10:
		return m.eraseOrRedeliver()
	case 11:
		return m.prune()
	default:
		return m.fail()
	}
}

// want makes a call that returns nil or one of the errors.
func (m *model) want(what string, call func() error, errs ...error) func() {
	return func() {
		err := call()
		for _, allowed := range errs {
			if errors.Is(err, allowed) {
				return
			}
		}
		if err != nil {
			m.t.Errorf("%s = %v, want nil or one of %v", what, err, errs)
		}
	}
}

func (m *model) endpoint() string { return fmt.Sprint("endpoint-", m.dice.IntN(3)) }

func (m *model) accept() func() {
	m.events++
	id := fmt.Sprintf("e%04d", m.events)
	a := store.Acceptance{LeaseFor: modelLease, Event: webhook.Event{
		ID: id, Source: fmt.Sprint("source-", m.dice.IntN(2)), Type: "t\x00\xff", Time: m.clock,
		Header: http.Header{"A": {"b\xff"}}, Body: make([]byte, m.dice.IntN(3)),
	}}
	asked := 0
	for i := range 1 + m.dice.IntN(4) {
		a.Deliveries = append(a.Deliveries, webhook.Delivery{
			ID: fmt.Sprintf("d%04d-%d", m.events, i), MessageID: id, Endpoint: m.endpoint(), Due: m.clock, Created: m.clock,
			State:    []webhook.DeliveryState{webhook.Pending, webhook.Running}[m.dice.IntN(2)],
			OrderKey: []string{"", "", "one", "two"}[m.dice.IntN(4)],
		})
		if a.Deliveries[i].State == webhook.Running && a.Deliveries[i].OrderKey == "" {
			asked++
		}
	}
	twice := m.dice.IntN(10) == 0
	if twice {
		a.Deliveries = append(a.Deliveries, a.Deliveries[0])
	}
	return func() {
		r, err := m.s.Accept(m.t.Context(), a)
		if (err != nil) != twice || twice && len(r.Leases) > 0 || len(r.Leases) > asked {
			m.t.Errorf("Accept of %s = %d leases, %v, want at most %d, and an error is %v: it has a delivery twice", id, len(r.Leases), err, asked, twice)
		}
		m.keep(r.Leases)
	}
}

func (m *model) keep(leases []store.Lease) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leases = append(m.leases, leases...)
}

func (m *model) lease() func() {
	req := store.LeaseRequest{Now: m.clock, For: modelLease, Max: 1 + m.dice.IntN(10), Default: 1 + m.dice.IntN(4)}
	return m.want("Lease", func() error {
		leases, err := m.s.Lease(m.t.Context(), req)
		m.keep(leases)
		return err
	})
}

// pick returns one of the leases, rather a late one.
func (m *model) pick() (l store.Lease, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.leases) == 0 {
		return l, false
	}
	n := m.dice.IntN(len(m.leases))
	if m.dice.IntN(5) > 0 {
		n = len(m.leases) - 1 - n%min(20, len(m.leases))
	}
	return m.leases[n], true
}

func (m *model) settle() func() {
	var batch []store.Settlement
	for range m.dice.IntN(8) {
		if l, ok := m.pick(); ok {
			batch = append(batch, m.settlement(l))
		}
	}
	return m.want("Settle", func() error {
		_, err := m.s.Settle(m.t.Context(), batch)
		return err
	})
}

func (m *model) settlement(l store.Lease) store.Settlement {
	made := &webhook.Attempt{At: m.clock}
	s := store.Settlement{Lease: l.Ref, Now: m.clock, DisableAfter: webhook.DisableRule{Failures: 1, Attempts: true}, Attempt: made}
	switch m.dice.IntN(6) {
	case 0:
		due := m.clock.Add(time.Duration(m.dice.IntN(5)) * time.Second)
		health := []webhook.HealthSignal{webhook.HealthFailing, webhook.HealthBad, webhook.HealthGone}[m.dice.IntN(3)]
		s.Next = webhook.Next{State: webhook.Pending, Due: due, Error: "no", Health: health}
	case 1:
		s.Next = webhook.Next{State: webhook.Exhausted, Error: "no", Health: webhook.HealthBad}
	case 2:
		s.Next, s.Attempt = webhook.Next{State: webhook.Pending, Due: m.clock}, nil
	default:
		s.Next = webhook.Next{State: webhook.Delivered, Health: webhook.HealthGood}
	}
	return s
}

func (m *model) extendOrExpand() func() {
	l, ok := m.pick()
	if !ok {
		return m.lease()
	}
	if m.dice.IntN(2) == 0 || l.Delivery.Output != nil || m.expanded[l.Delivery.ID] {
		until := m.clock.Add(modelLease)
		return m.want("Extend", func() error { return m.s.Extend(m.t.Context(), l.Ref, until) }, store.ErrLeaseLost)
	}
	m.expanded[l.Delivery.ID] = true
	outputs := make([]webhook.Output, m.dice.IntN(3))
	return m.want("Expand", func() error {
		_, err := m.s.Expand(m.t.Context(), l.Ref, outputs, "hash")
		return err
	}, store.ErrLeaseLost)
}

func (m *model) eraseOrRedeliver() func() {
	n, now := m.dice.IntN(m.events+1), m.clock
	if m.dice.IntN(3) == 0 {
		return m.want("Erase", func() error {
			return m.s.Erase(m.t.Context(), fmt.Sprintf("e%04d", n), now)
		}, store.ErrNotFound)
	}
	return m.want("Redeliver", func() error {
		return m.s.Redeliver(m.t.Context(), fmt.Sprintf("d%04d-0", n), now)
	}, store.ErrNotFound, store.ErrNotFinal, store.ErrErased)
}

func (m *model) prune() func() {
	req := store.PruneRequest{Now: m.clock, Limit: 3, Default: store.Keep{
		Events: m.clock.Add(-time.Minute), Bodies: m.clock.Add(-30 * time.Second),
	}}
	return m.want("Prune", func() error {
		_, err := m.s.Prune(m.t.Context(), req)
		return err
	})
}

// fail has a transaction fail with all that is in it, or the connection with it.
func (m *model) fail() func() {
	broken := m.dice.IntN(2) == 0
	return func() {
		fault := errors.New("made to fail")
		err := m.s.write(m.t.Context(), "fail", func(tx *tx) error {
			if broken {
				return errors.Join(fault, tx.script("ROLLBACK"))
			}
			return fault
		})
		if !errors.Is(err, fault) {
			m.t.Errorf("write = %v, want %v", err, fault)
		}
	}
}
