package bench

import (
	"slices"
	"sync/atomic"
	"time"
)

// tally keeps when each webhook was sent, answered and delivered, in nanoseconds
// since it began. It is safe for concurrent use.
type tally struct {
	began time.Time
	// first is the number of the first webhook: one that an earlier round has used
	// would be taken for a repeat.
	first int64
	next  atomic.Int64
	// Zero is not yet.
	sent, answered, came []atomic.Int64
	accepted, delivered  atomic.Int64
	// refused are answers other than 202, again deliveries that came again.
	refused, again atomic.Int64
}

// most is how many webhooks one measurement can keep.
const most = 1 << 22

func newTally(first int64) *tally {
	return &tally{
		began: time.Now(), first: first,
		sent: make([]atomic.Int64, most), answered: make([]atomic.Int64, most), came: make([]atomic.Int64, most),
	}
}

func (t *tally) now() int64 { return int64(time.Since(t.began)) + 1 }

// take returns the next number, false when there is none left.
func (t *tally) take() (int64, bool) {
	n := t.next.Add(1) - 1
	if n >= most {
		return 0, false
	}
	t.sent[n].Store(t.now())
	return t.first + n, true
}

func (t *tally) accept(n int64) {
	t.answered[n-t.first].Store(t.now())
	t.accepted.Add(1)
}

// deliver notes what came to the sink.
func (t *tally) deliver(body []byte) {
	n := numberOf(body) - t.first
	if n < 0 || n >= most {
		return
	}
	if t.came[n].CompareAndSwap(0, t.now()) {
		t.delivered.Add(1)
	} else {
		t.again.Add(1)
	}
}

// Latency is how long something took.
type Latency struct {
	// Median, P99 and Max are in nanoseconds.
	Median time.Duration `json:"p50_ns"`
	P99    time.Duration `json:"p99_ns"`
	Max    time.Duration `json:"max_ns"`
}

// latency compares two moments of every webhook that has both.
func (t *tally) latency(from, to []atomic.Int64) Latency {
	var took []time.Duration
	for n := range min(t.next.Load(), most) {
		if a, b := from[n].Load(), to[n].Load(); a > 0 && b > 0 {
			took = append(took, time.Duration(b-a))
		}
	}
	if len(took) == 0 {
		return Latency{}
	}
	slices.Sort(took)
	return Latency{took[len(took)/2], took[len(took)*99/100], took[len(took)-1]}
}
