package gateway_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/connect/gateway"
	"github.com/hookseal/hookseal/engine/enginetest"
)

// An application that is down costs the sender an answer, and the application
// nothing: the sender's next try gets through, and the one after it is a repeat.
func TestUpstreamDown(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	var log text
	gw := newGateway(t, withStore(t), source, gateway.Config{Upstream: "http://" + at, Logger: log.logger()})
	addr, raw := enginetest.Serve(t, gw), post("/x?token=hidden", "", "a body that is no log's")
	resp, body := send(t, addr, raw)
	if want := `{"error":"the application behind this gateway does not answer"}` + "\n"; resp.StatusCode != 502 || body != want || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("answered %d %q, want 502 %q", resp.StatusCode, body, want)
	}
	for _, want := range []string{"level=ERROR", `msg="webhook could not be passed on"`, "source=orders", "upstream=" + at, "connection refused"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log is %q, want %q in it", log.String(), want)
		}
	}
	for _, not := range []string{"hidden", "a body", secret} {
		if strings.Contains(log.String(), not) {
			t.Errorf("the log is %q, want nothing of the request", log.String())
		}
	}
	if ln, err = net.Listen("tcp", at); err != nil {
		t.Fatal(err)
	}
	calls := make(chan string, 10)
	app := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls <- r.RequestURI
		w.WriteHeader(http.StatusCreated)
	})}}
	app.Start()
	defer app.Close()
	for i, want := range []int{201, 202, 202} {
		if resp, _ := send(t, addr, raw); resp.StatusCode != want || len(calls) != 1 {
			t.Errorf("try %d: answered %d after %d calls, want %d after one", i+2, resp.StatusCode, len(calls), want)
		}
	}
}

// Whatever is no success of the application leaves the next try free.
func TestOnlySuccessIsKept(t *testing.T) {
	answers := []string{
		"", // ends the connection without an answer
		"nonsense\r\n\r\n",
		"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
	}
	app := startWire(t, func(n int) string { return answers[n-1] })
	gw := newGateway(t, withStore(t), source, gateway.Config{Upstream: app.url()})
	addr, raw := enginetest.Serve(t, gw), post("/x", "Connection: Upgrade\r\nUpgrade: websocket\r\nIdempotency-Key: 1\r\n", "x")
	for i, want := range []int{502, 502, 500, 302, 502, 502, 204, 202, 202} {
		gw.CloseIdleConnections()
		resp, body := send(t, addr, raw)
		if resp.StatusCode != want {
			t.Errorf("try %d: answered %d %q, want %d", i+1, resp.StatusCode, body, want)
		}
	}
	if got := app.take(); len(got) != len(answers) {
		t.Errorf("the application was called %d times, want %d", len(got), len(answers))
	}
}

// No request opens a connection that is not HTTP any more.
func TestNoUpgrade(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	for _, lines := range []string{
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
		"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
		"Connection: upgrade\r\nUpgrade: \xff\r\n",
		"Upgrade: websocket\r\n",
	} {
		got := linesOf(one(t, addr, app, post("/x", lines, "x")))
		if hasName(got, "Upgrade") || hasName(got, "Connection") || hasName(got, "HTTP2-Settings") {
			t.Errorf("the application got %q, want no Upgrade", got)
		}
	}
}

// An application that switches all the same loses its connection.
func TestSwitchIsRefused(t *testing.T) {
	for _, lines := range []string{"", "Connection: Upgrade\r\nUpgrade: websocket\r\n"} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			conn, err := ln.Accept()
			if err != nil {
				ended <- err
				return
			}
			defer conn.Close()
			ended <- switchAndWait(conn, lines)
		}()
		var log text
		gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{Upstream: "http://" + ln.Addr().String(), Logger: log.logger()})
		if resp, _ := send(t, enginetest.Serve(t, gw), post("/x", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "x")); resp.StatusCode != 502 {
			t.Errorf("%q: answered %d, want 502", lines, resp.StatusCode)
		}
		if err := <-ended; err != nil {
			t.Errorf("%q: the application's connection ended with %v, want that the gateway closes it", lines, err)
		}
		if want := "the application switches protocols"; !strings.Contains(log.String(), want) {
			t.Errorf("the log is %q, want %q in it", log.String(), want)
		}
		ln.Close()
	}
}

