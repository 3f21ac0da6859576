package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hookseal/hookseal/engine/store"
)

// acceptance is a call of Accept on its way through the lane.
type acceptance struct {
	call
	store.Acceptance
	// day is whose tables it goes to, at every try: a repeat finds what it has
	// stored before.
	day day
	// name is the dedup key, if it is keyed.
	name    keyName
	keyed   bool
	header  string
	receipt store.Receipt
}

// orders is the most orders that it locks.
func (a *acceptance) orders() (n int) {
	for i := range a.Deliveries {
		if a.Deliveries[i].OrderKey != "" {
			n++
		}
	}
	return n
}

// Accept commits an event with its deliveries; see [store.Store].
//
// An event whose ID is kept already among those of its day, by Time and in UTC, is
// an error, and so is a delivery whose ID is that of an open one, or of another of
// that day. Deliveries that are asked for are handed out to an endpoint that this
// node has delivered to, or heard of, before.
func (s *Store) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	if !s.door.enter() {
		return store.Receipt{}, store.ErrClosed
	}
	defer s.door.leave()
	waiting := &acceptance{Acceptance: a, call: call{done: make(chan struct{})}}
	err := a.Check()
	if err == nil {
		waiting.header, err = encodeHeader(a.Event.Header)
	}
	if err == nil {
		waiting.day, err = s.dayFor(ctx, a.Event.Time)
	}
	if a.DedupKey != "" {
		waiting.name, waiting.keyed = nameKey(a.Event.Source, a.DedupKey), true
	}
	if err == nil {
		err = s.accepts.do(ctx, waiting)
	}
	if err != nil {
		return store.Receipt{}, fmt.Errorf("accept event %q: %w", a.Event.ID, err)
	}
	return waiting.receipt, nil
}

// acceptBatch commits acceptances together, and answers each. If they are
// refused, each gets a transaction of its own, so that one does not spoil the
// others.
func (s *Store) acceptBatch(batch []*acceptance) {
	err := s.acceptTogether(batch)
	if cut, _ := cutOff(err); err != nil && len(batch) > 1 && !cut {
		s.opts.Logger.Warn("transaction failed, repeating its calls one by one", "calls", len(batch), "error", err)
		for _, a := range batch {
			s.acceptBatch([]*acceptance{a})
		}
		return
	}
	for _, a := range batch {
		a.err = err
	}
}

// reconnectWaits are the waits before a transaction is repeated whose connection
// was cut off.
var reconnectWaits = [...]time.Duration{0, 50 * time.Millisecond, 250 * time.Millisecond, time.Second}

// acceptTogether commits acceptances in one transaction, and repeats it where it
// is not known to have failed for good.
//
// After a connection that broke during the COMMIT it repeats the transaction as
// one that may have been committed: what is there already under our own event
// IDs was, and one that is still being committed is waited for by the first row
// that conflicts with it. So the answer is true in either case.
func (s *Store) acceptTogether(batch []*acceptance) error {
	ctx, cancel := context.WithTimeout(context.Background(), txTimeout)
	defer cancel()
	began, again := time.Now(), false
	for tries := 0; ; tries++ {
		w := &acceptWork{store: s, batch: batch, again: again}
		err := s.try(ctx, w.run)
		if err == nil {
			w.committed()
		}
		s.opts.OnCommit(Commit{Calls: len(batch), Duration: time.Since(began), Err: err})
		cut, unknown := cutOff(err)
		again = again || unknown
		if err == nil || tries == len(reconnectWaits) {
			return err
		}
		switch {
		case contended(err) || raced(err, again):
		case vanished(err):
			if err := s.makeDaysOf(ctx, batch); err != nil {
				return err
			}
		case cut:
			s.opts.Logger.Warn("connection was cut off, repeating the transaction", "calls", len(batch), "error", err)
			time.Sleep(reconnectWaits[tries])
		default:
			return err
		}
	}
}

// makeDaysOf makes the tables anew of days that another node has dropped.
func (s *Store) makeDaysOf(ctx context.Context, batch []*acceptance) (err error) {
	for _, a := range batch {
		s.days.forget(a.day)
	}
	for _, a := range batch {
		if a.day, err = s.dayFor(ctx, a.Event.Time); err != nil {
			return err
		}
	}
	return nil
}

// raced reports that another transaction has stored the same meanwhile: a dedup
// key, or all of it where the transaction is a repeat.
func raced(err error, again bool) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == uniqueViolation && (again || refused.ConstraintName == "dedup_pkey")
}
