package postgres

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

const (
	// acceptWriters is how many transactions of Accept run at a time: while one
	// waits for the disk, the next is on its way.
	acceptWriters = 2
	// batchCalls and batchBytes bound one transaction.
	batchCalls = 512
	batchBytes = 16 << 20
	// batchOrders bounds the orders that one transaction locks: the locks of a
	// server are few, 6,400 by default, and all that uses it needs some.
	batchOrders = 256
)

// lane gathers acceptances that come together, and has each group committed in
// one transaction.
type lane struct {
	waiting chan *acceptance
	commit  func([]*acceptance)
	writers sync.WaitGroup
}

func newLane(commit func([]*acceptance)) *lane {
	l := &lane{waiting: make(chan *acceptance, batchCalls), commit: commit}
	for range acceptWriters {
		l.writers.Go(l.run)
	}
	return l
}

// do hands in an acceptance and waits for its commit. It must not be called
// after stop.
func (l *lane) do(ctx context.Context, a *acceptance) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.waiting <- a:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
	}
	if a.taken.CompareAndSwap(false, true) {
		return ctx.Err()
	}
	<-a.done
	return a.err
}

// stop ends the writers once they have committed what was handed in.
func (l *lane) stop() {
	close(l.waiting)
	l.writers.Wait()
}

func (l *lane) run() {
	for first := range l.waiting {
		if batch := l.gather(first); len(batch) > 0 {
			l.commit(batch)
			for _, a := range batch {
				close(a.done)
			}
		}
	}
}

// gather takes first and whatever else is waiting. As long as calls keep coming
// it lets others run before it looks again, since those who were answered last
// time are about to call. A caller who is alone waits for nobody.
func (l *lane) gather(first *acceptance) []*acceptance {
	var batch []*acceptance
	bytes, orders := 0, 0
	take := func(a *acceptance) {
		if a.taken.CompareAndSwap(false, true) {
			batch = append(batch, a)
			bytes += len(a.Event.Body)
			orders += a.orders()
		}
	}
	take(first)
	for seen := -1; seen < len(batch); {
		seen = len(batch)
		runtime.Gosched()
		for waiting := true; waiting; {
			if len(batch) >= batchCalls || bytes >= batchBytes || orders >= batchOrders {
				return batch
			}
			select {
			case a, open := <-l.waiting:
				if waiting = open; open {
					take(a)
				}
			default:
				waiting = false
			}
		}
	}
	return batch
}

// call is what a caller and a writer share. taken is set once, by the writer
// when it begins or by a caller who gives up before that. After it the caller
// waits, so that what it handed in is not read once its call has returned.
type call struct {
	taken atomic.Bool
	err   error
	done  chan struct{}
}
