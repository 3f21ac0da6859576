//go:build unix

package pgtest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the server that the tests of one binary share, started by the first
// that needs it.
var shared struct {
	start  sync.Once
	server *Server
	err    error

	mu sync.Mutex
	// free are databases that are empty again.
	free []string
	made int
}

// Main runs the tests of a binary, then ends the shared server.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if err := shared.server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Shared returns the server that the tests of this binary share. Without
// PostgreSQL the test is skipped, or fails where HOOKSEAL_CI is set. The binary's
// TestMain must call [Main].
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.start.Do(func() { shared.server, shared.err = Start() })
	must(t, shared.err)
	return shared.server
}

// Own starts a server with further settings for one test.
func Own(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := Start(settings...)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("HOOKSEAL_CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

// Database returns the DSN of an empty database on the shared server, which is
// the test's until it ends.
func Database(t testing.TB) string {
	t.Helper()
	server := Shared(t)
	name, err := take(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// To empty a database takes less than to drop it, which syncs all of the
		// server.
		if err := server.SQL(name, "DROP SCHEMA IF EXISTS hookseal CASCADE"); err != nil {
			t.Error(err)
			return
		}
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.free = append(shared.free, name)
	})
	return server.DSN(name)
}

func take(server *Server) (string, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if n := len(shared.free); n > 0 {
		name := shared.free[n-1]
		shared.free = shared.free[:n-1]
		return name, nil
	}
	shared.made++
	name := fmt.Sprintf("test_%d", shared.made)
	return name, server.Create(name)
}
