package durability

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

const signingKey = "durability-test-key"

// unsafeMode makes the test binary a server whose database does not sync, for
// the test that must notice.
var unsafeMode = flag.String("serve-unsynced", "", "serve with synchronous=OFF: ADDRESS,DATABASE")

func TestMain(m *testing.M) {
	flag.Parse()
	if *unsafeMode != "" {
		if err := serveUnsynced(*unsafeMode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(runTests(m))
}

// buildDir is where the binary is built, set before any test runs.
var buildDir string

func runTests(m *testing.M) (code int) {
	var err error
	if buildDir, err = os.MkdirTemp("", "hookseal-built-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(buildDir)
	return m.Run()
}

func serveUnsynced(spec string) error {
	addr, path, _ := strings.Cut(spec, ",")
	db, err := sqlite.Open(path, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		return err
	}
	secret, err := webhook.NewSecret("test", []byte(signingKey))
	if err != nil {
		return err
	}
	eng, err := engine.Open(engine.Config{
		Sources: map[string]engine.Source{"load": {Provider: "qualifio", Secrets: webhook.Secrets{secret}}},
		Store:   db,
	})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return engine.Serve(context.Background(), ln, eng.Handler(), engine.ServerLimits{}, slog.New(slog.DiscardHandler))
}

// buildBinary builds the real hookseal. With -short the test is skipped: what it
// drives for seconds is another process.
func buildBinary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("drives the real binary, which takes seconds")
	}
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// built is the binary that the tests share.
var built = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(buildDir, "hookseal")
	out, err := exec.Command("go", "build", "-o", bin, "github.com/hookseal/hookseal/cmd/hookseal").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

// freeAddress returns a loopback address that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// sqliteFile is the store of a configuration that names no other.
const sqliteFile = "hookseal.db"

// writeConfig writes a configuration with one source and, for a sink, one
// endpoint.
func writeConfig(t *testing.T, dir, listen, sink string) string {
	t.Helper()
	return writeConfigOn(t, dir, listen, sink, sqliteFile)
}

// writeConfigOn writes one with a store of its own. What a killed node of a
// database had leased is due again once the lease has ended, which is soon.
func writeConfigOn(t *testing.T, dir, listen, sink, data string) string {
	t.Helper()
	text := fmt.Sprintf(`listen = %q
data = %q
allow_networks = ["127.0.0.0/8"]
limits.lease = "3s"

[source.load]
provider = "qualifio"
secrets = ["plain:%s"]
`, listen, data, signingKey)
	if sink != "" {
		text += fmt.Sprintf(`
[endpoint.sink]
url = %q
sign = "none"
retry = ["100ms", "200ms", "400ms", "1s", "1s", "1s", "1s", "1s"]

[[subscription]]
source = "load"
endpoint = "sink"
`, sink)
	}
	path := filepath.Join(dir, "hookseal.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// server is a running process.
type server struct {
	cmd  *exec.Cmd
	addr string
}

// start runs a command and waits until it answers.
func start(t *testing.T, addr string, name string, args ...string) *server {
	t.Helper()
	return startLogged(t, os.Stderr, addr, name, args...)
}

// startLogged is start with the log of the command elsewhere.
func startLogged(t *testing.T, log io.Writer, addr string, name string, args ...string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(name, args...), addr: addr}
	s.cmd.Stderr = log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The group is gone already where the test has ended it.
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		_ = s.cmd.Wait()
	})
	deadline := time.Now().Add(30 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen on %s: %v", name, addr, err)
		}
		time.Sleep(10 * time.Millisecond) // another process: there is no signal to wait for
	}
}

func (s *server) kill(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-s.cmd.Process.Pid, sig); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // its error says that it was killed
}

// request is a signed webhook as it goes over the wire.
func request(body string) []byte {
	mac := hmac.New(sha256.New, []byte(signingKey))
	mac.Write([]byte(body))
	return fmt.Appendf(nil, "POST /in/load HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\nX-Qualifio-Signature: sha256=%s\r\n\r\n%s",
		len(body), hex.EncodeToString(mac.Sum(nil)), body)
}

// send posts a body on a connection and returns the status.
func send(conn net.Conn, answers *bufio.Reader, body string) (int, error) {
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, err
	}
	if _, err := conn.Write(request(body)); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// need returns the path of a tool, and skips or fails without it.
func need(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err == nil {
		return path
	}
	if os.Getenv("HOOKSEAL_CI") != "" {
		t.Fatalf("%s is not installed", tool)
	}
	t.Skipf("%s is not installed", tool)
	return ""
}

// command runs hookseal and wants it to succeed.
func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
