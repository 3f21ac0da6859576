package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Guard dials public addresses, and those that it is told to allow. The zero
// Guard allows nothing beyond the public ones.
//
// It is safe for concurrent use; its fields are not changed once it is in use.
type Guard struct {
	// Allow lists ranges that are dialled although they are not public.
	Allow []netip.Prefix
	// AllowHosts lists names whose addresses are dialled where these are private,
	// unique local, shared (RFC 6598) or loopback: "crm.intern.example", or
	// "*.intern.example" for every name below. Link-local addresses, metadata
	// services and all others take Allow, since whoever answers for a name could
	// make it mean them.
	AllowHosts []string
	// Resolver looks names up; nil is the system's.
	Resolver *net.Resolver
	// Timeout bounds one dial, name lookup included; zero is 10 seconds.
	Timeout time.Duration
}

// RefusedError reports an address that the guard does not dial.
type RefusedError struct {
	// Host is the name or literal that was to be dialled, empty where the
	// address itself was judged.
	Host string
	// Addr is the address that it stands for.
	Addr netip.Addr
	// What says what kind of address it is, such as "private".
	What string
}

// Error names the address, what it is, the setting that would allow it, and where
// that goes.
func (e *RefusedError) Error() string {
	of := ""
	if e.Host != "" && e.Host != e.Addr.String() {
		of = fmt.Sprintf(" of host %q", e.Host)
	}
	return fmt.Sprintf("address %s%s is refused since it is %s: to permit it, add its network to allow_networks%s at the top of the configuration, before any [table]",
		e.Addr, of, e.What, e.remedy())
}

// remedy names the other setting where that would do.
func (e *RefusedError) remedy() string {
	if ofOwnNetwork(e.What) && e.Host != "" && e.Host != e.Addr.String() {
		return " or the host to allow_hosts"
	}
	return ""
}

// Check returns a [*RefusedError] for an address that the guard does not dial
// under its own name.
// An IPv4-mapped IPv6 address is judged as the IPv4 address that it is, and a
// zone has no influence.
func (g *Guard) Check(addr netip.Addr) error {
	return g.check("", addr)
}

// CheckHost is [Guard.Check] for an address that a host name stands for.
func (g *Guard) CheckHost(host string, addr netip.Addr) error {
	return g.check(host, addr)
}

func (g *Guard) check(host string, addr netip.Addr) error {
	plain := addr.Unmap().WithZone("")
	what := classify(plain)
	if what == "" {
		return nil
	}
	for _, allowed := range g.Allow {
		if allowed.Contains(plain) {
			return nil
		}
	}
	if ofOwnNetwork(what) && g.allowsHost(host) {
		return nil
	}
	return &RefusedError{Host: host, Addr: addr.Unmap(), What: what}
}

// DialContext connects to address, "host:port", over TCP. Networks other than
// tcp, tcp4 and tcp6 are an error.
//
// Where a host has several addresses, those that are refused are passed over.
// If none could be dialled, the error is that of the first: a [*RefusedError]
// where it was refused.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return nil, fmt.Errorf("dial network %q: only tcp is allowed", network)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Timeout:  g.timeout(),
		Resolver: g.Resolver,
		// The address here is the one that connect(2) is called with, so that
		// nothing can change between the check and the use.
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return g.control(host, address)
		},
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if refused := (*RefusedError)(nil); errors.As(err, &refused) {
		return nil, refused
	}
	return conn, err
}

func (g *Guard) control(host, address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("check address of host %q: %w", host, err)
	}
	return g.check(host, to.Addr())
}

func (g *Guard) timeout() time.Duration {
	if g.Timeout > 0 {
		return g.Timeout
	}
	return 10 * time.Second
}
