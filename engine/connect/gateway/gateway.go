package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"time"

	"github.com/hookseal/hookseal/engine"
)

// Config says where a [Gateway] leads. Only Upstream is needed.
type Config struct {
	// Upstream is where the application listens, such as "http://127.0.0.1:3000":
	// an http or https URL of a host, and nothing more. It is the operator's word
	// and may be a private address.
	Upstream string
	// Host is sent as Host instead of the one that the sender addressed.
	Host string
	// Timeout bounds the time from a verdict until the application's answer
	// begins; zero is 30 s. What follows may take as long as the server lets it.
	Timeout time.Duration
	// TrustedProxies are those of [engine.Config]: what they say of the sender is
	// told to the application.
	TrustedProxies []netip.Prefix
	// Transport carries the requests instead of one that the Gateway makes. It
	// must not unpack what is answered ([http.Transport.DisableCompression]), and
	// must not send again what the application may have seen.
	Transport http.RoundTripper
	// Logger receives what goes wrong behind the gateway; nil discards.
	Logger *slog.Logger
}

// Gateway is an [http.Handler] that has a source judge each request and passes
// on, whatever its method and path, what it accepts. It is safe for concurrent
// use.
//
// An [http.ServeMux] redirects paths such as //x before any handler sees them:
// serve a Gateway itself. The request-target is that of the request line, also
// where [http.StripPrefix] has changed the URL.
type Gateway struct {
	source    string
	upstream  *url.URL
	host      string
	trusted   []netip.Prefix
	log       *slog.Logger
	transport http.RoundTripper
	// proxy is what each request takes a copy of, to set its own Rewrite.
	proxy   httputil.ReverseProxy
	guarded http.Handler
}

const defaultTimeout = 30 * time.Second

// New returns a gateway for a source of the engine, which stays the caller's to
// close. With a store, repeats are acknowledged without the application, as
// [engine.Engine.Middleware] says.
//
// The error joins the faults of config. It is [engine.ErrUnknownSource] for a
// source that is not configured, and [engine.ErrClosed]. A source that a reload
// removes later answers 404.
func New(eng *engine.Engine, source string, config Config) (*Gateway, error) {
	upstream, err := config.validate()
	if err = errors.Join(err, knows(eng, source)); err != nil {
		return nil, err
	}
	g := &Gateway{
		source: source, upstream: upstream, host: config.Host, trusted: config.TrustedProxies,
		log: config.Logger, transport: config.Transport,
	}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	timeout := cmp.Or(config.Timeout, defaultTimeout)
	if g.transport == nil {
		g.transport = newTransport(timeout)
	}
	g.proxy = httputil.ReverseProxy{
		Transport:      deadline{next: g.transport, after: timeout},
		FlushInterval:  -1, // at once
		ErrorLog:       slog.NewLogLogger(g.log.Handler(), slog.LevelWarn),
		ErrorHandler:   g.failed,
		ModifyResponse: refuseSwitch,
	}
	g.guarded = eng.Middleware(source)(http.HandlerFunc(g.passOn))
	return g, nil
}

func (c *Config) validate() (*url.URL, error) {
	var faults []error
	u, err := url.Parse(c.Upstream)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		faults = append(faults, errors.New("the upstream must be an http or https URL of a host, such as http://127.0.0.1:3000, and nothing more: the path is the sender's"))
	}
	if !isHost(c.Host) {
		faults = append(faults, fmt.Errorf("the host is %q, want a name or address, with or without a port", c.Host))
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("the timeout is %v, want more than nothing", c.Timeout))
	}
	return u, errors.Join(faults...)
}

// isHost reports whether a Host field, or none, can be written as it is.
func isHost(host string) bool {
	u, err := url.Parse("http://" + host)
	return err == nil && u.Host == host && u.User == nil
}

// knows reports whether the engine has the source. Its context has ended, so
// that nobody is asked for secrets.
func knows(eng *engine.Engine, source string) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := eng.Verify(ctx, source, &engine.Request{})
	if errors.Is(err, engine.ErrUnknownSource) || errors.Is(err, engine.ErrClosed) {
		return err
	}
	return nil
}

// ServeHTTP implements [http.Handler].
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.guarded.ServeHTTP(w, r) }

// CloseIdleConnections closes the connections to the application that nobody
// waits on, if the transport can.
func (g *Gateway) CloseIdleConnections() {
	if t, ok := g.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// passOn has the application answer a request that the source lets pass.
func (g *Gateway) passOn(w http.ResponseWriter, r *http.Request) {
	to, err := g.passage(r)
	if err != nil {
		g.log.Warn("webhook cannot be passed on", "source", g.source, "error", err)
		answer(w, http.StatusBadRequest, "the request cannot be passed on")
		return
	}
	// What the proxy does not offer, it does not let the application do: behind
	// a switch of protocols nothing would be verified.
	r.Header.Del("Upgrade")
	// An application that says no type means none: net/http would guess one.
	w.Header()["Content-Type"] = nil
	proxy := g.proxy
	proxy.Rewrite = to.rewrite
	proxy.ServeHTTP(w, r)
}
