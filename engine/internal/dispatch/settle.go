package dispatch

import (
	"context"
	"log/slog"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// settleBatch is the most settlements in one transaction.
const settleBatch = 256

// settler commits settlements: those that come while the store is busy with
// earlier ones go together in the next transaction.
type settler struct {
	store store.Store
	log   *slog.Logger
	// disabled is called for every endpoint that was disabled.
	disabled func(webhook.Health)
	queue    chan settling
}

// settling is a settlement whose deliverer waits for the answer.
type settling struct {
	store.Settlement
	done chan<- bool
}

func newSettler(st store.Store, log *slog.Logger, disabled func(webhook.Health)) *settler {
	return &settler{store: st, log: log, disabled: disabled, queue: make(chan settling)}
}

// settle waits until the settlement is committed. It returns false if it was
// given up; the delivery is then tried again when its lease has ended.
func (s *settler) settle(settlement store.Settlement) bool {
	done := make(chan bool, 1)
	s.queue <- settling{settlement, done}
	return <-done
}

// close lets run return. It is called when every settle has returned.
func (s *settler) close() { close(s.queue) }

// run commits until close is called. Once ctx has ended it gives up what the
// store does not take at once.
func (s *settler) run(ctx context.Context) {
	for first := range s.queue {
		batch := s.gather(first)
		committed := s.commit(ctx, batch)
		for _, waiting := range batch {
			waiting.done <- committed
		}
	}
}

// gather takes what is waiting along with the first.
func (s *settler) gather(first settling) []settling {
	batch := []settling{first}
	for len(batch) < settleBatch {
		select {
		case next := <-s.queue:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// commit tries until the store takes the batch or ctx ends. To settle twice
// does no harm: a lease that the first call ended is skipped by the second.
func (s *settler) commit(ctx context.Context, batch []settling) bool {
	settlements := make([]store.Settlement, len(batch))
	for i, waiting := range batch {
		settlements[i] = waiting.Settlement
	}
	var trouble backoff
	for {
		changed, err := s.store.Settle(ctx, settlements)
		if err == nil {
			s.report(changed)
			return true
		}
		wait := trouble.next()
		s.log.Error("deliveries cannot be settled", "deliveries", len(batch), "error", err, "next_try_in", wait)
		if !sleep(ctx, wait) {
			s.log.Error("deliveries are not settled and will be sent again", "deliveries", len(batch))
			return false
		}
	}
}

func (s *settler) report(changed []webhook.Health) {
	for _, health := range changed {
		if health.Disabled {
			s.disabled(health)
		}
	}
}
