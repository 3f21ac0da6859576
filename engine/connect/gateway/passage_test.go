package gateway

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whatever a sender asks for, it is asked of the application in the same bytes,
// or not at all.
func FuzzTarget(f *testing.F) {
	for _, target := range []string{
		"/", "//", "///x", "/h%2Fook//x?b=1&a=%20z", "//evil.example/x?a#b", "//%zz", "//{", "/?", "/x#y", "/\xff", "//\xff",
		"*", "http://h/", "", "/a b", "/\r\nX: y", "//a\x00", "//a?\n", "/%", "//u:p@h/",
	} {
		f.Add(target)
	}
	upstream := &url.URL{Scheme: "http", Host: "app.example"}
	f.Fuzz(func(t *testing.T, target string) {
		to, err := at(upstream, target)
		if err != nil {
			return
		}
		if to.Host != upstream.Host || to.Scheme != upstream.Scheme || to.User != nil || to.RequestURI() != target {
			t.Fatalf("at(%q) = %#v, want the application, and the target as it is", target, to)
		}
		var wire bytes.Buffer
		if err := (&http.Request{Method: http.MethodPost, URL: to, Host: "h", Header: http.Header{}}).Write(&wire); err != nil {
			t.Fatalf("at(%q) cannot be written: %v", target, err)
		}
		line, err := bufio.NewReader(&wire).ReadString('\n')
		if want := "POST " + target + " HTTP/1.1\r\n"; err != nil || line != want {
			t.Fatalf("request line %q, %v, want %q", line, err, want)
		}
	})
}

func TestIsForwarding(t *testing.T) {
	for _, name := range []string{"Forwarded", "X-Forwarded", "X-Forwarded-For", "X_forwarded_prefix", "X-FORWARDED-SSL", "X-Real-Ip", "X-Original-Url", "X-Rewrite_URL"} {
		if !isForwarding(name) {
			t.Errorf("isForwarding(%q) = false, want true", name)
		}
	}
	for _, name := range []string{"", "X-Forward", "Forwarded-By", "X-Real", "X-Original-Message", "Host", strings.Repeat("x", 100)} {
		if isForwarding(name) {
			t.Errorf("isForwarding(%q) = true, want false", name)
		}
	}
}
