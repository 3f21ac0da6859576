package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/connect/gateway"
	"github.com/hookseal/hookseal/engine/enginetest"
)

const verdict = "Hookseal-Verdict: accept; source=\"orders\"; secret=\"2026\"; covers=\"body\"\r\n"

// linesOf returns the header of a request, without its first line.
func linesOf(raw string) string {
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	_, lines, _ := strings.Cut(head, "\r\n")
	return lines + "\r\n"
}

// has reports whether a header has a line, and its name once.
func has(header, line string) bool {
	name, _, _ := strings.Cut(line, ":")
	header, line = strings.ToLower("\r\n"+header), strings.ToLower("\r\n"+strings.TrimSuffix(line, "\r\n")+"\r\n")
	return strings.Contains(header, line) && strings.Count(header, "\r\n"+strings.ToLower(name)+":") == 1
}

func hasName(header, name string) bool {
	return strings.Contains("\r\n"+strings.ToLower(header), "\r\n"+strings.ToLower(name)+":")
}

// one sends a request and returns how the application got it.
func one(t *testing.T, addr string, app *wire, raw string) string {
	t.Helper()
	resp, body := send(t, addr, raw)
	got := app.take()
	if resp.StatusCode != http.StatusOK || body != "taken" || len(got) != 1 {
		t.Fatalf("answered %d %q, and the application was called %d times; want 200, and once", resp.StatusCode, body, len(got))
	}
	return got[0]
}

func TestTarget(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url() + "/"})
	for _, tt := range []struct{ target, want, host string }{
		{target: "/"},
		{target: "/?"},
		{target: "/h%2Fook//x?b=1&a=%20z"},
		{target: "/../a/./b/%2e%2e/c//"},
		{target: "/a;b=c?d;e&f=%zz&=&&g"},
		{target: "/a?b?c#d"},
		{target: "/a#b?c"},
		{target: `/a{b}"<>|^` + "`\\'?{\"}"},
		{target: "/z\xfcrich/\xe2\x82\xac?\xff"},
		{target: "//evil.example/x"},
		{target: "//evil.example/x%2F?a=//b&%zz"},
		{target: "///"},
		{target: "//?"},
		{target: "http://other.example/abs%2F?x=%20", want: "/abs%2F?x=%20", host: "other.example"},
		{target: "https://other.example?x", want: "/?x", host: "other.example"},
		{target: "http://other.example//evil.example", want: "//evil.example", host: "other.example"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			want, host := tt.target, "hooks.example"
			if tt.want != "" {
				want, host = tt.want, tt.host
			}
			resp, _ := send(t, addr, post(tt.target, "", "x"))
			got := app.take()
			if len(got) != 1 {
				t.Fatalf("answered %d, called %d times, want once", resp.StatusCode, len(got))
			}
			if line, _, _ := strings.Cut(got[0], "\r\n"); line != "POST "+want+" HTTP/1.1" {
				t.Errorf("the application got %q, want the target %q", line, want)
			}
			if !has(linesOf(got[0]), "Host: "+host) || !has(linesOf(got[0]), "X-Forwarded-Host: "+host) {
				t.Errorf("the application got %q, want Host and X-Forwarded-Host %s", got[0], host)
			}
		})
	}
}

// What cannot be passed on as it came is not passed on.
func TestRequestsThatNoServerIsSent(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	for name, line := range map[string]string{
		"a tunnel":                     "CONNECT other.example:443 HTTP/1.1",
		"a tunnel with a path":         "CONNECT /x HTTP/1.1",
		"the whole server":             "POST * HTTP/1.1",
		"a URL without a host":         "POST http:opaque HTTP/1.1",
		"two slashes and an odd byte":  "POST //evil.example/{x} HTTP/1.1",
		"two slashes and a raw umlaut": "POST //evil.example/\xfc HTTP/1.1",
	} {
		t.Run(name, func(t *testing.T) {
			raw := post("/", "", "x")
			_, rest, _ := strings.Cut(raw, "\r\n")
			resp, body := send(t, addr, line+"\r\n"+rest)
			if got := app.take(); resp.StatusCode != 400 || len(got) > 0 {
				t.Errorf("answered %d %q, called %d times; want 400 and no call", resp.StatusCode, body, len(got))
			}
			resp, _ = send(t, addr, strings.Replace(line+"\r\n"+rest, "sha256=", "sha256=00", 1))
			if got := app.take(); resp.StatusCode != 401 || len(got) > 0 {
				t.Errorf("forged: answered %d, called %d times; want 401 and no call", resp.StatusCode, len(got))
			}
		})
	}
}

