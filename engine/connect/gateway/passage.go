package gateway

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine"
)

// passage is how one request goes on.
type passage struct {
	url  *url.URL
	host string
	// forwarded are the fields that tell the application of the sender.
	forwarded http.Header
}

var errTarget = errors.New("the request-target is no path that can be written as it came")

func (g *Gateway) passage(r *http.Request) (*passage, error) {
	if r.Method == http.MethodConnect {
		return nil, errors.New("CONNECT asks for a tunnel")
	}
	bare := *r // its body was read and judged
	bare.Body, bare.ContentLength = nil, 0
	seen, err := engine.FromHTTP(&bare, engine.RequestLimits{TrustedProxies: g.trusted})
	if err != nil {
		return nil, err
	}
	to, err := at(g.upstream, seen.Target)
	if err != nil {
		return nil, err
	}
	p := &passage{url: to, host: r.Host, forwarded: http.Header{
		"X-Forwarded-Host":  {seen.Host},
		"X-Forwarded-Proto": {seen.Scheme},
	}}
	if g.host != "" {
		p.host = g.host
	}
	if peers := g.peers(r); len(peers) > 0 {
		p.forwarded["X-Forwarded-For"] = []string{strings.Join(peers, ", ")}
	}
	return p, nil
}

// at returns the URL that net/http writes as the request-target, byte for byte.
func at(upstream *url.URL, target string) (*url.URL, error) {
	// HTTP/2 lets a target have spaces, which end it in HTTP/1.1.
	if !strings.HasPrefix(target, "/") || strings.ContainsFunc(target, isBlank) {
		return nil, errTarget
	}
	to := &url.URL{Scheme: upstream.Scheme, Host: upstream.Host}
	if !strings.HasPrefix(target, "//") {
		to.Opaque = target // the path of an URL is written anew where it has an unusual byte
		return to, nil
	}
	// What is opaque and begins like this would be taken for an authority.
	raw, query, found := strings.Cut(target, "?")
	path, err := url.PathUnescape(raw)
	if err != nil {
		return nil, errTarget
	}
	to.Path, to.RawPath, to.RawQuery, to.ForceQuery = path, raw, query, found
	if to.RequestURI() != target {
		return nil, errTarget
	}
	return to, nil
}

func isBlank(r rune) bool { return r <= ' ' || r == 0x7f }

// peers lists the addresses that the request came through, as far as they are
// known: the connection's, after what it says itself if it is a trusted proxy.
func (g *Gateway) peers(r *http.Request) []string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return nil // no address of the internet
	}
	addr := peer.Addr().Unmap().WithZone("")
	var earlier []string
	if slices.ContainsFunc(g.trusted, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		earlier = r.Header["X-Forwarded-For"]
	}
	return append(slices.Clip(earlier), addr.String())
}

// rewrite makes of a request that was judged the one that is sent. The proxy has
// removed the fields of the hop before, by a Connection that the sender wrote, in
// which the engine leaves no verdict header. What must arrive besides is set here.
func (p *passage) rewrite(pr *httputil.ProxyRequest) {
	out := pr.Out
	out.URL, out.Host = p.url, p.host
	out.Trailer = nil // no signature covers it
	for name := range out.Header {
		if isForwarding(name) {
			delete(out.Header, name)
		}
	}
	for name, values := range p.forwarded {
		out.Header[name] = values
	}
	out.Header.Del("Expect") // the body is there, and the sender was told to go on
	keepSingle(out.Header)
}

// keepSingle keeps net/http from taking a request for one that may be sent
// twice. It goes by these names as it spells them itself; to the application
// their case is all the same.
func keepSingle(h http.Header) {
	for _, name := range [...]string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, ok := h[name]; ok {
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// forwarding are the fields beside X-Forwarded by which a proxy tells of a
// request, and some applications let themselves be told what was asked for.
var forwarding = [...]string{
	"forwarded", "x-real-ip", "x-original-host", "x-original-uri", "x-original-url", "x-rewrite-url",
}

// isForwarding reports whether some server could read a name as that of such a
// field: as CGI does, "_" as "-".
func isForwarding(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	return strings.HasPrefix(name, "x-forwarded") || slices.Contains(forwarding[:], name)
}
