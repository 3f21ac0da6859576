package rawhttp_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/rawhttp"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text           string
		scheme, host, target string
		header               http.Header
		body                 string
	}{
		{
			name: "length", text: "POST /in/a?b=%2F&c HTTP/1.1\r\nHost: h.example:81\r\nx-sig:  a b \r\nX-Sig: c\r\nContent-Length: 4\r\n\r\nab\r\n",
			scheme: "https", host: "h.example:81", target: "/in/a?b=%2F&c",
			header: http.Header{"X-Sig": {"a b", "c"}, "Content-Length": {"4"}}, body: "ab\r\n",
		},
		{
			name: "line ends of LF, no length", text: "PUT /../x//y HTTP/2\nEmpty:\n\n{}\n",
			scheme: "https", target: "/../x//y", header: http.Header{"Empty": {""}}, body: "{}\n",
		},
		{
			name: "chunked", text: "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n4;ext=1\r\nab\r\n\r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
			scheme: "https", target: "/", header: http.Header{}, body: "ab\r\n0123456789",
		},
		{
			name: "absolute form", text: "POST http://h.example/x?y HTTP/1.1\r\nHost: other\r\n\r\n",
			scheme: "http", host: "h.example", target: "/x?y", header: http.Header{},
		},
		{
			name: "bytes above ASCII", text: "POST / HTTP/1.1\r\nX: \xff\xfe\r\n\r\n\x00\xff",
			scheme: "https", target: "/", header: http.Header{"X": {"\xff\xfe"}}, body: "\x00\xff",
		},
		{
			name: "length twice", text: "POST / HTTP/1.1\nContent-Length: 1\nContent-Length: 01\n\nx",
			scheme: "https", target: "/", header: http.Header{"Content-Length": {"1", "01"}}, body: "x",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := rawhttp.Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if req.Scheme != test.scheme || req.Host != test.host || req.Target != test.target {
				t.Errorf("scheme, host, target = %q, %q, %q, want %q, %q, %q",
					req.Scheme, req.Host, req.Target, test.scheme, test.host, test.target)
			}
			if !reflect.DeepEqual(req.Header, test.header) {
				t.Errorf("Header = %q, want %q", req.Header, test.header)
			}
			if string(req.Body) != test.body {
				t.Errorf("Body = %q, want %q", req.Body, test.body)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	chunked := func(body string) string { return "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body }
	length := func(n, body string) string { return "POST / HTTP/1.1\r\nContent-Length: " + n + "\r\n\r\n" + body }
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "ends before the blank line"},
		{"no blank line", "POST / HTTP/1.1\r\nA: b\r\n", "ends before the blank line"},
		{"a body alone", "{\"event\":\"x\"}\n", "must be a method, a target and a version"},
		{"two spaces", "POST  / HTTP/1.1\r\n\r\n", "must be a method, a target and a version"},
		{"response", "HTTP/1.1 200 OK\r\n\r\n", "must be a method"},
		{"version", "POST / HTTP/9\r\n\r\n", "want a version"},
		{"target", "POST hooks HTTP/1.1\r\n\r\n", "must begin with a slash"},
		{"target control", "POST /\x01 HTTP/1.1\r\n\r\n", "control character"},
		{"space before colon", "POST / HTTP/1.1\r\nA : b\r\n\r\n", "header line 1 must be"},
		{"no colon", "POST / HTTP/1.1\r\nA: b\r\nnonsense\r\n\r\n", "header line 2 must be"},
		{"folded", "POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "folded"},
		{"control in value", "POST / HTTP/1.1\r\nA: b\rc\r\n\r\n", "field A holds a control character"},
		{"two hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "2 fields Host"},
		{"long head", "POST / HTTP/1.1\r\nA: " + strings.Repeat("b", 64<<10) + "\r\n\r\n", "more than 65536 bytes"},
		{"endless head", "POST / HTTP/1.1\r\nA: " + strings.Repeat("b", 70<<10), "more than 65536 bytes"},
		{"many fields", "POST / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 501) + "\r\n", "more than 500 fields"},
		{"newline added", length("2", "{}\n"), "Content-Length is 2, and the body has 3 bytes: did an editor add a newline"},
		{"newline lost", length("3", "{}"), "did an editor remove the newline"},
		{"cut", length("10", "{}"), "the body was cut"},
		{"more", length("1", "{}{}"), "more than the request"},
		{"length not a number", length("+2", "{}"), "is no number"},
		{"length empty", length("", "{}"), "is no number"},
		{"lengths differ", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "Content-Length is 2"},
		{"both framings", "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "both Transfer-Encoding and Content-Length"},
		{"gzip", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "only chunked is read"},
		{"decoded already", chunked("{\"a\":1}\n"), "remove the Transfer-Encoding line"},
		{"chunk cut", chunked("5\r\nab"), "chunk 1 of the body: it has 2 bytes of 5"},
		{"chunk without end", chunked("2\r\nabc\r\n"), "no line end follows"},
		{"no last chunk", chunked("2\r\nab\r\n"), "chunk 2 of the body: its size line does not end"},
		{"negative chunk", chunked("-2\r\nab\r\n0\r\n\r\n"), "no size in hex"},
		{"huge chunk", chunked("ffffffffffffffff\r\nab\r\n0\r\n\r\n"), "no size in hex"},
		{"no end of the trailer", chunked("0\r\n"), "trailer"},
		{"after the end", chunked("0\r\n\r\nx"), "1 bytes follow"},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := rawhttp.Parse([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse = %+v, %v, want an error with %q", req, err, test.want)
			}
		})
	}
}

func TestParseURL(t *testing.T) {
	for text, want := range map[string]rawhttp.URL{
		"https://h.example":            {Scheme: "https", Host: "h.example"},
		"HTTP://h.example:8080/a%2F?x": {Scheme: "http", Host: "h.example:8080", Target: "/a%2F?x"},
		"https://h.example?x=1":        {Scheme: "https", Host: "h.example", Target: "/?x=1"},
		"https://h.example/a#b":        {Scheme: "https", Host: "h.example", Target: "/a"},
	} {
		if got, err := rawhttp.ParseURL(text); err != nil || got != want {
			t.Errorf("ParseURL(%q) = %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "/a", "ftp://h/", "https://", "https://u:pass@h/", "https://h/%zz"} {
		if got, err := rawhttp.ParseURL(text); err == nil || strings.Contains(err.Error(), "pass") {
			t.Errorf("ParseURL(%q) = %+v, %v, want an error without the text", text, got, err)
		}
	}
}

// What Parse reads, Append writes so that Parse and net/http read the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
		"POST /a?b HTTP/1.0\nTransfer-Encoding: chunked\n\n2\nab\n0\n\n",
		"PUT http://h/x HTTP/1.1\r\nA: b\r\nA: c\r\n\r\n\x00",
		"POST / HTTP/1.1\r\nA: \xff\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := rawhttp.Parse(data)
		if err != nil {
			return
		}
		written := rawhttp.Append(nil, req)
		again, err := rawhttp.Parse(written)
		if err != nil {
			t.Fatalf("Parse of %q: %v", written, err)
		}
		if again.Method != req.Method || again.Target != req.Target || !bytes.Equal(again.Body, req.Body) {
			t.Fatalf("Parse of %q = %+v, want %+v", written, again, req)
		}
		compareWithNetHTTP(t, written)
	})
}

func compareWithNetHTTP(t *testing.T, written []byte) {
	t.Helper()
	want, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(written)))
	if err != nil {
		return
	}
	got, err := rawhttp.Parse(written)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(want.Body)
	if err != nil || !bytes.Equal(body, got.Body) {
		t.Fatalf("body of %q = %q, net/http reads %q, %v", written, got.Body, body, err)
	}
	if _, err := url.ParseRequestURI(got.Target); err == nil && want.RequestURI != got.Target {
		t.Fatalf("target of %q = %q, net/http reads %q", written, got.Target, want.RequestURI)
	}
	for name, values := range want.Header {
		if !reflect.DeepEqual(got.Header[name], values) {
			t.Fatalf("%s of %q = %q, net/http reads %q", name, written, got.Header[name], values)
		}
	}
}
