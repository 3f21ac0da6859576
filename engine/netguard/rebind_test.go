package netguard_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hookseal/hookseal/engine/netguard"
)

var allowLoopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// TestRebinding answers the first lookup with an address that is allowed, and
// every later one with addresses that are not.
func TestRebinding(t *testing.T) {
	var lookups atomic.Int64
	var rebound atomic.Value
	rebound.Store([]netip.Addr{netip.MustParseAddr("127.0.0.1")})
	names := zone(func(string) []netip.Addr {
		lookups.Add(1)
		return rebound.Load().([]netip.Addr)
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	defer server.Close()

	guard := &netguard.Guard{Allow: allowLoopback, Resolver: names.resolver(t)}
	client := guard.Client()
	client.Transport.(*http.Transport).DisableKeepAlives = true
	target := "http://rebind.test.:" + mustURL(t, server.URL).Port()

	response, err := client.Get(target)
	if err != nil {
		t.Fatalf("Get before rebinding: %v", err)
	}
	response.Body.Close()

	for _, addr := range []string{"127.0.0.2", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254"} {
		rebound.Store([]netip.Addr{netip.MustParseAddr(addr)})
		before := lookups.Load()
		response, err := client.Get(target)
		if err == nil {
			response.Body.Close()
			t.Fatalf("Get after rebinding to %s: no error", addr)
		}
		var refused *netguard.RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("Get after rebinding to %s = %v, want a RefusedError", addr, err)
			continue
		}
		if refused.Host != "rebind.test." || refused.Addr != netip.MustParseAddr(addr).Unmap() {
			t.Errorf("refused %s of %q, want %s of rebind.test.", refused.Addr, refused.Host, addr)
		}
		if lookups.Load() == before {
			t.Errorf("the name was not looked up again for %s", addr)
		}
	}
}

func TestSeveralAddresses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	names := zone(func(string) []netip.Addr {
		return []netip.Addr{
			netip.MustParseAddr("10.0.0.1"),
			netip.MustParseAddr("fd00::1"),
			netip.MustParseAddr("127.0.0.1"),
			netip.MustParseAddr("192.168.0.1"),
		}
	})
	guard := &netguard.Guard{Allow: allowLoopback, Resolver: names.resolver(t)}
	conn, err := guard.DialContext(t.Context(), "tcp", "several.test.:"+mustURL(t, server.URL).Port())
	if err != nil {
		t.Fatalf("DialContext = %v, want the allowed address", err)
	}
	defer conn.Close()
	if got := conn.RemoteAddr().String(); !strings.HasPrefix(got, "127.0.0.1:") {
		t.Errorf("connected to %s, want 127.0.0.1", got)
	}
}

func TestClientNeverFollows(t *testing.T) {
	var second atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { second.Add(1) }))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer first.Close()

	guard := &netguard.Guard{Allow: allowLoopback}
	client := guard.Client()
	defer client.CloseIdleConnections()
	response, err := client.Post(first.URL, "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("status = %d, want %d", response.StatusCode, http.StatusTemporaryRedirect)
	}
	if n := second.Load(); n != 0 {
		t.Errorf("the redirect was followed %d times, want 0", n)
	}
}

func TestClientIgnoresProxies(t *testing.T) {
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	names := zone(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("10.0.0.1")} })
	guard := &netguard.Guard{Allow: allowLoopback, Resolver: names.resolver(t)}
	response, err := guard.Client().Get("http://proxied.test./")
	if err == nil {
		response.Body.Close()
	}
	var refused *netguard.RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("Get = %v, want a RefusedError", err)
	}
	if n := proxied.Load(); n != 0 {
		t.Errorf("the proxy was asked %d times, want 0", n)
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
