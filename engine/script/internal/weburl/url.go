package weburl

import (
	"slices"
	"strings"
)

// URL is a parsed URL. Its parts are percent-encoded as they are written.
type URL struct {
	// Scheme is in lower case, without the colon.
	Scheme             string
	Username, Password string
	// Host is empty where HasHost is false, and may be empty where it is true.
	Host    string
	HasHost bool
	// Port is empty for the scheme's own.
	Port string
	// Path are the segments; a URL with an opaque path has one.
	Path   []string
	Opaque bool
	// Query and Fragment have their signs in front; "?" alone is a query that is
	// there and empty.
	Query, Fragment string
}

// port returns the port that a special scheme stands for.
func port(scheme string) (standard string, special bool) {
	switch scheme {
	case "http", "ws":
		return "80", true
	case "https", "wss":
		return "443", true
	case "ftp":
		return "21", true
	case "file":
		return "", true
	}
	return "", false
}

func (u *URL) special() bool {
	_, special := port(u.Scheme)
	return special
}

// String returns the URL as it is written: its href.
func (u *URL) String() string {
	var text strings.Builder
	text.WriteString(u.Scheme + ":")
	switch {
	case u.HasHost:
		text.WriteString("//")
		if u.Username != "" || u.Password != "" {
			text.WriteString(u.Username)
			if u.Password != "" {
				text.WriteString(":" + u.Password)
			}
			text.WriteString("@")
		}
		text.WriteString(u.Authority())
	case !u.Opaque && len(u.Path) > 1 && u.Path[0] == "":
		text.WriteString("/.") // without it the path would read as a host
	}
	text.WriteString(u.Pathname() + u.Query + u.Fragment)
	return text.String()
}

// Authority returns the host with its port.
func (u *URL) Authority() string {
	if u.Port == "" {
		return u.Host
	}
	return u.Host + ":" + u.Port
}

// Pathname returns the path.
func (u *URL) Pathname() string {
	switch {
	case u.Opaque:
		return u.Path[0]
	case len(u.Path) == 0:
		return ""
	}
	return "/" + strings.Join(u.Path, "/")
}

// Origin returns the scheme, host and port that tell sites apart, "null" for
// what has none.
func (u *URL) Origin() string {
	if !u.special() || u.Scheme == "file" {
		return "null"
	}
	return u.Scheme + "://" + u.Authority()
}

func (u *URL) clone() *URL {
	c := *u
	c.Path = slices.Clone(u.Path)
	return &c
}
