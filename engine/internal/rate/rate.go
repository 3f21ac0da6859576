// Package rate bounds how often something may happen. It is the one home of
// golang.org/x/time.
package rate

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// Limiter is a bucket of tokens that fills at an even pace. It is safe for
// concurrent use; [New] makes one, which is full.
type Limiter struct{ bucket *rate.Limiter }

// New returns a limiter of so many tokens a second, of which burst are kept for
// later; a burst of zero is one second's, one token at least.
func New(perSecond float64, burst int) *Limiter {
	if burst == 0 {
		burst = max(1, int(math.Ceil(perSecond)))
	}
	return &Limiter{rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// Same reports whether a limiter that New makes of the values would be the same.
func (l *Limiter) Same(perSecond float64, burst int) bool {
	other := New(perSecond, burst).bucket
	return l.bucket.Limit() == other.Limit() && l.bucket.Burst() == other.Burst()
}

// Left returns how many tokens there are, and where there is none how long it is
// until there is one.
func (l *Limiter) Left(now time.Time) (tokens int, wait time.Duration) {
	r := l.bucket.ReserveN(now, 1)
	wait = r.DelayFrom(now)
	r.CancelAt(now)
	if wait > 0 {
		return 0, wait
	}
	return max(1, int(l.bucket.TokensAt(now))), 0
}

// Take takes a token, or takes none and returns how long it is until there is
// one. The wait is more than nothing exactly where it took none.
func (l *Limiter) Take(now time.Time) (wait time.Duration) {
	r := l.bucket.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
