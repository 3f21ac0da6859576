package dispatch_test

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// storm is a load of which everything but its size is at random.
type storm struct {
	t    *testing.T
	dice *dice
	// limit is the most at a time to an endpoint, and total to all.
	limit, total int
	names        []string
	endpoints    map[string]dispatch.Endpoint
	// calls are what each caller accepts, owed how many deliveries that makes, and
	// ordered the messages of which an endpoint is sent one at a time.
	calls   [][]store.Acceptance
	owed    int
	ordered map[string]bool

	mu      sync.Mutex
	running map[string]int // in all, by endpoint, and of those that are ordered
	taken   map[string]int // by endpoint and message
	ended   int
	calm    chan struct{} // closed when all is delivered
}

const (
	stormCallers   = 8
	stormCalls     = 25
	stormEndpoints = 12
	// stormCalms is how long it may take to deliver what is left.
	stormCalms = 10 * time.Minute
)

func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{
		t: t, dice: newDice(seed, 1), endpoints: map[string]dispatch.Endpoint{}, ordered: map[string]bool{},
		running: map[string]int{}, taken: map[string]int{}, calm: make(chan struct{}),
	}
	s.limit, s.total = 1+s.dice.throw(3), 1+s.dice.throw(8)
	for i := range stormEndpoints {
		name := fmt.Sprint([]string{"healthy", "failing", "overloaded", "paced"}[i%4], i)
		s.names, s.endpoints[name] = append(s.names, name), s.endpoint(name)
	}
	for caller := range stormCallers {
		var calls []store.Acceptance
		for n := range stormCalls {
			calls = append(calls, s.acceptance(caller*stormCalls+n))
		}
		s.calls = append(s.calls, calls)
	}
	return s
}

func (s *storm) endpoint(name string) dispatch.Endpoint {
	retry := make([]time.Duration, 40)
	for i := range retry {
		retry[i] = 500 * time.Millisecond
	}
	e := endpoint(name, webhook.DeliveryPolicy{Retry: retry})
	e.Concurrency = s.limit
	e.Breaker = &dispatch.Breaker{Failures: 3, Pause: time.Second, MaxPause: 2 * time.Second}
	if name[0] == 'p' {
		e.Rate = 20
	}
	return e
}

// acceptance is of event n to a few endpoints.
func (s *storm) acceptance(n int) store.Acceptance {
	to := map[string]bool{}
	for range 1 + s.dice.throw(3) {
		to[s.names[s.dice.throw(len(s.names))]] = true
	}
	var names []string
	for _, name := range s.names {
		if to[name] {
			names = append(names, name)
		}
	}
	a := acceptance(n, "", names...)
	s.owed += len(names)
	if s.dice.throw(3) == 0 {
		s.ordered[eventID(n)] = true
		for i := range a.Deliveries {
			a.Deliveries[i].OrderKey = "order"
		}
	}
	return a
}

// answer takes its time, and is an error at times where the endpoint is of the kind.
func (s *storm) answer(_ int, r received) (*http.Response, error) {
	s.enter(r)
	s.dice.nap(30 * time.Millisecond)
	code := http.StatusOK
	switch {
	case r.endpoint[0] == 'f' && s.dice.throw(3) == 0:
		code = http.StatusInternalServerError
	case r.endpoint[0] == 'o' && s.dice.throw(10) == 0:
		code = http.StatusTooManyRequests
	}
	s.leave(r, code == http.StatusOK)
	return status(code), nil
}

func (s *storm) enter(r received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running["all"]++
	s.running[r.endpoint]++
	if s.running[r.endpoint] > s.limit || s.running["all"] > s.total {
		s.t.Errorf("%d requests at a time, %d to %s; want at most %d and %d",
			s.running["all"], s.running[r.endpoint], r.endpoint, s.total, s.limit)
	}
	if !s.ordered[r.id] {
		return
	}
	if s.running["order "+r.endpoint]++; s.running["order "+r.endpoint] > 1 {
		s.t.Errorf("%s is sent to %s beside another of its order", r.id, r.endpoint)
	}
}

