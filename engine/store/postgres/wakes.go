package postgres

import (
	"cmp"
	"container/heap"
	"slices"
)

// wakes are places as a heap by their bound, so that those that have something due
// are found without a look at the others.
type wakes []*place

var _ heap.Interface = (*wakes)(nil)

// Len implements [heap.Interface], as the methods after it do.
func (w wakes) Len() int { return len(w) }

// Less orders by the bound.
func (w wakes) Less(i, j int) bool { return w[i].wake < w[j].wake }

// Swap keeps where each place stands up to date.
func (w wakes) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].at, w[j].at = i, j
}

// Push adds a place at the end.
func (w *wakes) Push(p any) {
	added := p.(*place)
	added.at = len(*w)
	*w = append(*w, added)
}

// Pop removes the last place.
func (w *wakes) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

// each calls do for the places whose bound is before a moment that do may lower, as
// deep into the heap as such are found.
func (w wakes) each(before func() int64, do func(*place)) {
	var visit func(i int)
	visit = func(i int) {
		if i >= len(w) || w[i].wake >= before() {
			return
		}
		do(w[i])
		visit(2*i + 1)
		visit(2*i + 2)
	}
	visit(0)
}

// due returns the places that may have something due at a moment, beginning with the
// one whose turn it is. The book is locked.
func (b *book) due(now int64) []*place {
	var list []*place
	b.wakes.each(func() int64 { return now + 1 }, func(p *place) { list = append(list, p) })
	later := func(p *place) int { return (p.turn - b.turn + len(b.wakes)) % len(b.wakes) }
	slices.SortFunc(list, func(a, b *place) int { return cmp.Compare(later(a), later(b)) })
	return list
}

// earliest returns up to n places whose bound is before a moment, the earliest
// first, and marks them as exact. Those that are exact already are left out.
func (b *book) earliest(n int, before int64, except map[string]bool, exact map[int32]bool) []*place {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first []*place
	bound := func() int64 {
		if len(first) == n {
			return first[n-1].wake
		}
		return before
	}
	b.wakes.each(bound, func(p *place) {
		if exact[p.seq] || except[p.name] {
			return
		}
		at, _ := slices.BinarySearchFunc(first, p.wake, func(q *place, wake int64) int {
			if q.wake <= wake {
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
