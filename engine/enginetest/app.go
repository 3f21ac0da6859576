package enginetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/hookseal/hookseal/engine"
)

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// seen is a request as the application received it.
type seen struct {
	target string
	header http.Header
	body   []byte
	err    error
}

// app is the application behind a connector. It keeps what it is called with.
type app struct {
	mu    sync.Mutex
	calls []seen
}

// appAnswer is what the application says to everybody.
const appAnswer = "taken by the application"

// ServeHTTP implements [http.Handler].
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	a.mu.Lock()
	a.calls = append(a.calls, seen{target: r.RequestURI, header: r.Header.Clone(), body: body, err: err})
	a.mu.Unlock()
	_, _ = io.WriteString(w, appAnswer)
}

// take returns the calls since it was called last.
func (a *app) take() []seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := a.calls
	a.calls = nil
	return calls
}

// compare reports in what a request differs from the message that was sent.
func (s *seen) compare(m *message) error {
	var faults []error
	note := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.err != nil {
		note("the application was called with a body that it cannot read: %w", s.err)
	}
	if got, want := sha256.Sum256(s.body), sha256.Sum256(m.body); got != want {
		note("the application received %d bytes with SHA-256 %x, want the %d bytes that were sent, %x", len(s.body), got, len(m.body), want)
	}
	if s.target != m.target {
		note("the application was called at %q, want %q, byte for byte", s.target, m.target)
	}
	for _, name := range m.fieldNames() {
		if got, want := s.header.Values(name), m.values(name); !slices.Equal(got, want) {
			note("the application received %s = %q, want %q in this order", name, got, want)
		}
	}
	return errors.Join(append(faults, s.compareVerdict())...)
}

// compareVerdict demands the engine's verdict and no other, under any spelling.
func (s *seen) compareVerdict() error {
	want := fmt.Sprintf(`accept; source=%q; secret=%q; covers="body"`, signedSource, secretLabel)
	if got := s.header.Values(engine.VerdictHeader); !slices.Equal(got, []string{want}) {
		return fmt.Errorf("the application received %s = %q, want %q alone", engine.VerdictHeader, got, want)
	}
	for name := range s.header {
		if name != engine.VerdictHeader && strings.EqualFold(strings.ReplaceAll(name, "_", "-"), engine.VerdictHeader) {
			return fmt.Errorf("the application received a verdict of the sender's as %s", name)
		}
	}
	return nil
}

// compareAnswer reports whether the answer is not the application's own.
func (a *answer) compareAnswer() error {
	if a.status != http.StatusOK || !bytes.Equal(a.body, []byte(appAnswer)) {
		return fmt.Errorf("the sender was answered %d %q, want 200 and what the application said", a.status, a.body)
	}
	return nil
}
