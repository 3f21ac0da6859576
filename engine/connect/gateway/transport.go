package gateway

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// idleConnection is how long a connection to the application waits for its next
// request. Servers close theirs after 2 s (gunicorn), 5 s (Node.js, Apache) or
// later; a request that meets the end of its connection is lost.
const idleConnection = time.Second

// newTransport returns one that goes to the application directly, by no proxy of
// the environment, and changes nothing of what is answered.
func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: timeout}).DialContext,
		TLSHandshakeTimeout: timeout,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     idleConnection,
	}
}

// deadline bounds the time until an answer begins: to connect, to write the
// request, and to wait.
type deadline struct {
	next  http.RoundTripper
	after time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (d deadline) RoundTrip(r *http.Request) (*http.Response, error) {
	// An answer in time keeps its context for its body: that of the inbound
	// request ends it.
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(d.after, func() { cancel(errTimeout) })
	resp, err := d.next.RoundTrip(r.WithContext(ctx))
	if timer.Stop() {
		if err != nil {
			cancel(err)
		}
		return resp, err
	}
	if err == nil {
		resp.Body.Close() // came too late to be read
	}
	return nil, fmt.Errorf("%w within %v", errTimeout, d.after)
}
