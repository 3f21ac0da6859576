package gateway_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/connect/gateway"
	"github.com/hookseal/hookseal/engine/enginetest"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	source = "orders"
	secret = "a secret of the tests"
	// patience bounds what must not hang.
	patience = 10 * time.Second
)

// signature is that of a body.
func signature(body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "X-Qualifio-Signature: sha256=" + hex.EncodeToString(mac.Sum(nil)) + "\r\n"
}

// post is a signed request with further header lines.
func post(target, lines, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: hooks.example\r\n%sContent-Length: %d\r\n%s\r\n%s", target, signature(body), len(body), lines, body)
}

func openEngine(t *testing.T, config engine.Config, shadow bool) *engine.Engine {
	t.Helper()
	key, err := webhook.NewSecret("2026", []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	config.Sources = map[string]engine.Source{source: {Provider: "qualifio", Secrets: engine.Secrets{key}, Shadow: shadow}}
	eng, err := engine.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

// withStore is an engine that remembers what the application has taken.
func withStore(t *testing.T) *engine.Engine {
	t.Helper()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "hooks.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return openEngine(t, engine.Config{Store: st}, false)
}

func newGateway(t *testing.T, eng *engine.Engine, source string, config gateway.Config) *gateway.Gateway {
	t.Helper()
	gw, err := gateway.New(eng, source, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gw.CloseIdleConnections)
	return gw
}

// start serves a gateway of an engine without a store.
func start(t *testing.T, config gateway.Config) string {
	t.Helper()
	return enginetest.Serve(t, newGateway(t, openEngine(t, engine.Config{}, false), source, config))
}

// wire is an application that keeps what it is sent as it is on the wire.
type wire struct {
	net.Listener
	t *testing.T
	// answer is written for each request; empty closes the connection.
	answer func(n int) string

	mu    sync.Mutex
	got   []string
	conns sync.WaitGroup
}

const answer200 = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken"

func always(answer string) func(int) string { return func(int) string { return answer } }

func startWire(t *testing.T, answer func(int) string) *wire {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &wire{Listener: ln, t: t, answer: answer}
	u.conns.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			u.conns.Go(func() { u.serve(conn) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		u.conns.Wait()
	})
	return u
}

func (u *wire) url() string { return "http://" + u.Addr().String() }

func (u *wire) serve(conn net.Conn) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		u.t.Error(err)
	}
	var raw bytes.Buffer
	// By single bytes, so that nothing of the next request is in raw.
	r := bufio.NewReaderSize(io.TeeReader(oneByte{conn}, &raw), 16)
	for {
		req, err := http.ReadRequest(r)
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		if err != nil {
			return
		}
		u.mu.Lock()
		u.got = append(u.got, raw.String())
		n := len(u.got)
		u.mu.Unlock()
		raw.Reset()
		text := u.answer(n)
		if _, err := io.WriteString(conn, text); err != nil || text == "" {
			return
		}
	}
}

// take returns what came since it was called last.
func (u *wire) take() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	got := u.got
	u.got = nil
	return got
}

type oneByte struct{ r io.Reader }

// Read implements [io.Reader].
func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

// send writes raw bytes to a gateway, and returns its first answer.
func send(t *testing.T, addr, raw string) (*http.Response, string) {
	t.Helper()
	answers := sendAll(t, addr, raw, 1)
	return answers[0].Response, answers[0].body
}

type answered struct {
	*http.Response
	body string
}

// sendAll reads as many answers as are wanted.
func sendAll(t *testing.T, addr, raw string, want int) []answered {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	var list []answered
	r := bufio.NewReader(conn)
	for range want {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", len(list)+1, err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatalf("body of answer %d: %v", len(list)+1, err)
		}
		list = append(list, answered{resp, string(body)})
	}
	return list
}

// text is a log that is written by several goroutines.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *text) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
