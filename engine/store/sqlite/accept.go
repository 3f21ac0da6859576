package sqlite

import (
	"context"
	"fmt"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// acceptance is a call of Accept on its way through the writer.
type acceptance struct {
	store.Acceptance
	// name is the dedup key, if it is keyed.
	name    keyName
	keyed   bool
	header  []byte
	sum     int64
	receipt store.Receipt
}

// Accept commits an event with its deliveries; see [store.Store].
//
// An event or a delivery whose ID is kept already is an error. A delivery's
// State must be pending, running or empty. One that is running is handed out if
// nothing else to its endpoint is due, as far as the writer knows.
func (s *Store) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	what := "accept event " + a.Event.ID
	if err := a.Check(); err != nil {
		return store.Receipt{}, fmt.Errorf("%s: %w", what, err)
	}
	waiting := &acceptance{Acceptance: a, header: encodeHeader(a.Event.Header)}
	waiting.sum = checksum([]byte(a.Event.Type), waiting.header, a.Event.Body)
	if a.DedupKey != "" {
		waiting.name, waiting.keyed = nameKey(a.Event.Source, a.DedupKey), true
	}
	if err := s.submit(ctx, what, &request{accept: waiting}); err != nil {
		return store.Receipt{}, err
	}
	return waiting.receipt, nil
}

// acceptAll stores the acceptances of a batch.
func (t *tx) acceptAll(batch []*request) error {
	known, err := t.knownKeys(batch)
	if err != nil {
		return fmt.Errorf("look up dedup keys: %w", err)
	}
	rows := t.acceptInserters()
	for _, r := range batch {
		a := r.accept
		if a == nil {
			continue
		}
		if first, duplicate := known[a.name]; duplicate && a.keyed {
			a.receipt = first
			continue
		}
		a.receipt = store.Receipt{EventID: a.Event.ID, BodyDigest: a.BodyDigest}
		if a.keyed {
			known[a.name] = store.Receipt{EventID: a.Event.ID, Duplicate: true, BodyDigest: a.BodyDigest}
		}
		if err := rows.add(t, a); err != nil {
			return err
		}
	}
	return rows.flush()
}

// acceptInserters gather the rows of a batch of acceptances.
type acceptInserters struct {
	events, dedup *inserter
	deliveries    deliveryRows
}

func (t *tx) acceptInserters() acceptInserters {
	return acceptInserters{
		events:     t.insert("events", "seq, "+eventColumns+", body, sum"),
		deliveries: t.deliveryRows(),
		dedup:      t.insert("dedup", "seq, name, event, digest, time"),
	}
}

func (i acceptInserters) add(t *tx, a *acceptance) error {
	e, seq := &a.Event, t.book.nextEvent
	t.book.nextEvent++
	i.events.add(seq, e.ID, e.Source, e.Provider, e.ProviderID, e.Type, micros(e.Time),
		e.Secret, e.Candidate, int64(e.Covers), a.header, nil, e.Body, a.sum)
	t.weigh(e.Source, store.Weight(len(e.Body)))
	for n := range a.Deliveries {
		d := &a.Deliveries[n]
		to, err := t.endpoint(d.Endpoint)
		if err != nil {
			return fmt.Errorf("store endpoint %q: %w", d.Endpoint, err)
		}
		if d.State == webhook.Running && handsOut(to, d) {
			t.addLeased(i.deliveries, seq, to, a, d)
		} else if err := t.addDelivery(i.deliveries, seq, to, d); err != nil {
			return err
		}
	}
	if a.keyed {
		i.dedup.add(t.addKey(a.name), a.name[:], e.ID, a.BodyDigest[:], micros(e.Time))
	}
	return nil
}

func (i acceptInserters) flush() error {
	if err := i.events.flush(); err != nil {
		return fmt.Errorf("store event: %w", err)
	}
	if err := i.deliveries.flush(); err != nil {
		return err
	}
	if err := i.dedup.flush(); err != nil {
		return fmt.Errorf("store dedup key: %w", err)
	}
	return nil
}
