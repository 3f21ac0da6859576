package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// model uses a store at random, as an engine does that fails, crashes and begins
// anew at any moment. Calls are chosen one after the other, and may run at once.
type model struct {
	t     *testing.T
	path  string
	s     *Store
	dice  *rand.Rand
	clock time.Time
	// events is how many were accepted, leases are what they and Lease have handed
	// out so far, most of them ended.
	events   int
	expanded map[string]bool
	mu       sync.Mutex
	leases   []store.Lease
}

const (
	modelSteps = 150
	// modelTogether is how many calls come while the writer is busy.
	modelTogether = 4
	modelLease    = 5 * time.Second
)

func newModel(t *testing.T, seed uint64) *model {
	m := &model{
		t: t, path: filepath.Join(t.TempDir(), "hookseal.db"), dice: rand.New(rand.NewPCG(seed, 1)),
		clock: time.Unix(1_000_000, 0), expanded: map[string]bool{},
	}
	m.open()
	return m
}

func (m *model) open() {
	s, err := Open(m.path, Options{Synchronous: "OFF"})
	if err != nil {
		m.t.Fatal(err)
	}
	m.s = s
	inParts(m.t, s, 3)
}

func (m *model) close() {
	if err := m.s.Close(); err != nil {
		m.t.Errorf("Close = %v", err)
	}
}

// step makes one call, or several in one transaction, and begins anew at times.
func (m *model) step() {
	switch n := m.dice.IntN(60); {
	case n == 0:
		m.close()
		m.open()
	case n == 1:
		m.crash()
	case n < 20:
		m.together()
	default:
		m.call()()
	}
}

// crash goes on with a copy of the file as it is between two transactions, in the
// middle of what the deliveries of an endpoint have followed.
func (m *model) crash() {
	endpoint, disable, now := m.endpoint(), m.dice.IntN(2) == 0, m.clock
	m.want("SetDisabled", func() error {
		_, err := m.s.SetDisabled(m.t.Context(), endpoint, disable, "", now)
		return err
	})()
	copied := filepath.Join(m.t.TempDir(), "hookseal.db")
	err := m.s.write(m.t.Context(), "copy", func(*tx) error {
		copyStore(m.t, m.path, copied)
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.close()
	m.path = copied
	m.open()
}

// together makes several calls while the writer is busy, which takes them all into
// its next transaction.
func (m *model) together() {
	var callers sync.WaitGroup
	free := make(chan struct{})
	callers.Go(func() {
		err := m.s.write(m.t.Context(), "keep busy", func(*tx) error {
			<-free
			return nil
		})
		if err != nil {
			m.t.Error(err)
		}
	})
	for range modelTogether {
		synctest.Wait()
		callers.Go(m.call())
	}
	synctest.Wait()
	close(free)
	callers.Wait()
}

// finish enables every endpoint, and delivers all that is open.
func (m *model) finish() {
	for n := range 3 {
		m.want("SetDisabled", func() error {
			_, err := m.s.SetDisabled(m.t.Context(), fmt.Sprint("endpoint-", n), false, "", m.clock)
			return err
		})()
	}
	followed(m.t, m.s)
	for range m.events { // one of an order at a time
		m.clock = m.clock.Add(2 * modelLease)
		leases, err := m.s.Lease(m.t.Context(), store.LeaseRequest{Now: m.clock, For: modelLease, Max: 1000, Default: 1000})
		if err != nil {
			m.t.Fatal(err)
		}
		if len(leases) == 0 {
			break
		}
		var batch []store.Settlement
		for _, l := range leases {
			batch = append(batch, store.Settlement{
				Lease: l.Ref, Now: m.clock, Attempt: &webhook.Attempt{At: m.clock}, Next: webhook.Next{State: webhook.Delivered},
			})
		}
		if _, err := m.s.Settle(m.t.Context(), batch); err != nil {
			m.t.Fatal(err)
		}
	}
	for _, state := range []webhook.DeliveryState{webhook.Pending, webhook.Running, webhook.Held, webhook.Failed} {
		wantCount(m.t, m.s, state, 0)
	}
}

// TestModel makes calls of every kind at random, several of them in one transaction,
// has transactions and connections fail, closes and crashes, while deliveries follow
// their endpoints in small parts. The file and the book are sound after each step, and
// all is delivered in the end.
//
// HOOKSEAL_STORMS sets how many such runs there are (10).
func TestModel(t *testing.T) {
	for seed := range storms(t, 10/modelScale) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newModel(t, uint64(seed))
				defer m.close()
				for step := 0; step < modelSteps && !t.Failed(); step++ {
					m.step()
					wantSound(t, m.s)
				}
				m.finish()
				wantSound(t, m.s)
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
