package netguard

import (
	"net/http"
	"time"
)

// maxResponseHeader is how many bytes of header a peer may answer with.
const maxResponseHeader = 64 << 10

// maxIdle is how many connections are kept for the next request, over all peers. A
// smaller bound for each peer would have a busy one dialled anew for every request.
const maxIdle = 1024

// Transport returns a new transport that dials through the guard.
//
// It takes no proxy from the environment, since a proxy would resolve the name
// and connect in the guard's place, and it does not decompress responses. The
// caller may set its TLS configuration and pool sizes before the first use, and
// closes its idle connections at the end.
func (g *Guard) Transport() *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            g.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    g.timeout(),
		MaxResponseHeaderBytes: maxResponseHeader,
	}
}

// Client returns a new client over [Guard.Transport] that never follows a
// redirect: the caller sees the 3xx. It keeps no cookies, and bounds a request
// by its context alone.
func (g *Guard) Client() *http.Client {
	return &http.Client{
		Transport:     g.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
