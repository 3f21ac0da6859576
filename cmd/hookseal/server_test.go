package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is the real binary, running.
type server struct {
	t       *testing.T
	command *exec.Cmd
	address string
	log     chan string
	// lines are those of the log as they are written.
	lines chan string
}

var listening = regexp.MustCompile(`msg=listening address=(\S+)`)

// startServer runs hookseal serve and waits until it listens.
func startServer(t *testing.T, config string, env ...string) *server {
	t.Helper()
	return startCommand(t, []string{"serve", "--config", config, "--log-level", "debug"}, env...)
}

// startCommand runs a command that serves and waits until it listens.
func startCommand(t *testing.T, args []string, env ...string) *server {
	t.Helper()
	s := &server{t: t, command: exec.Command("hookseal", args...), log: make(chan string, 1), lines: make(chan string, 10_000)}
	s.command.Env = append(os.Environ(), env...)
	stderr, err := s.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.command.Process.Kill() })
	found := make(chan string, 1)
	go func() {
		var log strings.Builder
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			log.WriteString(lines.Text() + "\n")
			select {
			case s.lines <- lines.Text():
			default: // nobody reads so many
			}
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
		s.log <- log.String()
	}()
	address, ok := <-found
	if !ok {
		t.Fatalf("hookseal %s ended: %s", args[0], <-s.log)
	}
	s.address = address
	return s
}

// stop sends SIGTERM and returns the log, once the server has ended with 0.
func (s *server) stop() string {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	log := <-s.log
	if err := s.command.Wait(); err != nil {
		s.t.Fatalf("%v after SIGTERM: %v\n%s", s.command.Args, err, log)
	}
	return log
}

// logged returns the next line of the log that holds text.
func (s *server) logged(text string) string {
	s.t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case line := <-s.lines:
			if strings.Contains(line, text) {
				return line
			}
		case <-late:
			s.t.Fatalf("the log has no %q", text)
		}
	}
}

func (s *server) get(path string) (int, string) {
	s.t.Helper()
	resp, err := http.Get("http://" + s.address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// send signs an event with a secret and sends it to the source.
func (s *server) send(secret, body string) (status int, stdout string) {
	s.t.Helper()
	return s.sendTo("/in/contracts", secret, body)
}

func (s *server) sendTo(path, secret, body string) (status int, stdout string) {
	s.t.Helper()
	status, stdout, stderr := hookseal(body, "sign", "--provider", "chaindoc", "--secret", secret,
		"--body", "-", "--send", "http://"+s.address+path)
	if stderr != "" {
		s.t.Fatalf("sign --send: %s", stderr)
	}
	return status, stdout
}

// sink is an endpoint that hands over what it is sent.
type sink struct {
	*httptest.Server
	got chan *http.Request
}

func newSink(t *testing.T) *sink {
	t.Helper()
	return newSinkAt(t, "127.0.0.1:0")
}

func newSinkAt(t *testing.T, address string) *sink {
	t.Helper()
	s := &sink{got: make(chan *http.Request, 10)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		s.got <- r
	}))
	if err := s.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s.Listener = ln
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *sink) next(t *testing.T) *http.Request {
	t.Helper()
	select {
	case r := <-s.got:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was delivered")
		return nil
	}
}
