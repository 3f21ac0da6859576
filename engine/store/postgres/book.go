package postgres

import (
	"container/heap"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// book is what this node knows without asking: the endpoints that have
// something open, and a lower bound of when something of each is due. What other
// nodes add is learned by a look at the database.
//
// A bound is lowered by whoever commits something, after the commit, and is
// raised only by whoever holds [Store.leasing], who forgets it before the
// statement that finds the next: what was committed since then lowers it again.
type book struct {
	mu     sync.Mutex
	byName map[string]*place
	bySeq  map[int32]*place
	// Places are served by their turns, and turn is whose turn it is.
	wakes wakes
	turn  int

	// looked is when the last look at the database began, lookTook how long it
	// took. They belong to whoever holds Store.leasing.
	looked   time.Time
	lookTook time.Duration
	// stale says that another node has something new.
	stale atomic.Bool
}

// place is an endpoint. Its seq and name never change.
type place struct {
	seq      int32
	name     string
	disabled bool
	// wake is the bound in microseconds of the database's clock; never means
	// that nothing wakes. setWake changes it.
	wake int64
	// turn is where the place stands among all, at where it stands in the heap of
	// the book.
	turn, at int
}

const (
	never   = math.MaxInt64
	unknown = math.MinInt64
)

func newBook() book { return book{byName: map[string]*place{}, bySeq: map[int32]*place{}} }

// knows reports whether the database is known to have all endpoints of the
// names.
func (b *book) knows(names []string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !slices.ContainsFunc(names, func(name string) bool { return b.byName[name] == nil })
}

// wakeAt notes that a delivery of a committed endpoint wakes at a moment.
func (b *book) wakeAt(e endpoint, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lower(b.place(e), at.UnixMicro())
}

// lower lowers a bound.
func (b *book) lower(p *place, wake int64) {
	if wake < p.wake {
		b.setWake(p, wake)
	}
}

// setWake changes a bound.
func (b *book) setWake(p *place, wake int64) {
	p.wake = wake
	heap.Fix(&b.wakes, p.at)
}

// note takes up an endpoint, and whether it is disabled.
func (b *book) note(e endpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.place(e).disabled = e.disabled
}

func (b *book) place(e endpoint) *place {
	p := b.bySeq[e.seq]
	if p == nil {
		p = &place{seq: e.seq, name: e.name, disabled: e.disabled, wake: never, turn: len(b.wakes)}
		b.byName[e.name], b.bySeq[e.seq] = p, p
		heap.Push(&b.wakes, p)
	}
	return p
}

// forget takes the bounds of places away; whoever does it puts others in their
// stead by found.
func (b *book) forget(places []*place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range places {
		b.setWake(p, never)
	}
}

// found lowers a bound to what a statement has found.
func (b *book) found(seq int32, wake int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.bySeq[seq]; p != nil {
		b.lower(p, wake)
	}
}

// doubt makes the bounds of places say nothing, after a statement that failed.
func (b *book) doubt(places []*place) {
	for _, p := range places {
		b.found(p.seq, unknown)
	}
}

// served puts the turn behind a place.
func (b *book) served(p *place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn = p.turn + 1
}
