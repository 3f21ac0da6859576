//go:build unix

package postgres_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store/postgres"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
	"github.com/hookseal/hookseal/engine/store/storetest"
)

// sink notes what is delivered to it, and by which node. It keeps the requests
// of some nodes until they go away.
type sink struct {
	keep map[string]bool

	mu sync.Mutex
	// tries are the tries of each webhook-id, by node.
	tries map[string][]string
	// arrived is signaled after each try.
	arrived chan struct{}
}

func newSink(keep ...string) *sink {
	s := &sink{keep: map[string]bool{}, tries: map[string][]string{}, arrived: make(chan struct{}, 10_000)}
	for _, node := range keep {
		s.keep[node] = true
	}
	return s
}

func (s *sink) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // the node was killed
	}
	node := r.Header.Get("X-Node")
	s.mu.Lock()
	id := r.Header.Get("Webhook-Id")
	s.tries[id] = append(s.tries[id], node)
	s.mu.Unlock()
	s.arrived <- struct{}{}
	if s.keep[node] {
		<-r.Context().Done()
	}
}

// await returns once so many tries more have come.
func (s *sink) await(t *testing.T, n int) {
	t.Helper()
	timeout := time.After(time.Minute)
	for i := range n {
		select {
		case <-s.arrived:
		case <-timeout:
			t.Fatalf("%d of %d tries have come in a minute", i, n)
		}
	}
}

// nodeEndpoints is how many endpoints a node has, all of them one sink. An event
// of type "a.N" goes to the N-th.
const nodeEndpoints = 16

// nodeConfig is an engine that sends what is published to a sink.
func nodeConfig(db *postgres.Store, name, url string, lease time.Duration) engine.Config {
	config := engine.Config{
		Store:         db,
		Endpoints:     map[string]engine.Endpoint{},
		AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Limits:        engine.Limits{Lease: lease},
	}
	for n := range nodeEndpoints {
		to := fmt.Sprintf("sink-%d", n)
		config.Endpoints[to] = engine.Endpoint{
			URL: url, Sign: engine.NoVerification, Headers: map[string]string{"X-Node": name}, Timeout: time.Minute,
		}
		config.Subscriptions = append(config.Subscriptions,
			engine.Subscription{Source: engine.AppSource, Types: []string{fmt.Sprintf("a.%d", n)}, Endpoint: to})
	}
	return config
}

// startNode runs an engine until the test ends.
func startNode(t *testing.T, dsn, name, url string, lease time.Duration) *engine.Engine {
	t.Helper()
	db := open(t, dsn, postgres.Options{})
	eng, err := engine.Open(nodeConfig(db, name, url, lease))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- eng.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

func publish(t *testing.T, eng *engine.Engine, n int) {
	t.Helper()
	storetest.EachCaller(t, 16, n, func(i int) error {
		_, err := eng.Publish(t.Context(), engine.Publication{Type: fmt.Sprintf("a.%d", i%nodeEndpoints), Body: fmt.Appendf(nil, "%d", i)})
		return err
	})
}

// TestTwoEngines has two engines deliver what both of them accept: each delivery
// is sent once.
func TestTwoEngines(t *testing.T) {
	const events = 300
	s := newSink()
	server := httptest.NewServer(s)
	defer server.Close()
	dsn := pgtest.Database(t)
	a := startNode(t, dsn, "a", server.URL, time.Minute)
	b := startNode(t, dsn, "b", server.URL, time.Minute)
	publish(t, a, events)
	publish(t, b, events)
	s.await(t, 2*events)
	s.mu.Lock()
	defer s.mu.Unlock()
	by := map[string]int{}
	for id, tries := range s.tries {
		if len(tries) != 1 {
			t.Errorf("%s was sent by %v, want once", id, tries)
		}
		by[tries[0]]++
	}
	t.Logf("sent by %v", by)
}

// TestIdleEngineHelps publishes on an engine that does not deliver: the other
// one is told.
func TestIdleEngineHelps(t *testing.T) {
	s := newSink()
	server := httptest.NewServer(s)
	defer server.Close()
	dsn := pgtest.Database(t)
	startNode(t, dsn, "b", server.URL, time.Minute)
	idle, err := engine.Open(nodeConfig(open(t, dsn, postgres.Options{}), "a", server.URL, time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	publish(t, idle, 10)
	s.await(t, 10)
	if err := idle.Close(); err != nil {
		t.Error(err)
	}
}

// The environment that makes the test binary a node that is killed.
const (
	nodeDSN  = "HOOKSEAL_TEST_NODE_DSN"
	nodeSink = "HOOKSEAL_TEST_NODE_SINK"
)

const nodeLease = 3 * time.Second

// TestNode is a node of [TestNodeIsKilled] in a process of its own.
func TestNode(t *testing.T) {
	dsn := os.Getenv(nodeDSN)
	if dsn == "" {
		t.Skip("it is a part of TestNodeIsKilled")
	}
	eng, err := engine.Open(nodeConfig(open(t, dsn, postgres.Options{}), "killed", os.Getenv(nodeSink), nodeLease))
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(eng.Run(context.Background()))
}

// TestNodeIsKilled kills a node in the middle of its attempts, one at each of many
// endpoints: another makes them once the leases have ended, under the same
// webhook-ids, and once each.
func TestNodeIsKilled(t *testing.T) {
	const events, slots = 4 * nodeEndpoints, nodeEndpoints
	s := newSink("killed")
	server := httptest.NewServer(s)
	defer server.Close()
	dsn := pgtest.Database(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command(self, "-test.run=^TestNode$", "-test.timeout=2m")
	node.Env = append(os.Environ(), nodeDSN+"="+dsn, nodeSink+"="+server.URL)
	var out strings.Builder
	node.Stdout, node.Stderr = &out, &out
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	kill := func() {
		if !ended {
			ended = true
			_ = node.Process.Kill()
			_ = node.Wait() // its error says that it was killed
		}
	}
	defer kill()
	idle, err := engine.Open(nodeConfig(open(t, dsn, postgres.Options{}), "idle", server.URL, nodeLease))
	if err != nil {
		t.Fatal(err)
	}
	publish(t, idle, events)
	s.await(t, slots) // one to each, since none has answered
	startNode(t, dsn, "alive", server.URL, nodeLease)
	s.await(t, events-slots)
	kill()
	killed := time.Now()
	s.await(t, slots)
	if took := time.Since(killed); took > nodeLease+10*time.Second {
		t.Errorf("the last delivery was taken over after %v, want soon after the lease of %v", took, nodeLease)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	both := 0
	for id, tries := range s.tries {
		switch fmt.Sprint(tries) {
		case "[killed alive]":
			both++
		case "[alive]":
		default:
			t.Errorf("%s was tried by %v, want by the one alive once, after the one killed at most once", id, tries)
		}
	}
	if len(s.tries) != events || both != slots {
		t.Errorf("%d deliveries, %d of them taken over, want %d, %d\n%s", len(s.tries), both, events, slots, out.String())
	}
	if err := idle.Close(); err != nil {
		t.Error(err)
	}
}
