package durability

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
)

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
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	killUnderLoad(t, sqliteFile, 1)
}

// The same with a database, which goes on while the servers are dead.
func TestKilledUnderLoadOfPostgres(t *testing.T) {
	t.Parallel()
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

// SIGTERM under load loses nothing either, and ends the process by itself.
func TestTerminatedUnderLoad(t *testing.T) {
	t.Parallel()
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