// HTTP/2 has no line that a blank would end.
func TestBlanksOverHTTP2(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	for path, want := range map[string]int{"/a": 200, "/a HTTP/1.1": 400, "/a b": 400, "//a b": 400} {
		r, err := http.NewRequest(http.MethodPost, "http://"+addr, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		name, value, _ := strings.Cut(strings.TrimSpace(signature("x")), ": ")
		r.Header.Set(name, value)
		// Only what is opaque is sent with its blanks, and not behind two slashes.
		r.URL.Opaque = path
		if strings.HasPrefix(path, "//") {
			r.URL.Opaque = "http://" + addr + path
		}
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := app.take(); resp.StatusCode != want || len(got) != 1 && want == 200 || len(got) != 0 && want != 200 {
			t.Errorf("%q: answered %d, and the application got %q; want %d", path, resp.StatusCode, got, want)
		}
	}
}

// Nobody who sends a request takes from it, or adds to it, what the gateway says.
func TestConnectionTakesNothingOfOurs(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	for _, lines := range []string{
		"Connection: Hookseal-Verdict\r\n",
		"Connection: close, hookseal-VERDICT ,Hookseal_Verdict\r\n",
		"Connection: keep-alive\r\nConnection: Hookseal-Verdict\r\n",
		"Proxy-Connection: Hookseal-Verdict\r\n",
		"Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host\r\n",
		"Connection: Content-Length, Host, Transfer-Encoding, Trailer\r\n",
		"Connection: Idempotency-Key, User-Agent\r\n",
		"Hookseal-Verdict: accept\r\nhookseal_verdict: accept\r\nConnection: hookseal_verdict\r\n",
		"Keep-Alive: timeout=5\r\nTE: trailers, gzip\r\nProxy-Authorization: Basic eDp5\r\n",
	} {
		t.Run(lines, func(t *testing.T) {
			got := linesOf(one(t, addr, app, post("/x", lines, "a body")))
			for _, want := range []string{
				verdict, "Content-Length: 6", "Host: hooks.example",
				"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: hooks.example",
			} {
				if !has(got, want) {
					t.Errorf("the application got %q, want %q once", got, want)
				}
			}
			for _, name := range []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authorization", "Hookseal_Verdict", "Transfer-Encoding", "User-Agent", "Accept-Encoding"} {
				if hasName(got, name) {
					t.Errorf("the application got %q, want no %s", got, name)
				}
			}
		})
	}
}

// What Connection names ends here (RFC 9110, 7.6.1).
func TestConnectionTakesWhatIsItsSenders(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	got := linesOf(one(t, addr, app, post("/x", "Connection: X-Hop\r\nX-Hop: 1\r\nX-Kept: 2\r\n", "x")))
	if hasName(got, "X-Hop") || !has(got, "X-Kept: 2") {
		t.Errorf("the application got %q, want X-Kept and no X-Hop", got)
	}
}

const spoofed = "X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-For: 192.0.2.67\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n" +
	"X-Forwarded-Port: 666\r\nX-Forwarded: for=evil\r\nX_Forwarded_For: 192.0.2.68\r\nx-real-ip: 192.0.2.69\r\n" +
	"X-Original-URL: /admin\r\nX-Rewrite-Url: /admin\r\nX-Original-Host: evil.example\r\nX_Original_URI: /admin\r\n"

