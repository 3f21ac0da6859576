//go:build unix

package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// load accepts events from many callers until it is told to stop, and notes what
// was answered.
type load struct {
	*testing.T
	store *postgres.Store
	// enough is closed to end it.
	enough chan struct{}
	next   atomic.Int64
	failed atomic.Int64
	taken  atomic.Int64

	mu    sync.Mutex
	acked map[string]bool
}

const loadCallers = 24

func startLoad(t *testing.T, s *postgres.Store) (l *load, wait func()) {
	l = &load{T: t, store: s, enough: make(chan struct{}), acked: map[string]bool{}}
	var callers sync.WaitGroup
	for range loadCallers {
		callers.Go(l.call)
	}
	return l, callers.Wait
}

// call accepts event after event, half of them under a key.
func (l *load) call() {
	for {
		select {
		case <-l.enough:
			return
		default:
		}
		n := l.next.Add(1)
		a := acceptance(fmt.Sprintf("e%07d", n), fmt.Sprintf("endpoint-%d", n%3))
		if n%2 == 0 {
			a.DedupKey = a.Event.ID
		}
		r, err := l.store.Accept(l.Context(), a)
		if err != nil {
			l.failed.Add(1)
			continue
		}
		if r.Duplicate || r.EventID != a.Event.ID {
			l.Errorf("Accept(%s), a new one, = %+v", a.Event.ID, r)
		}
		l.taken.Add(1)
		l.mu.Lock()
		l.acked[a.Event.ID] = true
		l.mu.Unlock()
	}
}

// until returns once so many events more are acknowledged.
func (l *load) until(more int64) {
	l.Helper()
	want := l.taken.Load() + more
	for deadline := time.Now().Add(time.Minute); l.taken.Load() < want; {
		if time.Now().After(deadline) {
			l.Fatalf("%d of %d events more are acknowledged after a minute", l.taken.Load()-want+more, more)
		}
		time.Sleep(time.Millisecond) // another process: there is no signal to wait for
	}
}

// judge compares what was acknowledged with what is there.
func (l *load) judge(s *postgres.Store) {
	l.Helper()
	events, err := s.Events(l.Context(), store.EventQuery{})
	if err != nil {
		l.Fatal(err)
	}
	kept := map[string]bool{}
	for _, e := range events {
		kept[e.ID] = true
	}
	for id := range l.acked {
		if !kept[id] {
			l.Errorf("event %s was acknowledged and is lost", id)
		}
	}
	deliveries, err := s.Deliveries(l.Context(), store.DeliveryQuery{})
	if err != nil || len(deliveries) != len(events) {
		l.Errorf("%d deliveries of %d events, %v, want one each", len(deliveries), len(events), err)
	}
	counts, err := s.Counts(l.Context())
	if err != nil || counts[webhook.Pending] != int64(len(deliveries)) {
		l.Errorf("Counts = %v, %v, want %d pending", counts, err, len(deliveries))
	}
	l.Logf("%d acknowledged, %d errors, %d kept", len(l.acked), l.failed.Load(), len(events))
}

// TestServerIsKilled kills the server under load, several times: what was
// acknowledged is there, and the store goes on once the server is back.
func TestServerIsKilled(t *testing.T) {
	kills := 5
	if testing.Short() {
		kills = 2
	}
	server := pgtest.Own(t)
	s := open(t, server.DSN("postgres"), postgres.Options{})
	l, wait := startLoad(t, s)
	for range kills {
		l.until(200)
		if err := server.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := server.Run(); err != nil {
			t.Fatal(err)
		}
	}
	l.until(200)
	close(l.enough)
	wait()
	l.judge(s)
}

// TestConnectionsAreCut ends the connections of the store again and again, in
// the middle of transactions. Nearly all of it is repeated, and nothing is lost
// or stored twice.
func TestConnectionsAreCut(t *testing.T) {
	cuts := 40
	if testing.Short() {
		cuts = 10
	}
	server := pgtest.Own(t)
	s := open(t, server.DSN("postgres"), postgres.Options{})
	l, wait := startLoad(t, s)
	for range cuts {
		l.until(100)
		if err := server.SQL("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hookseal'"); err != nil {
			t.Fatal(err)
		}
	}
	l.until(100)
	close(l.enough)
	wait()
	l.judge(s)
	if failed := l.failed.Load(); failed > l.taken.Load()/10 {
		t.Errorf("%d of %d calls failed, want nearly all repeated", failed, failed+l.taken.Load())
	}
}

// TestServerIsAway gives errors while there is no server, and does not hang.
func TestServerIsAway(t *testing.T) {
	server := pgtest.Own(t)
	s := open(t, server.DSN("postgres"), postgres.Options{})
	accept(t, s, "e1", "crm")
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Accept": func() error { _, err := s.Accept(t.Context(), acceptance("e2", "crm")); return err },
		"Lease": func() error {
			_, err := s.Lease(t.Context(), store.LeaseRequest{Now: begin, For: 1, Max: 1, Default: 1})
			return err
		},
		"Lookup":  func() error { _, _, err := s.Lookup(t.Context(), "s", "key"); return err },
		"NextDue": func() error { _, err := s.NextDue(t.Context()); return err },
		"Ping":    func() error { return s.Ping(t.Context()) },
	} {
		began := time.Now()
		err := call()
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s without a server = %v, want an error of one line", name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s without a server took %v", name, took)
		}
	}
	if err := server.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Event(t.Context(), "e1"); err != nil {
		t.Errorf("Event after the server is back = %v", err)
	}
	accept(t, s, "e3", "crm")
	if got := lease(t, s, begin, 9); len(got) < 2 {
		t.Errorf("Lease after the server is back = %d deliveries, want those of e1 and e3", len(got))
	}
}

// TestBadNeighbours accepts events that cannot be stored among good ones: each
// fails alone.
func TestBadNeighbours(t *testing.T) {
	s := open(t, pgtest.Database(t), postgres.Options{})
	accept(t, s, "taken", "crm")
	const events = 400
	var failed atomic.Int64
	storetest.EachCaller(t, 64, events, func(i int) error {
		a := acceptance(fmt.Sprintf("e%03d", i), "crm")
		switch {
		case i%10 == 0:
			a.Event.ID = "taken"
		case i%3 == 0:
			a.Event.Body = []byte("{\"a\":\"\\u0000\"}\x00\xff")
			a.Event.Type, a.Event.Header = "\xff\x00", map[string][]string{"X": {"a\x00b\xff"}}
		}
		_, err := s.Accept(t.Context(), a)
		if a.Event.ID == "taken" && err != nil {
			failed.Add(1)
			return nil
		}
		return err
	})
	if n := failed.Load(); n != events/10 {
		t.Errorf("%d events under an ID that is taken failed, want all %d", n, events/10)
	}
	list, err := s.Events(t.Context(), store.EventQuery{})
	if err != nil || len(list) != 1+events-events/10 {
		t.Errorf("Events = %d, %v, want %d", len(list), err, 1+events-events/10)
	}
	e, err := s.Event(t.Context(), "e003")
	if err != nil || string(e.Body) != "{\"a\":\"\\u0000\"}\x00\xff" || e.Header["X"][0] != "a\x00b\xff" || e.Type != "\xff\x00" {
		t.Errorf("Event = %+v, %v, want its bytes as they were", e, err)
	}
}
