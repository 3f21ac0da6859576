package receive

import (
	"strconv"
	"testing"
)

// What is remembered is bounded: the oldest goes first.
func TestRepeatsForgetsTheOldest(t *testing.T) {
	var r Repeats
	run := func(key string) bool {
		_, repeat, err := r.begin(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if !repeat {
			r.end(key, success{event: key}, true)
		}
		return repeat
	}
	for i := range repeatsKept + 10 {
		if run(strconv.Itoa(i)) {
			t.Fatalf("%d is taken for a repeat", i)
		}
	}
	if len(r.succeeded) != repeatsKept || len(r.order) != repeatsKept || len(r.running) != 0 {
		t.Errorf("%d keys, %d in order, %d running; want %d and none", len(r.succeeded), len(r.order), len(r.running), repeatsKept)
	}
	for i, want := range map[int]bool{9: false, 11: true, repeatsKept + 9: true} {
		if got := run(strconv.Itoa(i)); got != want {
			t.Errorf("%d is a repeat = %v, want %v", i, got, want)
		}
	}
}
