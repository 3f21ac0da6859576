package dispatch

import (
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
)

// slots counts what is under way, in all and at each endpoint.
type slots struct {
	mu      sync.Mutex
	total   int
	used    int
	running map[string]int
}

func newSlots(total int) *slots {
	return &slots{total: total, running: map[string]int{}}
}

func (s *slots) take(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used++
	s.running[endpoint]++
}

func (s *slots) release(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.running[endpoint]--
	if s.running[endpoint] == 0 {
		delete(s.running, endpoint)
	}
}

// full lists the endpoints without a free slot.
func (s *slots) full(endpoints map[string]Endpoint) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name, running := range s.running {
		if running >= endpoints[name].slots() {
			names = append(names, name)
		}
	}
	return names
}

// request asks for as much work as there are free slots.
func (s *slots) request(endpoints map[string]Endpoint, now time.Time, lease time.Duration) store.LeaseRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	request := store.LeaseRequest{
		Now: now, For: lease,
		Max: s.total - s.used, Default: defaultSlots, Capacity: map[string]int{},
	}
	for name, endpoint := range endpoints {
		if endpoint.slots() != defaultSlots {
			request.Capacity[name] = endpoint.slots()
		}
	}
	for name, running := range s.running {
		limit, listed := request.Capacity[name]
		if !listed {
			limit = defaultSlots
		}
		request.Capacity[name] = max(0, limit-running)
	}
	return request
}