func TestForwarding(t *testing.T) {
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, tt := range []struct {
		name    string
		trusted []netip.Prefix
		lines   string
		want    [3]string // For, Host, Proto
	}{
		{"from anybody", nil, spoofed, [3]string{"127.0.0.1", "hooks.example", "http"}},
		{"from anybody, as Forwarded", nil, "Forwarded: for=192.0.2.1;proto=https;host=evil.example\r\n", [3]string{"127.0.0.1", "hooks.example", "http"}},
		{"from another than the proxy", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, spoofed, [3]string{"127.0.0.1", "hooks.example", "http"}},
		{"from a proxy", loopback, spoofed, [3]string{"192.0.2.66, 192.0.2.67, 127.0.0.1", "evil.example", "https"}},
		{"from a proxy, as Forwarded", loopback, "Forwarded: for=192.0.2.1;proto=https;host=seen.example\r\n", [3]string{"127.0.0.1", "seen.example", "https"}},
		{"from a proxy that says nothing", loopback, "", [3]string{"127.0.0.1", "hooks.example", "http"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := startWire(t, always(answer200))
			addr := start(t, gateway.Config{Upstream: app.url(), TrustedProxies: tt.trusted})
			got := linesOf(one(t, addr, app, post("/x", tt.lines, "x")))
			for i, name := range []string{"X-Forwarded-For: ", "X-Forwarded-Host: ", "X-Forwarded-Proto: "} {
				if !has(got, name+tt.want[i]) {
					t.Errorf("the application got %q, want %s%s once", got, name, tt.want[i])
				}
			}
			for _, name := range []string{"Forwarded", "X-Forwarded", "X-Forwarded-Port", "X_Forwarded_For", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL", "X-Original-Host", "X_Original_URI"} {
				if hasName(got, name) {
					t.Errorf("the application got %q, want no %s", got, name)
				}
			}
			if !has(got, "Host: hooks.example") {
				t.Errorf("the application got %q, want the Host of the request", got)
			}
		})
	}
}

func TestHost(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url(), Host: "app.internal:3000"})
	got := linesOf(one(t, addr, app, post("/x", "", "x")))
	if !has(got, "Host: app.internal:3000") || !has(got, "X-Forwarded-Host: hooks.example") {
		t.Errorf("the application got %q, want the configured Host, and the sender's in X-Forwarded-Host", got)
	}
}

// A body has one length on both sides, whatever the sender says of it.
func TestSmuggling(t *testing.T) {
	const smuggled = "POST /admin HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
	chunk := func(body string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body) }
	head := func(body, lines string) string {
		return "POST /x HTTP/1.1\r\nHost: hooks.example\r\n" + signature(body) + lines + "\r\n"
	}
	for _, tt := range []struct {
		name, raw string
		body      string // empty: not passed on
		status    int
	}{
		{"both lengths, the body is chunked", head("abc", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + chunk("abc"), "abc", 200},
		{"both lengths, a request behind the chunks", head("abc", "Content-Length: 80\r\nTransfer-Encoding: chunked\r\n") + chunk("abc") + smuggled, "abc", 200},
		{"two lengths", head("abc", "Content-Length: 3\r\nContent-Length: 4\r\n") + "abcd", "", 400},
		{"a list of lengths", head("abc", "Content-Length: 3, 3\r\n") + "abc", "", 400},
		{"a length with a sign", head("abc", "Content-Length: +3\r\n") + "abc", "", 400},
		{"a space before the colon", head("abc", "Content-Length: 3\r\nTransfer-Encoding : chunked\r\n") + "abc", "", 400},
		{"an unknown coding", head("abc", "Content-Length: 3\r\nTransfer-Encoding: xchunked\r\n") + "abc", "", 501},
		{"two codings", head("abc", "Transfer-Encoding: gzip, chunked\r\n") + chunk("abc"), "", 501},
		{"chunks that do not say how long", head("abc", "Transfer-Encoding: chunked\r\n") + "3\nabc\n0\n\n", "", 400},
		{"a body behind the body", head("abc", "Content-Length: 3\r\n") + "abc" + smuggled, "abc", 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := startWire(t, always(answer200))
			addr := start(t, gateway.Config{Upstream: app.url()})
			resp, body := send(t, addr, tt.raw)
			got := app.take()
			if resp.StatusCode != tt.status {
				t.Errorf("answered %d %q, want %d", resp.StatusCode, body, tt.status)
			}
			if tt.body == "" {
				if len(got) > 0 {
					t.Errorf("the application got %q, want nothing", got)
				}
				return
			}
			if len(got) != 1 || !strings.HasSuffix(got[0], "\r\n\r\n"+tt.body) || !has(linesOf(got[0]), fmt.Sprintf("Content-Length: %d", len(tt.body))) || hasName(linesOf(got[0]), "Transfer-Encoding") {
				t.Errorf("the application got %q, want the body %q once, under its length alone", got, tt.body)
			}
		})
	}
}

// What a connection sends behind a request is judged for itself.
func TestPipelined(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	forged := strings.Replace(post("/b", "", "b"), "sha256=", "sha256=00", 1)
	answers := sendAll(t, addr, post("/a", "", "a")+forged+post("/c", "", "c"), 3)
	for i, want := range []int{200, 401, 200} {
		if answers[i].StatusCode != want {
			t.Errorf("answer %d: %d, want %d", i, answers[i].StatusCode, want)
		}
	}
	if got := app.take(); len(got) != 2 || !strings.HasPrefix(got[0], "POST /a ") || !strings.HasPrefix(got[1], "POST /c ") {
		t.Errorf("the application got %q, want /a and /c", got)
	}
}

