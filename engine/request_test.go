package engine_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hookseal/hookseal/engine"
)

// parse reads a request as a server does.
func parse(t *testing.T, text string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The next reader of a request gets the bytes that were read, however they came.
func TestFromHTTPRestoresTheBody(t *testing.T) {
	for _, tt := range []struct{ name, text, body string }{
		{"with a length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n\xff\x00ab", "\xff\x00ab"},
		{"chunked", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 7\r\n\r\n", "abc"},
		{"empty", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", ""},
		{"none", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", ""},
		{"compressed", "POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", "\x1f\x8b\x08"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := parse(t, tt.text)
			req, err := engine.FromHTTP(r, engine.RequestLimits{})
			if err != nil {
				t.Fatal(err)
			}
			if string(req.Body) != tt.body || r.ContentLength != int64(len(tt.body)) || r.TransferEncoding != nil {
				t.Errorf("body = %q, length %d, encoding %v; want %q", req.Body, r.ContentLength, r.TransferEncoding, tt.body)
			}
			for range 2 {
				got, err := io.ReadAll(r.Body)
				if err != nil || string(got) != tt.body {
					t.Errorf("the next reader gets %q, %v; want %q", got, err, tt.body)
				}
				if err := r.Body.Close(); err != nil {
					t.Error(err)
				}
				if r.Body, err = r.GetBody(); err != nil {
					t.Fatal(err)
				}
			}
			if tt.name == "chunked" && r.Trailer.Get("X-Sum") != "7" {
				t.Errorf("trailer = %v, want X-Sum", r.Trailer)
			}
			again, err := engine.FromHTTP(r, engine.RequestLimits{})
			if err != nil || string(again.Body) != tt.body {
				t.Errorf("FromHTTP again = %q, %v; want %q", again.Body, err, tt.body)
			}
		})
	}
}

// A body that cannot be had whole is not had at all: who reads on is told why.
func TestFromHTTPErrors(t *testing.T) {
	chunked := func(body io.Reader) *http.Request {
		r := httptest.NewRequest("POST", "/", body)
		r.ContentLength = -1
		return r
	}
	limited := chunked(strings.NewReader("123456789"))
	limited.Body = http.MaxBytesReader(nil, limited.Body, 3)
	short := chunked(strings.NewReader("1234"))
	short.ContentLength = 5
	for _, tt := range []struct {
		name string
		r    *http.Request
		want error
		says string
	}{
		{"too large in chunks", chunked(strings.NewReader("123456789")), engine.ErrBodyTooLarge, "limit is 8 bytes"},
		{"too large for somebody before", limited, engine.ErrBodyTooLarge, "limit is 3 bytes"},
		{"cut off", parse(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n1234"), engine.ErrBodyIncomplete, "unexpected EOF"},
		{"cut off in a chunk", parse(t, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1234"), engine.ErrBodyIncomplete, "unexpected EOF"},
		{"ends early without an error", short, engine.ErrBodyIncomplete, "4 of 5 bytes"},
		{"cannot be read", chunked(iotest.ErrReader(errors.New("reset"))), engine.ErrBodyIncomplete, "reset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := engine.FromHTTP(tt.r, engine.RequestLimits{MaxBody: 8})
			if req != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("FromHTTP = %v, %v; want %v with %q", req, err, tt.want, tt.says)
			}
			if rest, err := io.ReadAll(tt.r.Body); len(rest) > 0 || !errors.Is(err, tt.want) {
				t.Errorf("the next reader gets %q, %v; want %v", rest, err, tt.want)
			}
		})
	}
	large := parse(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789")
	req, err := engine.FromHTTP(large, engine.RequestLimits{MaxBody: 8})
	if rest, readErr := io.ReadAll(large.Body); req != nil || !errors.Is(err, engine.ErrBodyTooLarge) || len(rest) != 9 || readErr != nil {
		t.Errorf("too large by its length: %v, %v, and %q, %v is left; want all of it", req, err, rest, readErr)
	}
	long := chunked(strings.NewReader("1234567"))
	long.ContentLength = 3
	if req, err := engine.FromHTTP(long, engine.RequestLimits{MaxBody: 8}); err != nil || string(req.Body) != "1234567" || long.ContentLength != 7 {
		t.Errorf("a body that is longer than its length = %v, %v; want all of it", req, err)
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader("12345678"))
	if req, err := engine.FromHTTP(r, engine.RequestLimits{MaxBody: 8}); err != nil || len(req.Body) != 8 {
		t.Errorf("a body at the limit = %v, %v", req, err)
	}
}

func TestFromHTTPTarget(t *testing.T) {
	for target, want := range map[string]string{
		"/h%2Fook//x?b=1&a=%20z":              "/h%2Fook//x?b=1&a=%20z",
		"/a/../b;c?":                          "/a/../b;c?",
		"/%c3%BC?q=?":                         "/%c3%BC?q=?",
		"http://h/absolute%2F?a":              "/absolute%2F?a",
		"http://h?a":                          "/?a",
		"http://h":                            "/",
		"*":                                   "*",
		"/redirect?to=https://elsewhere/path": "/redirect?to=https://elsewhere/path",
	} {
		method := "POST"
		if target == "*" {
			method = "OPTIONS"
		}
		r := parse(t, method+" "+target+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
		req, err := engine.FromHTTP(r, engine.RequestLimits{})
		if err != nil || req.Target != want {
			t.Errorf("%s: target = %q, %v; want %q", target, req.Target, err, want)
		}
	}
	made := &http.Request{Method: "POST", URL: &url.URL{Path: "/a b", RawQuery: "c"}}
	if req, err := engine.FromHTTP(made, engine.RequestLimits{}); err != nil || req.Target != "/a%20b?c" || made.Body == nil {
		t.Errorf("a request that no server made = %+v, %v", req, err)
	}
}

// The connection is believed, trusted proxies more, and the public URL most.
func TestFromHTTPOrigin(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	said := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	const proto, host, peers = "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For"
	for _, tt := range []struct {
		name, remote, public string
		header               http.Header
		want                 string
	}{
		{"nothing said", "10.0.0.1:1", "", said(), "http://inside/in?q=1"},
		{"not trusted", "192.0.2.1:1", "", said(proto, "https", host, "a"), "http://inside/in?q=1"},
		{"trusted", "10.0.0.1:1", "", said(proto, "HTTPS", host, "a:8443"), "https://a:8443/in?q=1"},
		{"trusted, mapped address", "[::ffff:10.0.0.1]:1", "", said(proto, "https"), "https://inside/in?q=1"},
		{"trusted, IPv6 with a zone", "[fd00::1%eth0]:1", "", said(proto, "https"), "https://inside/in?q=1"},
		{"no address", "@", "", said(proto, "https"), "http://inside/in?q=1"},
		{"unknown scheme", "10.0.0.1:1", "", said(proto, "gopher", host, "a"), "http://a/in?q=1"},
		{"the sender's comes first", "10.0.0.1:1", "", said(host, "evil", host, "a"), "http://a/in?q=1"},
		{"the sender's on one line", "10.0.0.1:1", "", said(host, "evil, a", proto, "http, https", peers, "10.1.1.1, 192.0.2.9"), "https://a/in?q=1"},
		{"two proxies that add", "10.0.0.1:1", "", said(host, "evil, a, b", peers, "192.0.2.9, 10.0.0.2"), "http://a/in?q=1"},
		{"two proxies, the outer one sets", "10.0.0.1:1", "", said(host, "a", peers, "192.0.2.9, 10.0.0.2"), "http://a/in?q=1"},
		{"RFC 7239", "10.0.0.1:1", "", said("Forwarded", `for=192.0.2.9; Proto=https ; host="a:1"`), "https://a:1/in?q=1"},
		{"RFC 7239, the sender's comes first", "10.0.0.1:1", "", said("Forwarded", `host=evil, for="[2001:db8::1]:4711";host=a`), "http://a/in?q=1"},
		{"RFC 7239, two proxies", "10.0.0.1:1", "", said("Forwarded", `host=evil, for=192.0.2.9;host=a`, "Forwarded", `for="[fd00::7]:80";host=b`), "http://a/in?q=1"},
		{"RFC 7239, quoted separators", "10.0.0.1:1", "", said("Forwarded", `for="a,\";host=evil";host=a`), "http://a/in?q=1"},
		{"both agree", "10.0.0.1:1", "", said("Forwarded", "proto=https;host=a", proto, "https", host, "a"), "https://a/in?q=1"},
		{"both differ", "10.0.0.1:1", "", said("Forwarded", "host=evil", proto, "https"), "http://inside/in?q=1"},
		{"public", "10.0.0.1:1", "https://hooks.example", said(proto, "http", host, "a"), "https://hooks.example/in?q=1"},
		{"public with a path", "192.0.2.1:1", "https://hooks.example:444/a%2Fb", said(), "https://hooks.example:444/a%2Fb?q=1"},
		{"public with a slash", "192.0.2.1:1", "http://hooks.example/", said(), "http://hooks.example/in?q=1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/in?q=1", nil)
			r.Host, r.RemoteAddr, r.Header = "inside", tt.remote, tt.header
			req, err := engine.FromHTTP(r, engine.RequestLimits{PublicURL: tt.public, TrustedProxies: proxies})
			if err != nil || req.URL() != tt.want {
				t.Errorf("URL = %q, %v; want %q", req.URL(), err, tt.want)
			}
		})
	}
	overTLS := httptest.NewRequest("POST", "/", nil)
	overTLS.TLS = &tls.ConnectionState{}
	if req, err := engine.FromHTTP(overTLS, engine.RequestLimits{}); err != nil || req.Scheme != "https" {
		t.Errorf("over TLS: %+v, %v", req, err)
	}
	for _, public := range []string{"hooks.example", "ftp://a", "https://", "https://u@a", "https://a?q", "https://a?", "https://a#f", "https://%zz"} {
		r := httptest.NewRequest("POST", "/", bytes.NewReader(nil))
		if req, err := engine.FromHTTP(r, engine.RequestLimits{PublicURL: public}); err == nil {
			t.Errorf("PublicURL %s = %v, want an error", public, req)
		}
	}
}

// Whatever a proxy says, the request-target stays and nothing panics.
func FuzzForwarding(f *testing.F) {
	f.Add(`for=192.0.2.1;host="a\"b,c";proto=https, for="[fd00::1]:1"`, "10.0.0.1, [fd00::1]:80", "https, http", "a, b")
	f.Add(`"`, ",,", `"\`, ";")
	f.Fuzz(func(t *testing.T, forwarded, peers, proto, host string) {
		r := httptest.NewRequest("POST", "/in", nil)
		r.RemoteAddr, r.Host = "10.0.0.1:1", "inside"
		r.Header = http.Header{"Forwarded": {forwarded}, "X-Forwarded-For": {peers}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}}
		req, err := engine.FromHTTP(r, engine.RequestLimits{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
		if err != nil || req.Target != "/in" || req.Scheme != "http" && req.Scheme != "https" {
			t.Errorf("FromHTTP = %+v, %v", req, err)
		}
		if req.From.Is4In6() || req.From.Zone() != "" || req.From.IsValid() && req.From.String() != "10.0.0.1" && !strings.ContainsAny(forwarded+peers, ".:") {
			t.Errorf("from = %v, which nobody said", req.From)
		}
		if said := fmt.Sprint(forwarded, host); req.Host != "inside" && !strings.Contains(strings.ReplaceAll(said, `\`, ""), strings.ReplaceAll(req.Host, `\`, "")) {
			t.Errorf("host = %q, which nobody said", req.Host)
		}
	})
}
