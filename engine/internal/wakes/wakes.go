// Package wakes finds, among many that wait, those that something is due for, and
// lets them take turns. The stores keep their endpoints in it.
package wakes

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// Never is the wake of one that nothing is due for.
const Never = math.MaxInt64

// Queue holds values, each with its wake: a moment before which nothing is due for
// it. Those that have something due are found without a look at the others. The zero
// Queue is empty. It is not safe for concurrent use.
type Queue[T any] struct {
	heap items[T]
	turn int
}

// Item is a value in a [Queue].
type Item[T any] struct {
	// Value is the one that was added.
	Value T

	wake int64
	// turn is how many were added before, at where the item stands in the heap.
	turn, at int
}

// Wake returns the moment before which nothing is due.
func (i *Item[T]) Wake() int64 { return i.wake }

// Len returns how many values there are.
func (q *Queue[T]) Len() int { return len(q.heap) }

// Add adds a value, whose turn comes after all others.
func (q *Queue[T]) Add(value T, wake int64) *Item[T] {
	added := &Item[T]{Value: value, wake: wake, turn: len(q.heap)}
	heap.Push(&q.heap, added)
	return added
}

// Set changes a wake.
func (q *Queue[T]) Set(i *Item[T], wake int64) {
	i.wake = wake
	heap.Fix(&q.heap, i.at)
}

// Lower changes a wake to an earlier one, and leaves one that is earlier already.
func (q *Queue[T]) Lower(i *Item[T], wake int64) {
	if wake < i.wake {
		q.Set(i, wake)
	}
}

// Served notes that an item had its turn. The next one begins with that after it.
func (q *Queue[T]) Served(i *Item[T]) { q.turn = (i.turn + 1) % len(q.heap) }

// Due returns the items whose wake is a moment or before, beginning with the one
// whose turn it is.
func (q *Queue[T]) Due(now int64) []*Item[T] {
	var due []*Item[T]
	q.Each(func() int64 { return now + 1 }, func(i *Item[T]) { due = append(due, i) })
	later := func(i *Item[T]) int { return (i.turn - q.turn + len(q.heap)) % len(q.heap) }
	slices.SortFunc(due, func(a, b *Item[T]) int { return cmp.Compare(later(a), later(b)) })
	return due
}

// Each calls do for the items whose wake is before a moment that do may lower. It
// changes none.
func (q *Queue[T]) Each(before func() int64, do func(*Item[T])) {
	var visit func(at int)
	visit = func(at int) {
		if at >= len(q.heap) || q.heap[at].wake >= before() {
			return
		}
		do(q.heap[at])
		visit(2*at + 1)
		visit(2*at + 2)
	}
	visit(0)
}

// items are a heap by wake.
type items[T any] []*Item[T]

// Len implements [heap.Interface], as the methods after it do.
func (h items[T]) Len() int { return len(h) }

// Less orders by the wake.
func (h items[T]) Less(i, j int) bool { return h[i].wake < h[j].wake }

// Swap keeps where each item stands up to date.
func (h items[T]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push adds an item at the end.
func (h *items[T]) Push(added any) {
	i := added.(*Item[T])
	i.at = len(*h)
	*h = append(*h, i)
}

// Pop removes the last item.
func (h *items[T]) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
