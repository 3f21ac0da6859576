// Package expiry chooses what a store removes when it is asked to prune: what is
// too old, and then the oldest of what is too much. The stores look things up and
// remove them.
package expiry

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// Size is what the events of a source weigh; see [store.Weight].
type Size struct {
	Source string
	Bytes  int64
}

// Aged is an event that has nothing open.
type Aged[ID comparable] struct {
	ID ID
	// Time is when it was received, in microseconds.
	Time   int64
	Weight int64
}

// Ledger looks up what a store holds.
type Ledger[ID comparable] interface {
	// Sizes returns what the events of every source weigh.
	Sizes() ([]Size, error)
	// Oldest returns up to limit events of a source that have nothing open, in
	// any order: those that were received before the moment, or the oldest of
	// all for a zero one.
	Oldest(source string, before time.Time, limit int) ([]Aged[ID], error)
	// Bodies returns up to limit events of a source that have nothing open and
	// still have their content, of those that were received before the moment.
	Bodies(source string, before time.Time, limit int) ([]ID, error)
}

// Plan is what is to be removed.
type Plan[ID comparable] struct {
	// Events are to be removed whole, Bodies lose their content alone.
	Events, Bodies []ID
}

// Choose returns what a request has removed from what the ledger shows.
func Choose[ID comparable](req store.PruneRequest, ledger Ledger[ID]) (Plan[ID], error) {
	c := choice[ID]{req: req, ledger: ledger, doomed: map[ID]bool{}}
	err := c.choose()
	return c.Plan, err
}

type choice[ID comparable] struct {
	Plan[ID]
	req    store.PruneRequest
	ledger Ledger[ID]
	// doomed are those of Events.
	doomed map[ID]bool
}

func (c *choice[ID]) choose() error {
	sizes, err := c.ledger.Sizes()
	if err != nil {
		return err
	}
	total := int64(0)
	for i := range sizes {
		s := &sizes[i]
		if err := c.source(s, c.req.Of(s.Source)); err != nil {
			return err
		}
		total += s.Bytes
	}
	if excess := total - c.req.Size; c.req.Size > 0 && excess > 0 {
		if err := c.lightenAll(sizes, excess); err != nil {
			return err
		}
	}
	// Last, since an event that goes whole has no content to lose beside.
	for _, s := range sizes {
		if err := c.bodies(s.Source, c.req.Of(s.Source).Bodies); err != nil {
			return err
		}
	}
	return nil
}

// source chooses whole events of one, and takes off its size what goes.
func (c *choice[ID]) source(s *Size, keep store.Keep) error {
	if !keep.Events.IsZero() {
		old, err := c.oldest(s.Source, keep.Events)
		if err != nil {
			return err
		}
		s.Bytes -= c.take(old, math.MaxInt64)
	}
	if excess := s.Bytes - keep.Size; keep.Size > 0 && excess > 0 {
		old, err := c.oldest(s.Source, time.Time{})
		if err != nil {
			return err
		}
		s.Bytes -= c.take(old, excess)
	}
	return nil
}

// lightenAll takes the oldest of all sources.
func (c *choice[ID]) lightenAll(sizes []Size, excess int64) error {
	var all []Aged[ID]
	for _, s := range sizes {
		old, err := c.oldest(s.Source, time.Time{})
		if err != nil {
			return err
		}
		all = append(all, old...)
	}
	byAge(all)
	c.take(all, excess)
	return nil
}

// oldest returns those of a source that are not chosen yet, the oldest first.
func (c *choice[ID]) oldest(source string, before time.Time) ([]Aged[ID], error) {
	if len(c.Events) >= c.req.Limit {
		return nil, nil
	}
	// What is chosen already may be found again, and leaves as many others.
	old, err := c.ledger.Oldest(source, before, c.req.Limit)
	old = slices.DeleteFunc(old, func(e Aged[ID]) bool { return c.doomed[e.ID] })
	byAge(old)
	return old, err
}

func byAge[ID comparable](events []Aged[ID]) {
	slices.SortStableFunc(events, func(a, b Aged[ID]) int { return cmp.Compare(a.Time, b.Time) })
}

// take chooses the first of some events until they weigh as much as the excess,
// and returns what they weigh.
func (c *choice[ID]) take(old []Aged[ID], excess int64) (taken int64) {
	for _, e := range old {
		if len(c.Events) >= c.req.Limit || taken >= excess {
			break
		}
		c.Events = append(c.Events, e.ID)
		c.doomed[e.ID] = true
		taken += e.Weight
	}
	return taken
}

// bodies chooses from the contents of a source.
func (c *choice[ID]) bodies(source string, before time.Time) error {
	if before.IsZero() || len(c.Bodies) >= c.req.Limit {
		return nil
	}
	found, err := c.ledger.Bodies(source, before, c.req.Limit+len(c.Events))
	for _, id := range found {
		if !c.doomed[id] && len(c.Bodies) < c.req.Limit {
			c.Bodies = append(c.Bodies, id)
		}
	}
	return err
}
