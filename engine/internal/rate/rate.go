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
	there := l.bucket.TokensAt(now)
	if there < 1 {
		return 0, l.until(there)
	}
	return int(there), 0
}

// Take takes a token, or takes none and returns how long it is until there is
// one. The wait is more than nothing exactly where it took none.
func (l *Limiter) Take(now time.Time) (wait time.Duration) {
	// A reservation that is given back would not do: of several at one time it
	// gives back less than it took.
	if l.bucket.AllowN(now, 1) {
		return 0
	}
	return l.until(l.bucket.TokensAt(now))
}

// longest is the most that a wait is told as.
const longest = 100 * 365 * 24 * time.Hour

// until returns how long it is until there is a token, where there are so many.
func (l *Limiter) until(there float64) time.Duration {
	seconds := (1 - there) / float64(l.bucket.Limit())
	return max(1, time.Duration(min(seconds, longest.Seconds())*float64(time.Second)))
}