// switchAndWait answers a request with 101 and waits for the end of the
// connection.
func switchAndWait(conn net.Conn, lines string) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	r := bufio.NewReader(conn)
	req, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return err
	}
	if err := write(conn, "HTTP/1.1 101 Switching Protocols\r\n"+lines+"\r\n"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// An application that breaks off in the middle of its answer has not succeeded,
// and its sender is not told that the answer is whole.
func TestAnswerBrokenOff(t *testing.T) {
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "50")
		if _, err := io.WriteString(w, "half"); err != nil {
			t.Error(err)
		}
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer half.Close()
	eng := withStore(t)
	raw := post("/x", "", "x")
	conn, err := net.Dial("tcp", enginetest.Serve(t, newGateway(t, eng, source, gateway.Config{Upstream: half.URL})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := errors.Join(conn.SetDeadline(time.Now().Add(patience)), write(conn, raw)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the sender read %q, %v; want an answer that breaks off", body, err)
	}
	app := startWire(t, always(answer200))
	one(t, enginetest.Serve(t, newGateway(t, eng, source, gateway.Config{Upstream: app.url()})), app, raw)
}

func write(w io.Writer, raw string) error {
	_, err := io.WriteString(w, raw)
	return err
}

// trip is a transport that does not dial.
type trip func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func direct(raw string) *http.Request {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		panic(err) // the tests write it
	}
	r.RemoteAddr = "192.0.2.1:1234"
	return r
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log text
		calls := 0
		gw := newGateway(t, withStore(t), source, gateway.Config{
			Upstream: "http://app.example", Timeout: 5 * time.Second, Logger: log.logger(),
			Transport: trip(func(r *http.Request) (*http.Response, error) {
				if calls++; calls == 1 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
			}),
		})
		began := time.Now()
		for i, want := range []int{504, 200, 202} {
			w := httptest.NewRecorder()
			gw.ServeHTTP(w, direct(post("/x", "", "x")))
			if w.Code != want || i == 0 && w.Body.String() != `{"error":"the application behind this gateway has not answered in time"}`+"\n" {
				t.Errorf("try %d: answered %d %q, want %d", i+1, w.Code, w.Body, want)
			}
		}
		if took := time.Since(began); took != 5*time.Second || calls != 2 {
			t.Errorf("took %v and %d calls, want 5s and 2", took, calls)
		}
		if !strings.Contains(log.String(), `the application does not begin to answer within 5s`) {
			t.Errorf("the log is %q", log.String())
		}
	})
}

// An application that does not read is no different from one that does not
// answer, and one that never accepts from one that is slow.
func TestTimeoutOnTheWire(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	addr := start(t, gateway.Config{Upstream: "http://" + ln.Addr().String(), Timeout: 50 * time.Millisecond})
	for _, body := range []string{"", "x", strings.Repeat("x", 1<<20)} {
		if resp, _ := send(t, addr, post("/x", "", body)); resp.StatusCode != 504 {
			t.Errorf("%d bytes: answered %d, want 504", len(body), resp.StatusCode)
		}
	}
}

// The timeout is for the beginning of an answer.
func TestTimeoutLeavesAnswersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var during error
		gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{
			Upstream: "http://app.example", Timeout: time.Second,
			Transport: trip(func(r *http.Request) (*http.Response, error) {
				late := readerFunc(func([]byte) (int, error) {
					time.Sleep(time.Hour)
					during = r.Context().Err()
					return 0, io.EOF
				})
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(late)}, nil
			}),
		})
		w := httptest.NewRecorder()
		gw.ServeHTTP(w, direct(post("/x", "", "x")))
		if w.Code != 200 || during != nil {
			t.Errorf("answered %d, the context had ended with %v; want 200 and that it had not", w.Code, during)
		}
	})
}

type readerFunc func([]byte) (int, error)

// Read implements [io.Reader].
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A sender that goes takes its request along.
func TestSenderGone(t *testing.T) {
	called, ended := make(chan struct{}), make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		close(called)
		<-r.Context().Done()
		close(ended)
	}))
	defer app.Close()
	var log text
	gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{Upstream: app.URL, Logger: log.logger()})
	answeredIt := make(chan struct{})
	addr := enginetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(answeredIt)
		gw.ServeHTTP(w, r)
	}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(conn, post("/x", "", "x")); err != nil {
		t.Fatal(err)
	}
	<-called
	conn.Close()
	<-ended
	<-answeredIt
	if !strings.Contains(log.String(), "level=INFO") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the log is %q, want that the sender has gone, and no error", log.String())
	}
}

