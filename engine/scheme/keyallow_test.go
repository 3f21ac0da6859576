package scheme

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever is allowed has, to the parser that dials too, a host that ends with the
// literal end of the pattern where a label begins.
func FuzzAllowedHost(f *testing.F) {
	for _, text := range []string{
		"https://sns.us-east-1.amazonaws.com/a.pem", "https://sns.us-east-1.amazonaws.com.evil.com/a.pem",
		"https://evil.com\\@sns.us-east-1.amazonaws.com/a.pem", "https://sns.a.amazonaws.com:443/a.pem", "https://sns.xn--a.amazonaws.com/a.pem",
		"https://[::1]/a.pem", "https://SNS.A.AMAZONAWS.COM/%2e%2e/a.pem", "https://sns.a.amazonaws.com?a.pem",
	} {
		f.Add("sns.*.amazonaws.com", text)
		f.Add("*.example.com", text)
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		allow, err := compileAllowList([]string{pattern}, nil, "/*.pem")
		if err != nil {
			return
		}
		labels := strings.Split(strings.ToLower(pattern), ".")
		literal := len(labels)
		for literal > 0 && labels[literal-1] != "*" {
			literal--
		}
		suffix := strings.Join(labels[literal:], ".")
		if literal < len(labels) && len(labels)-literal < 2 {
			t.Fatalf("pattern %q compiles with the literal end %q", pattern, suffix)
		}
		address, err := allow.check(text)
		if err != nil {
			return
		}
		u, err := url.Parse(address.String())
		if err != nil {
			t.Fatalf("url.Parse(%q): %v", address, err)
		}
		if u.Scheme != "https" || u.Host != address.host || u.User != nil || u.Fragment != "" || u.RawQuery != address.query || u.EscapedPath() != address.path {
			t.Errorf("%q is read as %#v", address, u)
		}
		if u.JoinPath().EscapedPath() != address.path {
			t.Errorf("path %q is cleaned to %q", address.path, u.JoinPath().EscapedPath())
		}
		host := u.Hostname()
		if host != suffix && !strings.HasSuffix(host, "."+suffix) || strings.Count(host, ".") != len(labels)-1 {
			t.Errorf("host %q matches %q", host, pattern)
		}
		if !strings.HasSuffix(u.Path, ".pem") || strings.Count(u.Path, "/") != 1 {
			t.Errorf("path %q matches /*.pem", u.Path)
		}
		parsed, err := url.Parse(text)
		if err != nil || !strings.EqualFold(parsed.Hostname(), host) {
			t.Errorf("%q has the host %v to net/url, want %q", text, parsed, host)
		}
	})
}
