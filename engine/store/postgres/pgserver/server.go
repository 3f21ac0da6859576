//go:build unix

package pgserver

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a PostgreSQL server of its own, with a database "postgres" whose
// owner is the user "postgres".
type Server struct {
	// Dir is where the data, the socket and the log are.
	Dir string

	binaries string
	// as is the user that the server runs as: it refuses to be root.
	as      *syscall.Credential
	running *exec.Cmd
}

// ErrMissing reports that the system has no PostgreSQL.
var ErrMissing = errors.New("postgresql is not installed: there is no /usr/lib/postgresql/*/bin/initdb")

// Start makes a server with further settings, such as "fsync=off", and starts
// it. It returns [ErrMissing] where the system has none.
func Start(settings ...string) (*Server, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, ErrMissing
	}
	slices.Sort(found)
	s := &Server{binaries: filepath.Dir(found[len(found)-1])}
	// The path of a socket may be about 100 bytes long, which those of t.TempDir
	// exceed.
	if s.Dir, err = os.MkdirTemp("", "hookseal-pg-"); err != nil {
		return nil, err
	}
	if err := s.create(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.Dir))
	}
	if err := s.Run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.Dir))
	}
	return s, nil
}

func (s *Server) create(settings []string) error {
	if os.Getuid() == 0 {
		if err := s.beSomebody(); err != nil {
			return err
		}
	}
	out, err := s.Command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s.Set(append([]string{
		"listen_addresses=''", "unix_socket_directories='" + s.Dir + "'", "max_connections=100",
		"log_destination=stderr", "autovacuum_naptime=5",
	}, settings...)...)
}

// beSomebody has the server run as another user than root.
func (s *Server) beSomebody() error {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return err
		}
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return s.Own(s.Dir)
	}
	return errors.New("there is no user that a PostgreSQL server could run as")
}

// Own gives a file to the user that the server runs as.
func (s *Server) Own(path string) error {
	if s.as == nil {
		return nil
	}
	return os.Chown(path, int(s.as.Uid), int(s.as.Gid))
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// Command returns a command of PostgreSQL that runs as the server's user, in a
// process group of its own.
func (s *Server) Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.binaries, name), args...)
	cmd.Dir = s.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.as}
	return cmd
}

// Set writes settings, which count from the next Run.
func (s *Server) Set(settings ...string) error {
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strings.Join(settings, "\n") + "\n")
	return errors.Join(err, file.Close())
}

const startTimeout = 60 * time.Second

// Run starts the server, and returns once it answers.
func (s *Server) Run() error {
	log, err := os.OpenFile(filepath.Join(s.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.running = s.Command("postgres", "-D", s.data())
	s.running.Stdout, s.running.Stderr = log, log
	if err := s.running.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(startTimeout); ; {
		err := s.Command("pg_isready", "-q", "-h", s.Dir).Run()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			text, readErr := os.ReadFile(log.Name())
			return errors.Join(fmt.Errorf("the server does not answer: %w\n%s", err, bytes.TrimSpace(text)), readErr, s.Kill())
		}
		time.Sleep(20 * time.Millisecond) // another process: there is no signal to wait for
	}
}

// Kill ends every process of the server at once, as SIGKILL does.
func (s *Server) Kill() error {
	if s.running == nil {
		return nil
	}
	err := syscall.Kill(-s.running.Process.Pid, syscall.SIGKILL)
	if err == nil {
		_ = s.running.Wait() // its error says that it was killed
	}
	s.running = nil
	// The processes that serve connections have groups of their own, and end by
	// themselves when they see that the first is gone. The next Run must not
	// come before that.
	for deadline := time.Now().Add(startTimeout); s.inUse() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(s.data(), "postmaster.pid")))
}

// inUse reports whether a process still works in the folder of the data.
func (s *Server) inUse() bool {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(links, func(link string) bool {
		// A process that is gone meanwhile has no folder.
		dir, _ := os.Readlink(link)
		return dir == s.data()
	})
}

// Close ends the server and removes all of it.
func (s *Server) Close() error { return errors.Join(s.Kill(), os.RemoveAll(s.Dir)) }

// DSN is the address of a database.
func (s *Server) DSN(database string) string {
	return "postgres:///" + database + "?user=postgres&host=" + s.Dir
}

// Create makes an empty database.
func (s *Server) Create(database string) error {
	return s.SQL("postgres", `CREATE DATABASE "`+database+`"`)
}

// SQL runs a statement in a database.
func (s *Server) SQL(database, statement string) error {
	_, err := s.Query(database, statement)
	return err
}

// Query runs statements in a database, and returns what psql prints of it.
func (s *Server) Query(database, statement string) (string, error) {
	out, err := s.Command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
		"-h", s.Dir, "-U", "postgres", "-d", database, "-c", statement).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w\n%s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
