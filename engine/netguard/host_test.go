package netguard_test

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/netguard"
)

// A name that is allowed may stand for a private address, and for none of those
// that whoever answers for it could mean harm with.
func TestAllowHosts(t *testing.T) {
	guard := &netguard.Guard{AllowHosts: []string{"crm.intern.example", "*.svc.example"}}
	for _, test := range []struct {
		host, addr string
		allowed    bool
	}{
		{"crm.intern.example", "10.0.0.1", true},
		{"CRM.Intern.Example.", "192.168.1.1", true},
		{"crm.intern.example", "127.0.0.1", true},
		{"crm.intern.example", "::1", true},
		{"crm.intern.example", "fd12::1", true},
		{"crm.intern.example", "100.64.0.1", true},
		{"crm.intern.example", "::ffff:10.0.0.1", true},
		{"crm.intern.example", "8.8.8.8", true},
		{"a.svc.example", "10.0.0.1", true},
		{"a.b.svc.example", "10.0.0.1", true},

		{"crm.intern.example", "169.254.169.254", false},
		{"crm.intern.example", "100.100.100.200", false},
		{"crm.intern.example", "fd00:ec2::254", false},
		{"crm.intern.example", "169.254.1.1", false},
		{"crm.intern.example", "fe80::1", false},
		{"crm.intern.example", "0.0.0.0", false},
		{"crm.intern.example", "::", false},
		{"crm.intern.example", "224.0.0.1", false},
		{"crm.intern.example", "64:ff9b::a00:1", false},
		{"crm.intern.example", "2002:a00:1::", false},
		{"intern.example", "10.0.0.1", false},
		{"evilcrm.intern.example", "10.0.0.1", false},
		{"crm.intern.example.evil", "10.0.0.1", false},
		{"svc.example", "10.0.0.1", false},
		{"evilsvc.example", "10.0.0.1", false},
		{".svc.example", "10.0.0.1", false},
		{"", "10.0.0.1", false},
		{"10.0.0.1", "10.0.0.1", false},
	} {
		err := guard.CheckHost(test.host, netip.MustParseAddr(test.addr))
		if (err == nil) != test.allowed {
			t.Errorf("CheckHost(%q, %s) = %v, want allowed: %v", test.host, test.addr, err, test.allowed)
		}
	}
	if guard.Check(netip.MustParseAddr("10.0.0.1")) == nil {
		t.Error("Check of an address alone = nil, want it refused")
	}
	if literal := (&netguard.Guard{AllowHosts: []string{"10.0.0.1"}}); literal.CheckHost("10.0.0.1", netip.MustParseAddr("10.0.0.1")) == nil {
		t.Error("an address in the place of a name is allowed, want it refused")
	}
	err := guard.CheckHost("other.example", netip.MustParseAddr("10.0.0.1"))
	if err == nil || !strings.Contains(err.Error(), "allow_hosts") {
		t.Errorf("CheckHost = %v, want an error that names allow_hosts", err)
	}
	if err := guard.CheckHost("other.example", netip.MustParseAddr("169.254.169.254")); err == nil || strings.Contains(err.Error(), "allow_hosts") {
		t.Errorf("CheckHost = %v, want an error that does not name allow_hosts", err)
	}
}

// The allowed name is dialled, and another one with the same address is not.
func TestDialAllowedHost(t *testing.T) {
	names := zone(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	target := newSink(t, "127.0.0.1")
	guard := &netguard.Guard{AllowHosts: []string{"allowed.test"}, Resolver: names.resolver(t)}
	conn, err := guard.DialContext(t.Context(), "tcp", "allowed.test.:"+target.port(t))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	_, err = guard.DialContext(t.Context(), "tcp", "other.test.:"+target.port(t))
	if refused := (*netguard.RefusedError)(nil); !errors.As(err, &refused) {
		t.Errorf("DialContext = %v, want a RefusedError", err)
	}
}

func TestCheckPattern(t *testing.T) {
	for _, good := range []string{"crm.intern.example", "*.svc.cluster.local", "localhost", "crm_1.example", "crm.example."} {
		if err := netguard.CheckPattern(good); err != nil {
			t.Errorf("CheckPattern(%q) = %v, want nil", good, err)
		}
	}
	for _, bad := range []string{
		"", "*", "*.", "*example", "a.*.example", "10.0.0.1", "::1", "*.10.0.0.1", "10.0.0.0/8", "a..b", ".a", "a b", "https://crm.example", "crm.example:80", "bücher.example",
	} {
		if netguard.CheckPattern(bad) == nil {
			t.Errorf("CheckPattern(%q) = nil, want an error", bad)
		}
	}
}

// A certificate that nobody vouches for ends the attempt before anything is sent.
func TestClientVerifiesTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the request came through")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	guard := &netguard.Guard{Allow: allowLoopback}
	response, err := guard.Client().Post(server.URL, "text/plain", strings.NewReader("secret"))
	if err == nil {
		response.Body.Close()
		t.Fatal("Post = nil error, want one about the certificate")
	}
	if !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Post = %v, want an error about the certificate", err)
	}
}

// A header without end is left with the server that sends it.
func TestClientBoundsTheHeader(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan int, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			written <- -1
			return
		}
		defer conn.Close()
		total, line := 0, []byte("X-More: "+strings.Repeat("a", 1<<10)+"\r\n")
		_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		for err == nil && total < 256<<20 {
			var n int
			n, err = conn.Write(line)
			total += n
		}
		written <- total
	}()
	guard := &netguard.Guard{Allow: allowLoopback}
	response, err := guard.Client().Get("http://" + listener.Addr().String())
	if err == nil {
		response.Body.Close()
		t.Error("Get = nil error, want one about the header")
	}
	listener.Close()
	if n := <-written; n < 0 || n > 64<<20 {
		t.Errorf("the server could write %d bytes of a header, want less than the buffers of sockets", n)
	}
}
