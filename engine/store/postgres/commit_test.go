//go:build unix

package postgres_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/webhook"
)

// breaker is a way to the server that breaks at the next COMMIT, as often as it
// is told.
type breaker struct {
	dir, server string
	listener    net.Listener
	running     sync.WaitGroup
	// before and after are how often it breaks before the server has got the
	// COMMIT, and after it has answered.
	before, after atomic.Int64
	broken        atomic.Int64
}

func newBreaker(t *testing.T, server *pgtest.Server) *breaker {
	t.Helper()
	dir, err := os.MkdirTemp("", "hookseal-breaker-") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{dir: dir, server: filepath.Join(server.Dir, ".s.PGSQL.5432")}
	if b.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	b.running.Go(b.accept)
	t.Cleanup(func() {
		err := b.listener.Close()
		b.running.Wait()
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *breaker) accept() {
	for {
		client, err := b.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", b.server)
		if err != nil {
			client.Close()
			continue
		}
		b.running.Go(func() { b.forward(client, server) })
	}
}

// forward passes on what the client sends, and at a COMMIT whatever is left of
// the connection.
func (b *breaker) forward(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	var muted atomic.Bool
	answered := make(chan struct{}, 1)
	b.running.Go(func() {
		defer client.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if muted.Load() {
				answered <- struct{}{}
				return
			}
			if _, writeErr := client.Write(buffer[:n]); err != nil || writeErr != nil {
				return
			}
		}
	})
	buffer := make([]byte, 1<<20)
	for {
		n, err := client.Read(buffer)
		commits := bytes.Contains(buffer[:n], []byte("COMMIT\x00"))
		if commits && take(&b.before) {
			b.broken.Add(1)
			return
		}
		last := commits && take(&b.after)
		muted.Store(last)
		if _, writeErr := server.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
		if last {
			<-answered
			b.broken.Add(1)
			return
		}
	}
}

func take(n *atomic.Int64) bool {
	for {
		left := n.Load()
		if left <= 0 {
			return false
		}
		if n.CompareAndSwap(left, left-1) {
			return true
		}
	}
}

// TestCommitOfUnknownOutcome breaks the connection before and after the server
// has committed: Accept answers with what is true.
func TestCommitOfUnknownOutcome(t *testing.T) {
	server := pgtest.Shared(t)
	dsn := pgtest.Database(t)
	b := newBreaker(t, server)
	s := open(t, strings.Replace(dsn, server.Dir, b.dir, 1)+"&default_query_exec_mode=cache_describe", postgres.Options{})
	accept(t, s, "warm", "crm") // the statements are described from here on
	for name, c := range map[string]struct {
		key           string
		before, after int64
	}{
		"lost": {"", 1, 0}, "lost with a key": {"k1", 1, 0}, "lost twice": {"", 2, 0},
		"committed": {"", 0, 1}, "committed with a key": {"k2", 0, 1},
		"lost and committed": {"k3", 1, 1},
	} {
		b.broken.Store(0)
		b.before.Store(c.before)
		b.after.Store(c.after)
		a := acceptance("e "+name, "crm")
		a.DedupKey = c.key
		r, err := s.Accept(t.Context(), a)
		if err != nil || r.Duplicate || r.EventID != a.Event.ID {
			t.Errorf("%s: Accept = %+v, %v, want it stored, and no duplicate", name, r, err)
		}
		if got := b.broken.Load(); got != c.before+c.after {
			t.Errorf("%s: the connection broke %d times, want %d", name, got, c.before+c.after)
		}
		if list, err := s.Deliveries(t.Context(), store.DeliveryQuery{Event: a.Event.ID}); err != nil || len(list) != 1 {
			t.Errorf("%s: %d deliveries, %v, want 1", name, len(list), err)
		}
	}
	if counts, err := s.Counts(t.Context()); err != nil || counts[webhook.Pending] != 7 {
		t.Errorf("Counts = %v, %v, want 7 pending", counts, err)
	}
	// A connection that breaks again and again is an error in the end.
	b.before.Store(100)
	if r, err := s.Accept(t.Context(), acceptance("never", "crm")); err == nil {
		t.Errorf("Accept whose connection always breaks = %+v, want an error", r)
	}
	b.before.Store(0)
	if _, err := s.Event(t.Context(), "never"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Event of the failed Accept = %v, want %v", err, store.ErrNotFound)
	}
}