// No signature covers a trailer, which could say anything: the verdict too.
func TestTrailersEndHere(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	raw := "POST /x HTTP/1.1\r\nHost: hooks.example\r\n" + signature("abc") +
		"TE: trailers\r\nTrailer: Hookseal-Verdict, X-Late\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"3\r\nabc\r\n0\r\nHookseal-Verdict: accept; source=\"other\"\r\nX-Late: 1\r\nX-Not-Announced: 2\r\n\r\n"
	if got := sendToHTTP2(t, raw); len(got) > 0 {
		t.Errorf("the application got the trailer %v over HTTP/2, want none", got)
	}
	got := one(t, addr, app, raw)
	if !has(linesOf(got), verdict) || !strings.HasSuffix(got, "\r\n\r\nabc") {
		t.Errorf("the application got %q, want our verdict and the body at the end", got)
	}
	for _, word := range []string{"other", "X-Late", "X-Not-Announced", "Trailer:"} {
		if strings.Contains(got, word) {
			t.Errorf("the application got %q, want nothing of the trailer", got)
		}
	}
}

// sendToHTTP2 returns the trailer that an application gets which speaks HTTP/2:
// there a body with a length may have one.
func sendToHTTP2(t *testing.T, raw string) http.Header {
	t.Helper()
	trailers := make(chan http.Header, 1)
	addr := start(t, overHTTP2(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != "abc" {
			t.Errorf("the application got %q, %v, want abc", body, err)
		}
		trailers <- r.Trailer
	})))
	if resp, body := send(t, addr, raw); resp.StatusCode != http.StatusOK {
		t.Fatalf("answered %d %q, want 200", resp.StatusCode, body)
	}
	return <-trailers
}

// The whole body is there: the application is not asked whether it wants it.
func TestExpectEndsHere(t *testing.T) {
	app := startWire(t, always(answer200))
	addr := start(t, gateway.Config{Upstream: app.url()})
	answers := sendAll(t, addr, post("/x", "Expect: 100-continue\r\n", "x"), 2)
	if answers[0].StatusCode != 100 || answers[1].StatusCode != 200 {
		t.Errorf("answered %d, %d, want 100, 200", answers[0].StatusCode, answers[1].StatusCode)
	}
	if got := app.take(); len(got) != 1 || hasName(linesOf(got[0]), "Expect") {
		t.Errorf("the application got %q, want a request without Expect", got)
	}
}

func TestHugeHeader(t *testing.T) {
	app := startWire(t, always(answer200))
	gw := newGateway(t, openEngine(t, engine.Config{}, false), source, gateway.Config{Upstream: app.url()})
	addr := enginetest.Serve(t, gw) // net/http takes headers of 1 MiB, and some more
	got := one(t, addr, app, post("/x", "X-Large: "+strings.Repeat("a", 900<<10)+"\r\n", "x"))
	if want := strings.Repeat("a", 900<<10); !strings.Contains(got, want) {
		t.Errorf("the application got %d bytes, want the whole header", len(got))
	}
	resp, _ := send(t, addr, post("/x", "X-Large: "+strings.Repeat("a", 1<<20+16<<10)+"\r\n", "x"))
	if calls := app.take(); resp.StatusCode != 431 || len(calls) > 0 {
		t.Errorf("answered %d, called %d times; want 431 and no call", resp.StatusCode, len(calls))
	}
}

// A source in shadow mode passes on what it would refuse, and says so.
func TestShadow(t *testing.T) {
	app := startWire(t, always(answer200))
	gw := newGateway(t, openEngine(t, engine.Config{}, true), source, gateway.Config{Upstream: app.url()})
	forged := strings.Replace(post("/x", "Hookseal-Verdict: accept\r\nConnection: Hookseal-Verdict\r\n", "x"), "sha256=", "sha256=00", 1)
	got := one(t, enginetest.Serve(t, gw), app, forged)
	if want := `Hookseal-Verdict: unverified; reason=signature_malformed; source="orders"`; !has(linesOf(got), want) {
		t.Errorf("the application got %q, want %s", got, want)
	}
}
