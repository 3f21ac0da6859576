package durability

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
)

// sink keeps what is delivered to it.
type sink struct {
	mu  sync.Mutex
	ids map[string]map[string]bool // body → the webhook-ids it came under
	// awaited are the bodies that await still waits for; all is closed when
	// none is left.
	awaited map[string]bool
	all     chan struct{}
}

func newSink() *sink { return &sink{ids: map[string]map[string]bool{}} }

func (s *sink) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the server was killed in the middle
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids[string(body)] == nil {
		s.ids[string(body)] = map[string]bool{}
	}
	s.ids[string(body)][r.Header.Get("Webhook-Id")] = true
	if s.awaited[string(body)] {
		delete(s.awaited, string(body))
		if len(s.awaited) == 0 {
			close(s.all)
		}
	}
}

// await returns once every body has come.
func (s *sink) await(t *testing.T, bodies []string) {
	t.Helper()
	s.mu.Lock()
	s.awaited, s.all = map[string]bool{}, make(chan struct{})
	for _, b := range bodies {
		if len(s.ids[b]) == 0 {
			s.awaited[b] = true
		}
	}
	if len(s.awaited) == 0 {
		close(s.all)
	}
	s.mu.Unlock()
	select {
	case <-s.all:
	case <-time.After(10 * time.Minute):
		s.mu.Lock()
		defer s.mu.Unlock()
		t.Fatalf("%d of %d acknowledged webhooks never came", len(s.awaited), len(bodies))
	}
}

func number(t *testing.T, name string, standard int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// The server is killed at random moments under load, again and again. Whatever
// it answered 202 to is delivered at least once and always under one webhook-id,
// and what it refused never is.
//
// HOOKSEAL_KILLS sets how often (3), HOOKSEAL_SEED the moments.
func TestKilledUnderLoad(t *testing.T) { killUnderLoad(t, sqliteFile, 1) }

// The same with a database, which goes on while the servers are dead.
func TestKilledUnderLoadOfPostgres(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			killUnderLoad(t, pgtest.Own(t).DSN("postgres"), nodes)
		})
	}
}

func killUnderLoad(t *testing.T, data string, nodes int) {
	kills := number(t, "HOOKSEAL_KILLS", 3)
	seed := uint64(number(t, "HOOKSEAL_SEED", 1))
	moments := rand.New(rand.NewPCG(seed, seed))
	t.Logf("%d kills of %d nodes, seed %d", kills, nodes, seed)
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	addrs, configs := make([]string, nodes), make([]string, nodes)
	for i := range nodes {
		addrs[i] = freeAddress(t)
		configs[i] = writeConfigOn(t, t.TempDir(), addrs[i], endpoint.URL, data)
	}

	var accepted []string
	for round := range kills {
		loads := make([]*load, nodes)
		var posting sync.WaitGroup
		for i := range nodes {
			running := start(t, addrs[i], bin, "serve", "--config", configs[i], "--log-level", "error")
			loads[i] = newLoad(addrs[i], round*nodes+i)
			moment := time.Duration(50+moments.IntN(400)) * time.Millisecond
			posting.Go(func() {
				time.AfterFunc(moment, func() {
					// Wait below reports how it ended.
					_ = syscall.Kill(-running.cmd.Process.Pid, syscall.SIGKILL)
				})
				loads[i].run()
				_ = running.cmd.Wait()
			})
		}
		posting.Wait()
		for _, l := range loads {
			accepted = append(accepted, l.taken...)
		}
	}
	if len(accepted) == 0 {
		t.Fatal("nothing was accepted before the kills")
	}

	last := start(t, addrs[0], bin, "serve", "--config", configs[0], "--log-level", "error")
	s.await(t, accepted)
	last.kill(t, syscall.SIGTERM)
	s.judge(t, len(accepted))
}

func (s *sink) judge(t *testing.T, accepted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for body, ids := range s.ids {
		if strings.HasPrefix(body, "forged") {
			t.Errorf("a refused webhook was delivered: %q", body)
		}
		if len(ids) != 1 {
			t.Errorf("%q came under %d webhook-ids", body, len(ids))
		}
	}
	t.Logf("%d acknowledged, %d bodies delivered", accepted, len(s.ids))
}

// load posts from several connections until the server is gone.
type load struct {
	addr  string
	round int
	next  atomic.Int64
	mu    sync.Mutex
	taken []string
}

func newLoad(addr string, round int) *load { return &load{addr: addr, round: round} }

// run returns the bodies that were answered 202.
func (l *load) run() []string {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(l.connection)
	}
	wg.Wait()
	return l.taken
}

func (l *load) connection() {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for {
		n := l.next.Add(1)
		body := fmt.Sprintf(`{"round":%d,"n":%d,"pad":%q}`, l.round, n, strings.Repeat("x", 900))
		if n%10 == 0 {
			forged := request(body)
			copy(forged[len(forged)-len(body):], "forged")
			if _, err := conn.Write(forged); err != nil {
				return
			}
			if resp, err := http.ReadResponse(answers, nil); err != nil || resp.StatusCode != http.StatusUnauthorized || drain(resp) != nil {
				return
			}
			continue
		}
		status, err := send(conn, answers, body)
		if err != nil {
			return // killed: this one was not acknowledged
		}
		if status == http.StatusAccepted {
			l.mu.Lock()
			l.taken = append(l.taken, body)
			l.mu.Unlock()
		}
	}
}

func drain(resp *http.Response) error {
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	return resp.Body.Close()
}

// SIGTERM under load loses nothing either, and ends the process by itself.
func TestTerminatedUnderLoad(t *testing.T) {
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	addr := freeAddress(t)
	config := writeConfig(t, t.TempDir(), addr, endpoint.URL)
	running := start(t, addr, bin, "serve", "--config", config, "--log-level", "error")
	load := newLoad(addr, 0)
	time.AfterFunc(300*time.Millisecond, func() {
		_ = syscall.Kill(running.cmd.Process.Pid, syscall.SIGTERM)
	})
	accepted := load.run()
	if err := running.cmd.Wait(); err != nil {
		t.Errorf("serve ended with %v after SIGTERM, want exit status 0", err)
	}
	last := start(t, addr, bin, "serve", "--config", config, "--log-level", "error")
	s.await(t, accepted)
	last.kill(t, syscall.SIGTERM)
	s.judge(t, len(accepted))
}
