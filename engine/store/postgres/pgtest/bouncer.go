//go:build unix

package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTimeout bounds the wait for a PgBouncer.
const startTimeout = 60 * time.Second

// Bouncer starts a PgBouncer in transaction mode before a server, until the test
// ends, and returns a function that leads a DSN of the server through it. Without
// PgBouncer the test is skipped, or fails where HOOKSEAL_CI is set.
func Bouncer(t testing.TB, s *Server) (through func(dsn string) string) {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer")
	}
	if err != nil && os.Getenv("HOOKSEAL_CI") == "" {
		t.Skip("pgbouncer is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(s.Dir, "bouncer-")
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "pgbouncer.ini")
	text := fmt.Sprintf("[databases]\n* = host=%s\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = %s\n"+
		"auth_type = any\npool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = 20\nlogfile = %s/log\n", s.Dir, dir, dir)
	// auth_type any forgets who the client says to be.
	text = strings.Replace(text, "host="+s.Dir, "host="+s.Dir+" user=postgres", 1)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Own(dir); err != nil {
		t.Fatal(err)
	}
	cmd := s.Command("psql")
	cmd.Path, cmd.Args = program, []string{program, "-q", config}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait() // its error says that it was killed
	})
	socket := filepath.Join(dir, ".s.PGSQL.6432")
	for deadline := time.Now().Add(startTimeout); ; {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("pgbouncer does not listen\n%s", log)
		}
		time.Sleep(10 * time.Millisecond) // another process: there is no signal to wait for
	}
	return func(dsn string) string { return strings.Replace(dsn, "host="+s.Dir, "port=6432&host="+dir, 1) }
}
