package receive

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Origin knows under which URL a request was sent, behind whatever stands in
// front.
type Origin struct {
	// Public beats everything that a request says; nil without one. Its path,
	// if it has one, stands for the path of every request.
	Public *url.URL
	// Trusted are the proxies whose forwarding headers count.
	Trusted []netip.Prefix
}

// Request returns r, with a body that was read before, as its sender sent it:
// to us, or to the proxy that asks about it.
func (o *Origin) Request(r *http.Request, asked *Asked, body []byte, now time.Time) *webhook.Request {
	req := &webhook.Request{
		Method: r.Method, Target: originForm(r), Scheme: "http", Host: r.Host,
		Header: r.Header, Body: body, Received: now,
	}
	if r.TLS != nil {
		req.Scheme = "https"
	}
	trusted := o.trusts(r.RemoteAddr)
	req.From = o.sender(r, trusted)
	if asked != nil {
		asked.apply(req, trusted)
	}
	switch {
	case o.Public != nil:
		o.asPublic(req)
	case trusted:
		seen := o.forwarded(r.Header)
		if seen.scheme != "" {
			req.Scheme = seen.scheme
		}
		if seen.host != "" {
			req.Host = seen.host
		}
	}
	return req
}

// asPublic keeps the query, and the path where the public URL has none.
func (o *Origin) asPublic(req *webhook.Request) {
	req.Scheme, req.Host = o.Public.Scheme, o.Public.Host
	path := o.Public.EscapedPath()
	if path == "" || path == "/" {
		return
	}
	if at := strings.IndexByte(req.Target, '?'); at >= 0 {
		path += req.Target[at:]
	}
	req.Target = path
}

// originForm returns the path and query of the request-target byte for byte,
// also of one that is a whole URL (RFC 9112, 3.2.2).
func originForm(r *http.Request) string {
	if r.RequestURI == "" {
		return r.URL.RequestURI() // was not made by a server
	}
	return pathAndQuery(r.RequestURI)
}

func pathAndQuery(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, isURL := strings.Cut(target, "://")
	if !isURL {
		return target
	}
	at := strings.IndexAny(rest, "/?")
	if at < 0 {
		return "/"
	}
	if rest[at] == '?' {
		return "/" + rest[at:]
	}
	return rest[at:]
}

// trusts reports whether an address, with or without a port, is a trusted
// proxy's.
func (o *Origin) trusts(address string) bool {
	if len(o.Trusted) == 0 {
		return false
	}
	addr, ok := parseAddr(address)
	if !ok {
		return false
	}
	for _, prefix := range o.Trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// parseAddr reads an IP address, and what proxies write around it: a port, and
// brackets.
func parseAddr(text string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return addr.Unmap().WithZone(""), err == nil
}
