package dispatch_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// dice are thrown by several goroutines.
type dice struct {
	mu  sync.Mutex
	rnd *rand.Rand
}

func newDice(seed, kind uint64) *dice { return &dice{rnd: rand.New(rand.NewPCG(seed, kind))} }

func (d *dice) throw(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rnd.IntN(n)
}

// nap sleeps for less than a wait.
func (d *dice) nap(most time.Duration) { time.Sleep(time.Duration(d.throw(int(most)))) }

// sluggish is a store that takes its time before a call and after it.
type sluggish struct {
	store.Store
	dice *dice
}

const storeNap = 20 * time.Millisecond

func (s *sluggish) Accept(ctx context.Context, a store.Acceptance) (store.Receipt, error) {
	s.dice.nap(storeNap)
	defer s.dice.nap(storeNap)
	return s.Store.Accept(ctx, a)
}

func (s *sluggish) NextDue(ctx context.Context, except ...string) (time.Time, error) {
	s.dice.nap(storeNap)
	defer s.dice.nap(storeNap)
	return s.Store.NextDue(ctx, except...)
}

func (s *sluggish) Lease(ctx context.Context, r store.LeaseRequest) ([]store.Lease, error) {
	s.dice.nap(storeNap)
	defer s.dice.nap(storeNap)
	return s.Store.Lease(ctx, r)
}

func (s *sluggish) Settle(ctx context.Context, settlements []store.Settlement) ([]webhook.Health, error) {
	s.dice.nap(storeNap)
	defer s.dice.nap(storeNap)
	return s.Store.Settle(ctx, settlements)
}