// What the application answers reaches the sender as it was.
func TestAnswerIsTheApplications(t *testing.T) {
	app := startWire(t, always("HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/admin?x=%zz\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"+
		"Content-Encoding: gzip\r\nKeep-Alive: timeout=5\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 7\r\n\r\n<html>\x1f"))
	resp, body := send(t, start(t, gateway.Config{Upstream: app.url()}), post("/x", "Accept-Encoding: br\r\n", "x"))
	if resp.StatusCode != 307 || body != "<html>\x1f" {
		t.Errorf("answered %d %q, want 307 and the body of the application", resp.StatusCode, body)
	}
	for name, want := range map[string][]string{
		"Location": {"http://10.0.0.1/admin?x=%zz"}, "Set-Cookie": {"a=1", "b=2"}, "Content-Encoding": {"gzip"},
		"Content-Type": nil, "X-Hop": nil, "Keep-Alive": nil, "Hookseal-Verdict": nil,
	} {
		if got := resp.Header[name]; !slices.Equal(got, want) {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := app.take(); len(got) != 1 || !has(linesOf(got[0]), "Accept-Encoding: br") {
		t.Errorf("the application got %q, want Accept-Encoding as it came, once", got)
	}
}

// What has no type is given none: net/http would guess by the first bytes.
func TestAnswerWithoutType(t *testing.T) {
	app := startWire(t, always("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"))
	gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{Upstream: app.url()})
	addr := enginetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gw.ServeHTTP(struct{ http.ResponseWriter }{w}, r) // without Flush, net/http sees the first bytes
	}))
	resp, body := send(t, addr, post("/x", "", "x"))
	if kind, typed := resp.Header["Content-Type"]; typed || body != "<html>" {
		t.Errorf("answered %q with Content-Type %q, want <html> and none", body, kind)
	}
}

// An answer is handed on as it comes, its trailer too.
func TestAnswerIsStreamed(t *testing.T) {
	goOn := make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		if err := write(w, "first "); err != nil {
			t.Error(err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-goOn
		if err := write(w, "second"); err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Sum", "2")
	}))
	defer app.Close()
	conn, err := net.Dial("tcp", enginetest.Serve(t, newGateway(t, withStore(t), source, gateway.Config{Upstream: app.URL})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := errors.Join(conn.SetDeadline(time.Now().Add(patience)), write(conn, post("/x", "TE: trailers\r\n", "x"))); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len("first "))
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first " {
		t.Fatalf("read %q, %v before the application went on, want its first word", first, err)
	}
	close(goOn)
	rest, err := io.ReadAll(resp.Body)
	if err != nil || string(rest) != "second" || resp.Trailer.Get("X-Sum") != "2" {
		t.Errorf("read %q, %v, trailer %v; want the rest, and its trailer", rest, err, resp.Trailer)
	}
}

// net/http sends some requests again by itself, when a connection that was used
// before ends without an answer.
func TestSentAgain(t *testing.T) {
	get := strings.Replace(post("/x", "", ""), "POST", "GET", 1)
	for _, tt := range []struct {
		name, raw     string
		status, calls int
	}{
		{"POST", post("/x", "", "x"), 502, 1},
		{"POST of nothing", post("/x", "", ""), 502, 1},
		{"POST with a key", post("/x", "Idempotency-Key: a\r\nX-Idempotency-Key: b\r\n", "x"), 502, 1},
		{"POST of nothing with a key", post("/x", "Idempotency-Key: a\r\nX-Idempotency-Key: b\r\n", ""), 502, 1},
		{"GET, which HTTP calls idempotent", get, 200, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := startWire(t, func(n int) string {
				if n == 2 {
					return ""
				}
				return answer200
			})
			addr := start(t, gateway.Config{Upstream: app.url()})
			if resp, _ := send(t, addr, post("/first", "", "first")); resp.StatusCode != 200 {
				t.Fatalf("the first request was answered %d, want 200", resp.StatusCode)
			}
			resp, body := send(t, addr, tt.raw)
			got := app.take()[1:]
			if resp.StatusCode != tt.status || len(got) != tt.calls {
				t.Errorf("answered %d %q after %d calls, want %d after %d", resp.StatusCode, body, len(got), tt.status, tt.calls)
			}
			for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
				if hasName(linesOf(tt.raw), name) != hasName(linesOf(got[0]), name) {
					t.Errorf("the application got %q, want %s as it was sent", got[0], name)
				}
			}
		})
	}
}

// What is refused does not even open a connection.
func TestRefusedOpensNoConnection(t *testing.T) {
	gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{
		Upstream: "http://app.example",
		Transport: trip(func(*http.Request) (*http.Response, error) {
			t.Error("the application was called")
			return nil, io.EOF
		}),
	})
	good := post("/x", "", "x")
	for name, raw := range map[string]string{
		"forged":        strings.Replace(good, "sha256=", "sha256=00", 1),
		"unsigned":      strings.Replace(good, "X-Qualifio-Signature", "X-Other", 1),
		"another body":  strings.TrimSuffix(good, "x") + "y",
		"over 1 MiB":    post("/x", "", strings.Repeat("x", 1<<20+1)),
		"its body ends": strings.Replace(good, "Content-Length: 1", "Content-Length: 2", 1),
	} {
		w := httptest.NewRecorder()
		gw.ServeHTTP(w, direct(raw))
		if w.Code < 400 || w.Code > 499 || !bytes.Contains(w.Body.Bytes(), []byte(`"reason"`)) {
			t.Errorf("%s: answered %d %q, want a refusal with its reason", name, w.Code, w.Body)
		}
	}
}
