package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// server is the hookseal that is measured.
type server struct {
	addr   string
	cmd    *exec.Cmd
	output bytes.Buffer
	ended  chan error
}

// startTimeout bounds the wait until the server answers, and stopTimeout that
// until it has ended.
const (
	startTimeout = time.Minute
	stopTimeout  = 40 * time.Second
)

// startServer runs it with a configuration of its own, and returns once it
// answers.
func (o *Options) startServer(ctx context.Context, dir, data, sink, mute string) (*server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "hookseal.toml")
	if err := os.WriteFile(config, []byte(o.config(addr, data, sink, mute)), 0o600); err != nil {
		return nil, err
	}
	s := &server{addr: addr, ended: make(chan error, 1)}
	s.cmd = exec.Command(o.Executable, "serve", "--config", config, "--log-level", "error")
	s.cmd.Stderr = &s.output
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.ended <- s.cmd.Wait() }()
	if err := s.await(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("serve ended: %v", err)
		case <-ctx.Done():
			return fmt.Errorf("serve does not listen on %s: %w", s.addr, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server. Its error holds what the server has logged.
func (s *server) stop() error {
	// One that has ended already cannot be told to.
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("serve: %w\n%s", err, s.output.Bytes())
		}
		return nil
	case <-time.After(stopTimeout):
		_ = s.cmd.Process.Kill()
		<-s.ended
		return fmt.Errorf("serve did not end within %v\n%s", stopTimeout, s.output.Bytes())
	}
}

const (
	// slots are the deliveries that the measured endpoints may have under way.
	slots = 256
	// muteSlots are those of each endpoint of the backlog.
	muteSlots = 8
)

// config is the configuration of the server.
func (o *Options) config(addr, data, sink, mute string) string {
	var b strings.Builder
	key := base64.StdEncoding.EncodeToString([]byte(signingKey))
	fmt.Fprintf(&b, "listen = %q\ndata = %q\nallow_networks = [\"127.0.0.0/8\"]\n", addr, data)
	fmt.Fprintf(&b, "limits.connections = %d\nlimits.bytes_in_flight = \"256MiB\"\nlimits.shutdown_grace = \"1s\"\n", o.Connections+16)
	fmt.Fprintf(&b, "limits.deliveries = %d\n", slots+muteEndpoints*muteSlots)
	fmt.Fprintf(&b, "\n[source.bench]\nprovider = \"standard-webhooks\"\nsecrets = [\"plain:%s\"]\n", key)
	endpoint := func(name, url, types string, concurrency int) {
		fmt.Fprintf(&b, "\n[endpoint.%s]\nurl = %q\nsecret = \"plain:%s\"\nconcurrency = %d\n", name, url, key, concurrency)
		fmt.Fprintf(&b, "\n[[subscription]]\nsource = \"bench\"\nendpoint = %q\ntypes = [%q]\n", name, types)
	}
	for i := range o.Endpoints {
		endpoint(fmt.Sprintf("e%05d", i), fmt.Sprintf("%s/e%05d", sink, i), fmt.Sprintf("t%05d", i), max(16, slots/o.Endpoints))
	}
	if o.Backlog > 0 {
		for i := range muteEndpoints {
			endpoint(muteName(i), mute, "backlog", muteSlots)
		}
	}
	return b.String()
}
