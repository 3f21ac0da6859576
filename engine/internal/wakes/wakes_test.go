package wakes_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/internal/wakes"
)

func TestTurns(t *testing.T) {
	var q wakes.Queue[string]
	a, b, c := q.Add("a", 5), q.Add("b", 1), q.Add("c", 3)
	q.Add("idle", wakes.Never)
	due := func(now int64) (names []string) {
		for _, i := range q.Due(now) {
			names = append(names, i.Value)
		}
		return names
	}
	want := func(now int64, names ...string) {
		t.Helper()
		if got := due(now); !slices.Equal(got, names) {
			t.Errorf("Due(%d) = %v, want %v", now, got, names)
		}
	}
	want(0)
	want(3, "b", "c")
	want(5, "a", "b", "c")
	q.Served(b)
	want(5, "c", "a", "b")
	q.Served(c)
	q.Set(c, wakes.Never)
	want(5, "a", "b")
	q.Lower(a, 9)
	want(5, "a", "b")
	q.Lower(a, 0)
	want(0, "a")
}

// TestDue compares the queue with a look at every value.
func TestDue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var q wakes.Queue[int]
	var all []*wakes.Item[int]
	for step := range 5000 {
		if step%10 == 0 {
			all = append(all, q.Add(len(all), random.Int64N(100)))
		}
		q.Set(all[random.IntN(len(all))], random.Int64N(100))
		q.Lower(all[random.IntN(len(all))], random.Int64N(100))
		now := random.Int64N(100)
		var want []int
		for n, i := range all {
			if i.Wake() <= now {
				want = append(want, n)
			}
		}
		var got []int
		for _, i := range q.Due(now) {
			got = append(got, i.Value)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("step %d: Due(%d) = %v, want %v", step, now, got, want)
		}
	}
}
