package dispatch

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// openSlots returns slots that can be reserved, and endpoints of those names with a
// rate.
func openSlots(t *testing.T, total int, rate float64, names ...string) (*slots, map[string]Endpoint) {
	t.Helper()
	endpoints := map[string]Endpoint{}
	for _, name := range names {
		endpoints[name] = Endpoint{URL: &url.URL{Scheme: "http", Host: name + ".example"}, Rate: rate}
	}
	s := newSlots(total)
	s.configure(endpoints)
	s.open(t.Context())
	return s, endpoints
}

// leasesTo returns a lease to each of the endpoints.
func leasesTo(names ...string) []store.Lease {
	var leases []store.Lease
	for _, name := range names {
		leases = append(leases, store.Lease{Delivery: webhook.Delivery{Endpoint: name}})
	}
	return leases
}

// TestRoundOutlivesEndpoint has the last delivery to an endpoint that is gone end
// while a round is under way that has asked for the endpoint.
func TestRoundOutlivesEndpoint(t *testing.T) {
	now := time.Now()
	s, endpoints := openSlots(t, 8, 0)
	first := s.round(endpoints, now)
	first.capacity("gone")
	first.end(leasesTo("gone"), nil)

	second := s.round(endpoints, now)
	if n := second.capacity("gone"); n != 0 {
		t.Fatalf("capacity beside the delivery that is under way = %d, want 0", n)
	}
	s.release("gone", false)
	second.end(nil, nil)
	if len(s.gates) != 0 || len(s.watched) != 0 || s.used != 0 || s.promised != 0 {
		t.Errorf("%d gates are kept, %d watched, %d slots used and %d promised, want none",
			len(s.gates), len(s.watched), s.used, s.promised)
	}
}

// TestRoundKeepsToken promises the one token of an endpoint's rate to a round: it is
// not reserved besides, but is once the round has not used it.
func TestRoundKeepsToken(t *testing.T) {
	now := time.Now()
	s, endpoints := openSlots(t, 8, 1, "crm")
	crm := endpoints["crm"]
	s.gate("crm", crm).window = 5
	r := s.round(endpoints, now)
	if n := r.capacity("crm"); n != 1 {
		t.Fatalf("capacity = %d, want the one that may begin in this second", n)
	}
	if s.reserve("crm", crm, now) != nil {
		t.Error("reserve while the token is promised = a slot, want none")
	}
	r.end(nil, nil)
	if s.reserve("crm", crm, now) == nil {
		t.Error("reserve once nothing was due = none, want a slot")
	}
	if s.reserve("crm", crm, now) != nil {
		t.Error("reserve without a token = a slot, want none")
	}
}

// TestFailingShareQuarter has endpoints that fail promised and reserved slots in
// several orders: together they have a quarter of all.
func TestFailingShareQuarter(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	for name, promised := range map[string][]bool{
		"promised, then reserved": {true, true, true, true, false, false, false, false},
		"reserved, then promised": {false, false, false, false, true, true, true, true},
		"by turns":                {true, false, true, false, true, false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			s, endpoints := openSlots(t, 16, 0, names...)
			for _, name := range names {
				s.change(name, endpoints[name], func(g *gate) { g.failures = 1 })
			}
			r := s.round(endpoints, now)
			got := 0
			for i, name := range names {
				switch {
				case promised[i]:
					r.capacity(name)
					got += r.capacity(name) // a store that tries again asks again
				case s.reserve(name, endpoints[name], now) != nil:
					got++
				}
			}
			if got != 4 {
				t.Errorf("%d slots of 16 are for endpoints that fail, want 4", got)
			}
			r.end(nil, nil)
			if s.promisedFailing != 0 {
				t.Errorf("%d slots are promised to endpoints that fail after the round, want 0", s.promisedFailing)
			}
		})
	}
}

// TestFailedRoundLeavesBehind ends rounds for an endpoint for which something waits:
// only one in which the store did not fail says that it does no more.
func TestFailedRoundLeavesBehind(t *testing.T) {
	now := time.Now()
	s, endpoints := openSlots(t, 8, 0, "crm")
	crm := endpoints["crm"]
	if s.reserve("crm", crm, now) == nil || s.reserve("crm", crm, now) != nil {
		t.Fatal("the endpoint does not begin with one slot")
	}
	s.release("crm", false)
	for _, fault := range []error{errors.New("disk is full"), nil} {
		r := s.round(endpoints, now)
		if n := r.capacity("crm"); n != 1 {
			t.Fatalf("capacity = %d, want 1", n)
		}
		r.end(nil, fault)
		if began := s.reserve("crm", crm, now) != nil; began != (fault == nil) {
			t.Errorf("reserve after a round that ended with %v = a slot is %v, want %v", fault, began, fault == nil)
		}
	}
}
