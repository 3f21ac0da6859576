package dispatch

import "time"

// backoff is the wait between tries of a store that fails: from 100 ms, doubled
// each time, to 10 s. The zero backoff is ready.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, 100*time.Millisecond), 10*time.Second)
	return b.last
}

func (b *backoff) reset() { b.last = 0 }
