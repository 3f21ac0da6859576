package durability

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
)

// The database is killed and started again under load, and its connections are
// cut in the middle of transactions. The nodes go on by themselves, and whatever
// they answered 202 to is delivered.
//
// HOOKSEAL_OUTAGES sets how often (3).
func TestDatabaseKilledUnderLoad(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) { disturbDatabase(t, nodes) })
	}
}

func disturbDatabase(t *testing.T, nodes int) {
	rounds := number(t, "HOOKSEAL_OUTAGES", 3)
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	database := pgtest.Own(t)
	dsn := database.DSN("postgres")
	loads := make([]*load, nodes)
	var posting sync.WaitGroup
	for i := range nodes {
		addr := freeAddress(t)
		start(t, addr, bin, "serve", "--config", writeConfigOn(t, t.TempDir(), addr, endpoint.URL, dsn), "--log-level", "error")
		loads[i] = newLoad(addr, i)
		posting.Go(func() { loads[i].run() })
	}
	for range rounds {
		awaitTaken(t, loads, 100)
		if err := database.SQL("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hookseal'"); err != nil {
			t.Fatal(err)
		}
		awaitTaken(t, loads, 100)
		if err := database.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := database.Run(); err != nil {
			t.Fatal(err)
		}
	}
	awaitTaken(t, loads, 100)
	var accepted []string
	for _, l := range loads {
		l.end()
	}
	posting.Wait()
	for _, l := range loads {
		accepted = append(accepted, l.taken...)
	}
	s.await(t, accepted)
	s.judge(t, len(accepted))
}
