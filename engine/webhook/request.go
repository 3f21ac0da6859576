package webhook

import (
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Request is one HTTP request as it came, before anything was decided about it.
//
// The fields are the bytes of the wire: nothing is decoded, normalised or
// repaired, since signatures cover what was sent. A Request is not changed once
// it is built, and may be shared between goroutines.
type Request struct {
	// Method is the request method, in the case in which it was sent.
	Method string
	// Target is the request-target: path and query, byte for byte.
	Target string
	// Scheme is "http" or "https", as the sender saw it.
	Scheme string
	// Host is the authority that the sender addressed.
	Host string
	// Header holds the header fields under their canonical names, repeated
	// fields in the order in which they came.
	Header http.Header
	// Body is the raw body after transfer decoding, never content-decoded.
	Body []byte
	// Truncated says that the body was longer than what was kept. Such a
	// request is rejected with [BodyTruncated] whatever its signature.
	Truncated bool
	// Key says whose secrets count, where a source takes requests for many: the
	// path parameter of /in/<source>/<key>. It is no part of what was sent.
	Key string
	// From is the address that the request was sent from: that of the connection,
	// or the one that trusted proxies tell. An IPv4 address is never mapped, and
	// there is no zone. It is the zero Addr where nobody knows.
	From netip.Addr
	// Received is when the request arrived.
	Received time.Time
}

// Path returns the part of the request-target before the query, undecoded.
func (r *Request) Path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// RawQuery returns the part of the request-target after the first question
// mark, undecoded.
func (r *Request) RawQuery() string {
	_, query, _ := strings.Cut(r.Target, "?")
	return query
}

// URL returns scheme, host and request-target joined, byte for byte.
func (r *Request) URL() string {
	return r.Scheme + "://" + r.Host + r.Target
}
