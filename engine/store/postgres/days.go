package postgres

import (
	"context"
	"sync"
	"time"
)

// days are the days that have tables, as far as this node knows. Another node may
// have dropped them, which a statement then finds out.
type days struct {
	// making is held by the one call that makes tables.
	making chan struct{}

	mu    sync.Mutex
	known map[day]bool
	// kept are the days that were too old, and stayed for what was open.
	kept map[day]bool
	// full is until when no further day is given tables, since there are enough, or
	// they could not be made.
	full time.Time
	// warned is when it was last said that there are enough.
	warned time.Time
}

func newDays() days {
	return days{making: make(chan struct{}, 1), known: map[day]bool{}, kept: map[day]bool{}}
}

const (
	// fullFor is how long a node waits before it tries again to give further days
	// tables, warnFor how long it says nothing more of there being enough.
	fullFor = time.Minute
	warnFor = time.Hour
)

// find returns the day whose tables an event of a day goes to, false if that is not
// known.
func (k *days) find(d day) (day, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case d == rest || k.known[d]:
		return d, true
	case time.Now().Before(k.full):
		return rest, true
	}
	return d, false
}

func (k *days) add(list ...day) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range list {
		k.known[d] = true
	}
}

func (k *days) forget(d day) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, d)
	delete(k.kept, d)
}

// keep notes that a day stays for what is open, and reports whether that is new.
func (k *days) keep(d day) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.kept[d]
	k.kept[d] = true
	return !was
}

// fill has further days be given no tables for a while.
func (k *days) fill() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.full = time.Now().Add(fullFor)
}

// mayWarn reports whether it is to be said that there are enough.
func (k *days) mayWarn() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if now.Before(k.warned.Add(warnFor)) {
		return false
	}
	k.warned = now
	return true
}

// dayFor returns the day whose tables an event goes to, and makes them if they are
// not there. Where that fails the event goes to [rest], and so do those of other new
// days for a while: nothing is refused for it.
func (s *Store) dayFor(ctx context.Context, received time.Time) (day, error) {
	d := dayOf(received, time.Now())
	if found, known := s.days.find(d); known {
		return found, nil
	}
	select {
	case s.days.making <- struct{}{}:
	case <-ctx.Done():
		return rest, ctx.Err()
	}
	defer func() { <-s.days.making }()
	// Of all who waited the first has made them.
	if found, known := s.days.find(d); known {
		return found, nil
	}
	made, err := s.makeDay(ctx, d)
	if err != nil && ctx.Err() == nil {
		s.days.fill()
		s.opts.Logger.Warn("a day gets no tables of its own, its events go to the tables of the rest",
			"day", int(d), "next_try_in", fullFor, "error", err)
		return rest, nil
	}
	return made, err
}
