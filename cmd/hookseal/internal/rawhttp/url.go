package rawhttp

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// URL is an address taken apart at the borders of its parts, each byte for
// byte, since a signature may cover it.
type URL struct {
	Scheme string
	Host   string
	// Target is path and query, empty where the address has none.
	Target string
}

// ParseURL takes an http or https address apart.
func ParseURL(text string) (URL, error) {
	// The message must not repeat the text: an address may hold a password.
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.User != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return URL{}, fmt.Errorf("a URL must be http or https, with a host and without a user")
	}
	scheme, rest, _ := strings.Cut(text, "://")
	rest, _, _ = strings.Cut(rest, "#")
	u := URL{Scheme: strings.ToLower(scheme), Host: rest}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		u.Host, u.Target = rest[:i], rest[i:]
	}
	if strings.HasPrefix(u.Target, "?") {
		u.Target = "/" + u.Target
	}
	return u, nil
}

// Apply addresses a request to the URL. The target stays where the URL has
// none.
func (u URL) Apply(req *webhook.Request) {
	req.Scheme, req.Host = u.Scheme, u.Host
	if u.Target != "" {
		req.Target = u.Target
	}
	if !strings.HasPrefix(req.Target, "/") {
		req.Target = "/"
	}
}
