package sqlite

import (
	"cmp"
	"container/heap"
	"slices"
)

// wakes are the endpoints as a heap by their wake, so that those that have
// something due are found without a look at the others.
type wakes []*endpoint

// Len implements [heap.Interface], as the methods after it do.
func (w wakes) Len() int { return len(w) }

// Less orders by the wake.
func (w wakes) Less(i, j int) bool { return w[i].wake < w[j].wake }

// Swap keeps each endpoint's place up to date.
func (w wakes) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].at, w[j].at = i, j
}

// Push adds an endpoint at the end.
func (w *wakes) Push(e any) {
	added := e.(*endpoint)
	added.at = len(*w)
	*w = append(*w, added)
}

// Pop removes the last endpoint.
func (w *wakes) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

// each calls do for the endpoints that wake before a moment that do may lower, as
// deep into the heap as such are found.
func (w wakes) each(before func() int64, do func(*endpoint)) {
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

// due returns the endpoints that wake at a moment or before, beginning with the
// one whose turn it is.
func (b *book) due(now int64) []*endpoint {
	var list []*endpoint
	b.wakes.each(func() int64 { return now + 1 }, func(e *endpoint) { list = append(list, e) })
	later := func(e *endpoint) int { return (e.place - b.turn + len(b.wakes)) % len(b.wakes) }
	slices.SortFunc(list, func(a, b *endpoint) int { return cmp.Compare(later(a), later(b)) })
	return list
}

// earliest returns the endpoint that wakes first of those that are not excepted,
// nil if none wakes.
func (b *book) earliest(except map[string]bool) (first *endpoint) {
	next := int64(never)
	b.wakes.each(func() int64 { return next }, func(e *endpoint) {
		if !except[e.health.Endpoint] {
			first, next = e, e.wake
		}
	})
	return first
}

var _ heap.Interface = (*wakes)(nil)
