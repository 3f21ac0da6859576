package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hookseal/hookseal/engine/internal/expiry"
	"github.com/hookseal/hookseal/engine/store"
)

// Prune removes what is older or more than the request allows; see
// [store.Store]. It removes nothing while another node prunes.
//
// A day of which everything is too old is dropped, however many events it has, and
// so more of them may go than the limit says. Until then events go one by one,
// within the leeway of the request none for their age.
func (s *Store) Prune(ctx context.Context, req store.PruneRequest) (store.Pruned, error) {
	kept, err := s.keptByDay(ctx)
	if err != nil {
		return store.Pruned{}, err
	}
	dropped, dropping := s.dropDays(ctx, req, kept)
	if dropped > 0 {
		if kept, err = s.keptByDay(ctx); err != nil {
			return store.Pruned{Events: dropped}, errors.Join(dropping, err)
		}
	}
	removed, err := s.pruneRows(ctx, req, kept)
	removed.Events += dropped
	return removed, errors.Join(dropping, err, s.makeTomorrow(ctx))
}

// makeTomorrow makes the tables of tomorrow, so that no event has to wait for them.
func (s *Store) makeTomorrow(ctx context.Context) error {
	if !s.door.enter() {
		return store.ErrClosed
	}
	defer s.door.leave()
	_, err := s.dayFor(ctx, time.Now().AddDate(0, 0, 1))
	return err
}

// pruneRows removes events and contents one by one, and keys.
func (s *Store) pruneRows(ctx context.Context, req store.PruneRequest, kept []keptOf) (removed store.Pruned, err error) {
	plan, err := expiry.Choose(byWholeDays(req), newLedger(ctx, &s.queries, kept))
	if err != nil {
		return store.Pruned{}, err
	}
	err = s.write(ctx, "prune", func(ctx context.Context, t *tx) error {
		removed = store.Pruned{}
		alone := false
		t.queue("SELECT pg_try_advisory_xact_lock($1)", int64(pruneLock)).QueryRow(func(row pgx.Row) error { return row.Scan(&alone) })
		if err := t.flush(ctx); err != nil || !alone {
			return err
		}
		done, err := t.lockDone(ctx, slices.Concat(plan.Events, plan.Bodies))
		if err != nil {
			return err
		}
		t.removeEvents(done.of(plan.Events), &removed.Events)
		t.strip(done.of(plan.Bodies), req.Now, &removed.Bodies)
		if !req.Keys.IsZero() {
			t.removeKeys(req.Keys, req.Limit, &removed.Keys)
		}
		return t.foldSums(ctx, dateOf(time.Now().AddDate(0, 0, -1)))
	})
	if vanished(err) {
		// Another node has dropped a day of the plan: it prunes.
		return store.Pruned{}, nil
	}
	if err != nil {
		return store.Pruned{}, err
	}
	return removed, nil
}

// byWholeDays has a request keep events as long as its leeway lets it, so that the
// day on which they become too old is not emptied event by event before it is
// dropped.
func byWholeDays(req store.PruneRequest) store.PruneRequest {
	req.Default = wholeDays(req.Default)
	sources := make(map[string]store.Keep, len(req.Sources))
	for name, keep := range req.Sources {
		sources[name] = wholeDays(keep)
	}
	req.Sources = sources
	return req
}

func wholeDays(k store.Keep) store.Keep {
	if k.Leeway <= 0 || k.Events.IsZero() {
		return k
	}
	begin, least := dateOf(k.Events).begin(), k.Events.Add(-k.Leeway)
	if k.Events = least; begin.After(least) {
		k.Events = begin
	}
	return k
}

// pruneLock is the key of the advisory lock under which one node at a time
// prunes: the letters "hookprun".
const pruneLock = 0x686f6f6b7072756e
