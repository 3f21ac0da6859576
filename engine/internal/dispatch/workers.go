package dispatch

import (
	"context"
	"sync"

	"github.com/hookseal/hookseal/engine/store"
)

// workers are the goroutines that deliver. One that has ended with a delivery
// rests until the next, since its stack has grown to what a delivery takes.
type workers struct {
	deliver func(context.Context, store.Lease)
	resting chan task
	closed  chan struct{}
	running *sync.WaitGroup
}

// task is a delivery, and the context under which it is made.
type task struct {
	ctx   context.Context
	lease store.Lease
}

func newWorkers(deliver func(context.Context, store.Lease)) workers {
	return workers{deliver: deliver, resting: make(chan task), closed: make(chan struct{}), running: new(sync.WaitGroup)}
}

// start has a delivery made, by a new worker if none rests. It is not called
// after close.
func (w workers) start(ctx context.Context, lease store.Lease) {
	next := task{ctx, lease}
	select {
	case w.resting <- next:
	default:
		w.running.Go(func() { w.work(next) })
	}
}

func (w workers) work(next task) {
	for {
		w.deliver(next.ctx, next.lease)
		select {
		case next = <-w.resting:
		case <-w.closed:
			return
		}
	}
}

// close waits until every worker has ended.
func (w workers) close() {
	close(w.closed)
	w.running.Wait()
}