func (s *storm) leave(r received, took bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running["all"]--
	s.running[r.endpoint]--
	if s.ordered[r.id] {
		s.running["order "+r.endpoint]--
	}
	if took {
		s.taken[r.endpoint+"/"+r.id]++
	}
}

func (s *storm) finished(webhook.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended++; s.ended == s.owed {
		close(s.calm)
	}
}

// blow accepts from all callers, while the endpoints change if they do.
func (s *storm) blow(d *dispatch.Dispatcher, changing bool) {
	var callers sync.WaitGroup
	for _, calls := range s.calls {
		callers.Go(func() {
			for _, a := range calls {
				if _, err := d.Accept(s.t.Context(), due(a)); err != nil {
					s.t.Errorf("Accept = %v", err)
				}
				s.dice.nap(100 * time.Millisecond)
			}
		})
	}
	if changing {
		callers.Go(func() { s.change(d) })
	}
	callers.Wait()
}

// due returns an acceptance whose deliveries are due now.
func due(a store.Acceptance) store.Acceptance {
	a.Event.Time = time.Now()
	for i := range a.Deliveries {
		a.Deliveries[i].Due, a.Deliveries[i].Created = a.Event.Time, a.Event.Time
	}
	return a
}

// change takes endpoints away and brings them back, with another rate, and forgives
// some. In the end all are there.
func (s *storm) change(d *dispatch.Dispatcher) {
	for range 60 {
		some := map[string]dispatch.Endpoint{}
		for name, e := range s.endpoints {
			if s.dice.throw(3) > 0 {
				e.Rate = []float64{0, 5, 50}[s.dice.throw(3)]
				some[name] = e
			}
		}
		s.set(d, some)
		if s.dice.throw(5) == 0 {
			d.Forgive(s.names[s.dice.throw(len(s.names))])
		}
		s.dice.nap(80 * time.Millisecond)
	}
	s.set(d, s.endpoints)
}

func (s *storm) set(d *dispatch.Dispatcher, endpoints map[string]dispatch.Endpoint) {
	if err := d.SetEndpoints(endpoints); err != nil {
		s.t.Errorf("SetEndpoints = %v", err)
	}
}

// wantCalm wants all to be delivered before long, and once.
func (s *storm) wantCalm(st store.Store) {
	select {
	case <-s.calm:
	case <-time.After(stormCalms):
		s.t.Errorf("not all is delivered after %v", stormCalms)
	}
	wantCounts(s.t, st, map[webhook.DeliveryState]int64{webhook.Delivered: int64(s.owed)})
	s.mu.Lock()
	defer s.mu.Unlock()
	for message, n := range s.taken {
		if n != 1 {
			s.t.Errorf("%s was delivered %d times, want once", message, n)
		}
	}
	if len(s.taken) != s.owed {
		s.t.Errorf("%d messages were delivered, want %d", len(s.taken), s.owed)
	}
}

// TestStorms has many callers accept for endpoints of every kind, on a store that is
// slow, while the endpoints change in every other storm: all is delivered once, in
// bounded time, and no limit is broken.
//
// HOOKSEAL_STORMS sets how many (20).
func TestStorms(t *testing.T) {
	for seed := range storms(t, 20/crowdScale) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStorm(t, uint64(seed))
				st := &sluggish{Store: openStore(t), dice: newDice(uint64(seed), 2)}
				d, stop := start(t, dispatch.Config{
					Store: st, Transport: &network{answer: s.answer}, Concurrency: s.total, Endpoints: s.endpoints,
					Observer: dispatch.Observer{DeliveryFinished: s.finished},
				})
				s.blow(d, seed%2 == 1)
				s.wantCalm(st)
				stop()
			})
		})
	}
}

// storms is how many seeds a test tries, half as many of its own where tests are to
// be short.
func storms(t *testing.T, standard int) int {
	t.Helper()
	text := os.Getenv("HOOKSEAL_STORMS")
	if text == "" && testing.Short() {
		return standard / 2
	}
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("HOOKSEAL_STORMS: %v", err)
	}
	return n
}
