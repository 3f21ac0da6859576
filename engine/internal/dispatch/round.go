package dispatch

import (
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// round is one call of the store's Lease. What it may bring is kept from those who
// would reserve slots meanwhile.
type round struct {
	slots     *slots
	endpoints map[string]Endpoint
	now       time.Time
	most      int
	// could is how many deliveries each endpoint could be handed, and failing the
	// same of those that fail.
	could, failing map[string]int
}

// round begins a call for as much work as there are free slots, but for a quarter
// of them, which is left to what is accepted meanwhile. Its most is 0 if none is.
func (s *slots) round(endpoints map[string]Endpoint, now time.Time) *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := max(0, s.total-s.used)
	s.waiting = s.waiting || free == 0
	s.promised = free - free/4
	return &round{slots: s, endpoints: endpoints, now: now, most: s.promised, could: map[string]int{}, failing: map[string]int{}}
}

// request is what the store is asked for.
func (r *round) request(lease time.Duration) store.LeaseRequest {
	return store.LeaseRequest{Now: r.now, For: lease, Max: r.most, Capacity: r.capacity}
}

// capacity is how many deliveries an endpoint may be handed. A store that tries
// again may ask again.
func (r *round) capacity(name string) int {
	s := r.slots
	s.mu.Lock()
	defer s.mu.Unlock()
	e := r.endpoints[name]
	g := s.gate(name, e)
	s.promisedFailing -= r.failing[name]
	g.promised, r.failing[name] = 0, 0
	n := s.capacity(g, e, r.now)
	if g.failing() {
		r.failing[name] = n
		s.promisedFailing += n
	}
	g.promised, r.could[name] = n, n
	s.waiting = s.waiting || n == 0
	return n
}

// end uses slots for what the round has brought. An endpoint that was handed less
// than it could have been has nothing more that is due, unless the store failed.
func (r *round) end(leases []store.Lease, err error) {
	s := r.slots
	s.mu.Lock()
	defer s.mu.Unlock()
	s.promised, s.promisedFailing = 0, 0
	for i := range leases {
		name := leases[i].Delivery.Endpoint
		r.could[name]--
		s.use(name, s.gate(name, r.endpoints[name]), r.now)
	}
	full := err != nil || len(leases) == r.most
	for name, left := range r.could {
		g := s.gates[name]
		if g == nil { // an endpoint that is gone, and could be handed nothing
			continue
		}
		g.promised = 0
		g.behind = g.behind && (full || left <= 0)
		s.tidy(name, g)
	}
}
