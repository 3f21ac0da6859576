package engine_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// serve runs a server until the test ends, and returns its address.
func serve(t *testing.T, h http.Handler, limits engine.ServerLimits) (string, context.CancelFunc, chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- engine.Serve(ctx, ln, h, limits, slog.New(slog.DiscardHandler)) }()
	return ln.Addr().String(), cancel, done
}

var answersOK = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.WriteHeader(http.StatusOK)
})

func connect(t *testing.T, addr, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

func firstLine(t *testing.T, conn net.Conn) string {
	t.Helper()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// A client that sends its request drop by drop is let go.
func TestServeTimeouts(t *testing.T) {
	addr, _, _ := serve(t, answersOK, engine.ServerLimits{ReadHeader: 50 * time.Millisecond, Read: 100 * time.Millisecond})
	for name, text := range map[string]string{
		"no request":  "",
		"half header": "POST / HTTP/1.1\r\nHost: h\r\n",
	} {
		if line := firstLine(t, connect(t, addr, text)); strings.Contains(line, "200") {
			t.Errorf("%s: %q, want the connection closed", name, line)
		}
	}
}

func TestServeBoundsHeader(t *testing.T) {
	addr, _, _ := serve(t, answersOK, engine.ServerLimits{HeaderBytes: 4 << 10})
	big := "POST / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 16<<10) + "\r\n\r\n"
	if line := firstLine(t, connect(t, addr, big)); !strings.Contains(line, "431") {
		t.Errorf("a header of 16 KiB: %q, want 431", line)
	}
}

// A connection over the limit waits until another one ends.
func TestServeBoundsConnections(t *testing.T) {
	addr, _, _ := serve(t, answersOK, engine.ServerLimits{Connections: 1})
	get := "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	first := connect(t, addr, get)
	if line := firstLine(t, first); !strings.Contains(line, "200") {
		t.Fatal(line)
	}
	second := connect(t, addr, get)
	if err := second.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := second.Read(make([]byte, 1)); err == nil {
		t.Fatalf("the second connection is answered beside the first: %d bytes", n)
	}
	first.Close()
	if err := second.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if line := firstLine(t, second); !strings.Contains(line, "200") {
		t.Errorf("after the first ended: %q, want 200", line)
	}
}

// Shutting down lets a request that is under way finish.
func TestServeFinishesOpenRequests(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	addr, cancel, done := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		w.WriteHeader(http.StatusTeapot)
	}), engine.ServerLimits{})
	conn := connect(t, addr, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	<-entered
	cancel()
	close(leave)
	if line := firstLine(t, conn); !strings.Contains(line, "418") {
		t.Errorf("the open request: %q, want its answer", line)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("the listener is still open")
	}
}

// Whoever scans the port fills no log.
func TestFailedHandshakeIsDebug(t *testing.T) {
	sender := httptest.NewUnstartedServer(nil)
	sender.StartTLS()
	defer sender.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan slog.Record, 8)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- engine.ServeTLS(ctx, ln, answersOK, engine.ServerLimits{}, sender.TLS, slog.New(recorder{lines}))
	}()
	conn := connect(t, ln.Addr().String(), "GET / HTTP/1.1\r\n\r\n")
	if line := (<-lines); line.Level != slog.LevelDebug || !strings.Contains(line.Message, "TLS handshake error") {
		t.Errorf("logged %v %q, want the handshake at debug", line.Level, line.Message)
	}
	conn.Close()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("ServeTLS = %v", err)
	}
}

// recorder hands on what is logged.
type recorder struct{ lines chan<- slog.Record }

func (r recorder) Enabled(context.Context, slog.Level) bool { return true }
func (r recorder) Handle(_ context.Context, line slog.Record) error {
	r.lines <- line
	return nil
}
func (r recorder) WithAttrs([]slog.Attr) slog.Handler { return r }
func (r recorder) WithGroup(string) slog.Handler      { return r }
