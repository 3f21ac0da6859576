package netguard_test

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine/netguard"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		addr string
		what string // empty for an address that is dialled
	}{
		{"8.8.8.8", ""},
		{"1.1.1.1", ""},
		{"9.255.255.255", ""},
		{"11.0.0.0", ""},
		{"100.63.255.255", ""},
		{"100.128.0.0", ""},
		{"128.0.0.0", ""},
		{"169.253.255.255", ""},
		{"172.15.255.255", ""},
		{"172.32.0.0", ""},
		{"192.167.255.255", ""},
		{"198.17.255.255", ""},
		{"198.20.0.0", ""},
		{"223.255.255.255", ""},
		{"2606:4700:4700::1111", ""},
		{"2a00:1450:4001:80e::200e", ""},
		{"::ffff:8.8.8.8", ""},

		{"0.0.0.0", "unspecified"},
		{"0.1.2.3", "this network"},
		{"10.0.0.1", "private"},
		{"10.255.255.255", "private"},
		{"100.64.0.1", "carrier-grade NAT"},
		{"100.100.100.200", "metadata"},
		{"127.0.0.1", "loopback"},
		{"127.255.255.254", "loopback"},
		{"168.63.129.16", "metadata"},
		{"169.254.0.1", "link-local"},
		{"169.254.169.254", "metadata"},
		{"172.16.0.1", "private"},
		{"172.31.255.255", "private"},
		{"192.0.0.192", "metadata"},
		{"192.0.0.170", "protocol assignments"},
		{"192.0.2.1", "documentation"},
		{"192.88.99.1", "6to4"},
		{"192.168.1.1", "private"},
		{"198.18.0.1", "benchmarks"},
		{"198.19.255.255", "benchmarks"},
		{"198.51.100.1", "documentation"},
		{"203.0.113.1", "documentation"},
		{"224.0.0.1", "multicast"},
		{"239.255.255.255", "multicast"},
		{"240.0.0.1", "reserved"},
		{"255.255.255.255", "broadcast"},

		{"::", "unspecified"},
		{"::1", "loopback"},
		{"::7f00:1", "IPv4-compatible"},
		{"::ffff:127.0.0.1", "loopback"},
		{"::ffff:a9fe:a9fe", "metadata"},
		{"64:ff9b::7f00:1", "NAT64"},
		{"64:ff9b::808:808", "NAT64"},
		{"64:ff9b:1::1", "NAT64"},
		{"64:ff9b:2::1", "outside"},
		{"100::1", "discard"},
		{"2001::1", "Teredo"},
		{"2001:2::1", "protocol assignments"},
		{"2001:20::1", "protocol assignments"},
		{"2001:db8::1", "documentation"},
		{"2002:7f00:1::", "6to4"},
		{"2002:808:808::1", "6to4"},
		{"3ffe::1", "reserved"},
		{"3fff::1", "documentation"},
		{"4000::1", "outside"},
		{"5f00::1", "outside"},
		{"::ffff:0:7f00:1", "outside"}, // IPv4-translated, RFC 2765
		{"fc00::1", "private"},
		{"fd00:ec2::254", "metadata"},
		{"fd20:ce::254", "metadata"},
		{"fdff::1", "private"},
		{"fe80::1", "link-local"},
		{"fe80::1%eth0", "link-local"},
		{"2606:4700::1%eth0", ""},
		{"fec0::1", "site-local"},
		{"ff02::1", "multicast"},
	}
	for _, test := range tests {
		err := new(netguard.Guard).Check(netip.MustParseAddr(test.addr))
		if test.what == "" {
			if err != nil {
				t.Errorf("Check(%s) = %v, want nil", test.addr, err)
			}
			continue
		}
		var refused *netguard.RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("Check(%s) = %v, want a RefusedError", test.addr, err)
			continue
		}
		if !strings.Contains(refused.What, test.what) {
			t.Errorf("Check(%s) says %q, want %q", test.addr, refused.What, test.what)
		}
	}
	if new(netguard.Guard).Check(netip.Addr{}) == nil {
		t.Error("Check(zero address) = nil, want an error")
	}
}

