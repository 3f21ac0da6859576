package dispatch

import (
	"context"
	"sync"
	"time"
)

// slots counts what is under way, in all and at each endpoint, and knows how much
// more may be.
type slots struct {
	mu    sync.Mutex
	total int
	used  int
	// work is the context of deliveries, nil while none may begin by themselves.
	work context.Context
	// unused is signaled when used has come to zero.
	unused *sync.Cond
	// waiting says that something due found no slot when last looked for.
	waiting bool
	// promised is the most that the call of Lease which is under way may bring, and
	// promisedFailing the most for endpoints that fail.
	promised, promisedFailing int
	// failing is how many of those in use are for endpoints that fail.
	failing int
	// endpoints are those that are configured. A gate of another is kept while
	// something is under way there.
	endpoints map[string]Endpoint
	gates     map[string]*gate
	// watched are the gates that may let nothing through: something is under way,
	// they fail, or they open later.
	watched map[string]*gate
}

func newSlots(total int) *slots {
	s := &slots{total: total, gates: map[string]*gate{}, watched: map[string]*gate{}}
	s.unused = sync.NewCond(&s.mu)
	return s
}

// open lets slots be reserved, for work under a context.
func (s *slots) open(work context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = work
}

// close lets no more be reserved, and waits until none is in use.
func (s *slots) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = nil
	for s.used > 0 {
		s.unused.Wait()
	}
}

// gate returns that of an endpoint, a new one for an endpoint that nothing is
// known of.
func (s *slots) gate(name string, e Endpoint) *gate {
	g := s.gates[name]
	if g == nil {
		g = newGate(e)
		s.gates[name] = g
	}
	return g
}

// configure takes over what the endpoints say now, and forgets those that are
// gone.
func (s *slots) configure(endpoints map[string]Endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoints = endpoints
	for name, g := range s.gates {
		g.setRate(endpoints[name].Rate)
		s.tidy(name, g)
	}
}

// tidy forgets an endpoint that is gone, once nothing is under way there.
func (s *slots) tidy(name string, g *gate) {
	if _, ok := s.endpoints[name]; !ok && g.running == 0 && g.promised == 0 {
		delete(s.gates, name)
		delete(s.watched, name)
	}
}

// reserve uses a slot, if one is free for the endpoint and nothing older waits for
// it, and returns the context of the work; otherwise nil.
func (s *slots) reserve(name string, e Endpoint, now time.Time) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.work == nil {
		return nil
	}
	g := s.gate(name, e)
	if g.behind || s.used+s.promised >= s.total || s.capacity(g, e, now) == 0 {
		s.fallBehind(name, g)
		return nil
	}
	s.use(name, g, now)
	return s.work
}

// fallBehind notes that something waits for the endpoint.
func (s *slots) fallBehind(name string, g *gate) {
	g.behind = true
	s.watched[name] = g
}

// use counts a slot as used, and watches its endpoint.
func (s *slots) use(name string, g *gate, now time.Time) {
	s.used++
	s.count(g, 1)
	if g.limiter != nil {
		g.limiter.Take(now)
	}
	s.watched[name] = g
}

// release frees a slot, and reports whether something may wait for it. What it was
// meant for may have been put behind others.
func (s *slots) release(name string, behind bool) (wanted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	g := s.gates[name]
	s.count(g, -1)
	if behind {
		s.fallBehind(name, g)
	}
	s.tidy(name, g)
	if s.used == 0 {
		s.unused.Broadcast()
	}
	return s.waiting
}

// count adds to what is under way at an endpoint.
func (s *slots) count(g *gate, n int) {
	g.running += n
	if g.failing() {
		s.failing += n
	}
}

// capacity is how many deliveries more may begin for an endpoint. One that is not
// known is given one, to show what it does with it.
//
// The fewer slots are free, the fewer has each endpoint, so that some are left
// for those that have none; and all that fail share a quarter of them.
func (s *slots) capacity(g *gate, e Endpoint, now time.Time) int {
	if g == nil {
		g = newGate(e)
	}
	n := g.room(s.share(e.slots()), now)
	if g.failing() {
		n = max(0, min(n, max(1, s.total/4)-s.failing-s.promisedFailing))
	}
	return n
}

// share is the part of an endpoint's slots that it may use: all while half of the
// dispatcher's are free, and less from there, but never none.
func (s *slots) share(of int) int {
	free := s.total - s.used
	if 2*free >= s.total {
		return of
	}
	return max(1, (of*2*free+s.total-1)/s.total)
}

// blocked lists the endpoints to which nothing may begin, and returns when that
// changes by itself: the first moment at which one of them opens, zero if time
// changes nothing.
func (s *slots) blocked(endpoints map[string]Endpoint, now time.Time) (names []string, opens time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, g := range s.watched {
		at := g.opening(now)
		if !at.IsZero() && (opens.IsZero() || at.Before(opens)) {
			opens = at
		}
		g.blocked = s.capacity(g, endpoints[name], now) == 0
		if g.blocked {
			names = append(names, name)
		} else if g.running == 0 && !g.failing() && !g.behind {
			delete(s.watched, name)
		}
	}
	s.waiting = len(names) > 0
	return names, opens
}

// nothingDue notes that nothing is, but for endpoints that are blocked.
func (s *slots) nothingDue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.watched {
		g.behind = g.behind && g.blocked
	}
}
