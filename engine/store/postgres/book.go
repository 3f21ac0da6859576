package postgres

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookseal/hookseal/engine/internal/wakes"
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
	// wakes are the places by their bounds, in microseconds of the database's clock;
	// never means that nothing wakes.
	wakes wakes.Queue[*place]

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
	// item is the place among the book's wakes.
	item *wakes.Item[*place]
	// forgotten is the bound that was taken away while a statement finds another.
	forgotten int64
}

const (
	never   = wakes.Never
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
	b.wakes.Lower(b.place(e).item, at.UnixMicro())
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
		p = &place{seq: e.seq, name: e.name, disabled: e.disabled, forgotten: never}
		b.byName[e.name], b.bySeq[e.seq] = p, p
		p.item = b.wakes.Add(p, never)
	}
	return p
}

// forget takes the bounds of places away; whoever does it puts others in their
// stead by found, and says by answered or doubt that it is done.
func (b *book) forget(places []*place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range places {
		p.forgotten = min(p.forgotten, p.item.Wake())
		b.wakes.Set(p.item, never)
	}
}

// found lowers a bound to what a statement has found.
func (b *book) found(seq int32, wake int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.bySeq[seq]; p != nil {
		b.wakes.Lower(p.item, wake)
	}
}

// answered says that the statement has ended for which bounds were forgotten.
func (b *book) answered(places []*place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range places {
		p.forgotten = never
	}
}

// doubt makes the bounds of places say nothing, after a statement that failed.
func (b *book) doubt(places []*place) {
	for _, p := range places {
		b.found(p.seq, unknown)
	}
	b.answered(places)
}

// served puts the turn behind a place.
func (b *book) served(p *place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wakes.Served(p.item)
}

// earliest returns up to n places whose bound is before a moment, the earliest
// first, and marks them as exact. Those that are exact already are left out.
func (b *book) earliest(n int, before int64, except map[string]bool, exact map[int32]bool) []*place {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first []*place
	bound := func() int64 {
		if len(first) == n {
			return first[n-1].item.Wake()
		}
		return before
	}
	b.wakes.Each(bound, func(i *wakes.Item[*place]) {
		p := i.Value
		if exact[p.seq] || except[p.name] {
			return
		}
		at, _ := slices.BinarySearchFunc(first, i.Wake(), func(q *place, wake int64) int {
			if q.item.Wake() <= wake {
				return -1
			}
			return 1
		})
		first = slices.Insert(first, at, p)
		first = first[:min(n, len(first))]
	})
	for _, p := range first {
		exact[p.seq] = true
	}
	return first
}
