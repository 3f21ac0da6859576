package engine

import (
	"errors"
	"fmt"
	"time"
)

// Backoff is a schedule in which each wait is a multiple of the one before.
type Backoff struct {
	// First is the wait before the second attempt.
	First time.Duration
	// Factor is by how much a wait exceeds the one before it, 1 or more; zero is 2.
	Factor float64
	// Cap is the longest wait; zero is 24 hours.
	Cap time.Duration
	// Attempts is how many there are in all, the first among them; zero is as many
	// as there is time for.
	Attempts int
	// For is how long after the first attempt the last is made at most; zero is as
	// long as there are attempts left.
	For time.Duration
}

// maxWaits is the most that a schedule has.
const maxWaits = 1000

// Waits returns the waits of the schedule, as [Endpoint].Retry takes them. The
// error says what is missing, or that there would be more than 1,000.
func (b Backoff) Waits() ([]time.Duration, error) {
	if b.Factor == 0 {
		b.Factor = 2
	}
	if b.Cap == 0 {
		b.Cap = max(24*time.Hour, b.First)
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	waits, sum := []time.Duration{}, time.Duration(0)
	for wait := b.First; ; {
		sum += wait
		if b.For > 0 && sum > b.For || b.Attempts > 0 && len(waits)+1 >= b.Attempts {
			return waits, nil
		}
		if len(waits) == maxWaits {
			return nil, fmt.Errorf("has more than %d attempts: let the waits grow longer, or bound attempts", maxWaits)
		}
		waits = append(waits, wait)
		// Compared as numbers, since a long wait times a factor may be no duration.
		if next := float64(wait) * b.Factor; next < float64(b.Cap) {
			wait = time.Duration(next)
		} else {
			wait = b.Cap
		}
	}
}

func (b Backoff) check() error {
	switch {
	case b.First <= 0:
		return errors.New("first is missing: the wait before the second attempt")
	case !(b.Factor >= 1) || b.Factor > 1000:
		return fmt.Errorf("factor = %v must be from 1 to 1000", b.Factor)
	case b.Cap < b.First:
		return fmt.Errorf("cap = %v is less than first = %v", b.Cap, b.First)
	case b.Attempts < 0 || b.For < 0:
		return errors.New("attempts and for must not be negative")
	case b.Attempts == 0 && b.For == 0:
		return errors.New("never ends: say attempts or for")
	}
	return nil
}