func TestCheckAllow(t *testing.T) {
	guard := &netguard.Guard{Allow: []netip.Prefix{
		netip.MustParsePrefix("10.20.0.0/16"),
		netip.MustParsePrefix("fe80::/10"),
	}}
	for addr, allowed := range map[string]bool{
		"10.20.0.1":        true,
		"::ffff:10.20.3.4": true,
		"10.21.0.1":        false,
		"127.0.0.1":        false,
		"64:ff9b::a14:1":   false, // 10.20.0.1 behind NAT64 is another address
		"fe80::1%eth0":     true,
		"8.8.8.8":          true,
	} {
		if err := guard.Check(netip.MustParseAddr(addr)); (err == nil) != allowed {
			t.Errorf("Check(%s) = %v, want allowed: %v", addr, err, allowed)
		}
	}
}

func TestRefusedError(t *testing.T) {
	err := &netguard.RefusedError{Host: "intern.example", Addr: netip.MustParseAddr("10.0.0.5"), What: "private"}
	want := `address 10.0.0.5 of host "intern.example" is refused since it is private: to permit it, add its network to allow_networks or the host to allow_hosts at the top of the configuration, before any [table]`
	if got := err.Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// sink is a listener on loopback that counts who came through.
type sink struct {
	listener net.Listener
	accepted atomic.Int64
}

func newSink(t *testing.T, host string) *sink {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("no address %s on this machine: %v", host, err)
	}
	s := &sink{listener: listener}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.accepted.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return s
}

func (s *sink) port(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestDialLoopbackLiterals(t *testing.T) {
	target := newSink(t, "127.0.0.1")
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "0.0.0.0", "0",
		"[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]",
		"[::ffff:127.0.0.1%lo]", "[::]", "[::127.0.0.1]", "[::1%lo]", "127.0.0.2", "",
	} {
		conn, err := new(netguard.Guard).DialContext(t.Context(), "tcp", host+":"+target.port(t))
		if err == nil {
			conn.Close()
			t.Errorf("DialContext(%q) = nil error, want it refused", host)
		}
	}
	if n := target.accepted.Load(); n != 0 {
		t.Errorf("%d connections reached the listener, want 0", n)
	}
}

// TestDialOddNotations gives the guard a resolver that, as getaddrinfo does on
// many systems, takes decimal, octal, hexadecimal and short notations for the
// address that inet_aton reads in them.
func TestDialOddNotations(t *testing.T) {
	loopback := zone(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	target := newSink(t, "127.0.0.1")
	guard := &netguard.Guard{Resolver: loopback.resolver(t)}
	for _, host := range []string{
		"2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1",
		"0x7f.1", "127.0.0.1.", "127.0.0.1.nip.io", "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1\x00.example",
		"::1", "0:0:0:0:0:0:0:1", "1.1.1.1@127.0.0.1", "evil.example#@127.0.0.1",
	} {
		conn, err := guard.DialContext(t.Context(), "tcp", net.JoinHostPort(host, target.port(t)))
		if err == nil {
			conn.Close()
			t.Errorf("DialContext(%q) = nil error, want one", host)
		}
	}
	if n := target.accepted.Load(); n != 0 {
		t.Errorf("%d connections reached the listener, want 0", n)
	}
}

func TestDialOtherNetworks(t *testing.T) {
	guard := &netguard.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}
	for _, network := range []string{"unix", "udp", "ip4:icmp", ""} {
		if conn, err := guard.DialContext(t.Context(), network, "127.0.0.1:1"); err == nil {
			conn.Close()
			t.Errorf("DialContext(%q) = nil error, want one", network)
		}
	}
	if _, err := guard.DialContext(t.Context(), "tcp", "127.0.0.1"); err == nil {
		t.Error("DialContext without a port = nil error, want one")
	}
}
