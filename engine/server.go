package engine

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// ServerLimits bound what clients may take from an HTTP server. A zero field
// means its default.
type ServerLimits struct {
	// ReadHeader bounds the time for the header of a request (10 s).
	ReadHeader time.Duration
	// Read bounds the time for a whole request (30 s).
	Read time.Duration
	// Write bounds the time from the end of the header to the end of the
	// answer (60 s).
	Write time.Duration
	// Idle bounds the time between two requests of a connection (2 min).
	Idle time.Duration
	// HeaderBytes bounds the header of a request (64 KiB).
	HeaderBytes int
	// Connections is the most connections at one time (10,000); a further one
	// waits to be accepted.
	Connections int
	// ShutdownDelay is how long requests are still taken once the context has ended,
	// so that who sends them here can learn not to (none).
	ShutdownDelay time.Duration
	// ShutdownGrace bounds the time that open requests may take to end (20 s).
	ShutdownGrace time.Duration
}

func (l ServerLimits) withDefaults() ServerLimits {
	set := func(field *time.Duration, d time.Duration) {
		if *field == 0 {
			*field = d
		}
	}
	set(&l.ReadHeader, 10*time.Second)
	set(&l.Read, 30*time.Second)
	set(&l.Write, time.Minute)
	set(&l.Idle, 2*time.Minute)
	set(&l.ShutdownGrace, 20*time.Second)
	if l.HeaderBytes == 0 {
		l.HeaderBytes = 64 << 10
	}
	if l.Connections == 0 {
		l.Connections = 10_000
	}
	return l
}

// Serve answers requests on the listener until the context ends, and lets open
// requests finish. It closes the listener, and returns nil after its context.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, limits ServerLimits, log *slog.Logger) error {
	return serve(ctx, ln, h, limits, log, (*http.Server).Serve)
}

// ServeTLS is [Serve] under TLS, with HTTP/2. The configuration has a certificate,
// GetCertificate or GetConfigForClient; it is not changed.
func ServeTLS(ctx context.Context, ln net.Listener, h http.Handler, limits ServerLimits, secure *tls.Config, log *slog.Logger) error {
	return serve(ctx, ln, h, limits, log, func(server *http.Server, ln net.Listener) error {
		server.TLSConfig = secure.Clone()
		return server.ServeTLS(ln, "", "")
	})
}

// serve runs a server by one of its methods.
func serve(ctx context.Context, ln net.Listener, h http.Handler, limits ServerLimits, log *slog.Logger, run func(*http.Server, net.Listener) error) error {
	limits = limits.withDefaults()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: limits.ReadHeader,
		ReadTimeout:       limits.Read,
		WriteTimeout:      limits.Write,
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    limits.HeaderBytes,
		ErrorLog:          stdlog.New(serverLog{log}, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- run(server, newLimitedListener(ln, limits.Connections)) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-served:
		return err
	case <-time.After(limits.ShutdownDelay):
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.ShutdownGrace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// serverLog takes the lines of [http.Server.ErrorLog]. Whoever scans the port makes
// handshakes fail; the others are rare.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if bytes.HasPrefix(line, []byte("http: TLS handshake error")) {
		level = slog.LevelDebug
	}
	l.log.Log(context.Background(), level, string(bytes.TrimSpace(line)))
	return len(line), nil
}

// limitedListener hands out a bounded number of connections.
type limitedListener struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newLimitedListener(ln net.Listener, most int) *limitedListener {
	return &limitedListener{Listener: ln, slots: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept waits for a free slot, then for a connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

// Close ends a waiting Accept too.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

// Close gives the slot back once.
func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.release()
	return err
}
