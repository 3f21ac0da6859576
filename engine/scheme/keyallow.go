package scheme

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// allowList is where keys may be fetched, and confirmations visited. It is applied to the text of a URL, not
// to what a parser makes of it: what is not plainly one of the allowed forms is
// refused, so that no two readers can differ over the host.
type allowList struct {
	hosts  []hostPattern
	except []string
	path   string
	// query says that the scheme's own text has one.
	query bool
	// texts are the patterns as they were written.
	texts []string
}

// keyAddress is a URL of the one form that is fetched.
type keyAddress struct{ host, path, query string }

// String returns the URL in the one form in which it is fetched.
func (a keyAddress) String() string {
	if a.query == "" {
		return "https://" + a.host + a.path
	}
	return "https://" + a.host + a.path + "?" + a.query
}

const maxKeyURL = 2048

// parseKeyURL takes apart https://host[:443]/path[?query]. The host is a DNS name
// in ASCII, written without a trailing dot; it comes back in lower case. The
// error reads on from the URL.
func parseKeyURL(text string) (keyAddress, error) {
	var a keyAddress
	if len(text) > maxKeyURL {
		return a, fmt.Errorf("is longer than %d bytes", maxKeyURL)
	}
	rest, ok := strings.CutPrefix(text, "https://")
	if !ok {
		return a, errors.New("does not begin with https://")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	a.host = strings.ToLower(strings.TrimSuffix(rest[:end], ":443"))
	if !isHostName(a.host) {
		return a, errors.New("has a host that is no plain DNS name on port 443")
	}
	var query bool
	a.path, a.query, query = strings.Cut(rest[end:], "?")
	if a.path == "" {
		a.path = "/"
	}
	if query && !plainQuery(a.query) {
		return a, errors.New("has a query that is not plain")
	}
	if !plainPath(a.path) {
		return a, errors.New("has a path that is not plain: no empty, dot or encoded-slash segments")
	}
	return a, nil
}

// isHostName reports a DNS name of two labels at least, whose last begins with a
// letter, which no IPv4 address in any notation does.
func isHostName(host string) bool {
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !isHostLabel(l) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return 'a' <= last[0] && last[0] <= 'z'
}

// isHostLabel reports a label in lower case.
func isHostLabel(label string) bool {
	for _, c := range []byte(label) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-'
}

// plainPath reports a path that every server reads in the same way.
func plainPath(p string) bool {
	if p[0] != '/' || !onlyURLBytes(p, "-._~!$&'()*+,;=:@%/") {
		return false
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return !strings.Contains(p, "//") && plainEscapes(p, "2e", "2f", "5c", "25")
}

func plainQuery(q string) bool {
	return onlyURLBytes(q, "-._~!$'()*+,;=:@%/&") && plainEscapes(q)
}

func onlyURLBytes(text, also string) bool {
	for _, c := range []byte(text) {
		if !isAlphanumeric(c) && strings.IndexByte(also, c) < 0 {
			return false
		}
	}
	return true
}

// plainEscapes reports that each % begins an escape, of no control character and
// of none of those that are refused.
func plainEscapes(text string, refused ...string) bool {
	for {
		_, rest, found := strings.Cut(text, "%")
		if !found {
			return true
		}
		if len(rest) < 2 || !isHexDigit(rest[0]) || !isHexDigit(rest[1]) {
			return false
		}
		escape := strings.ToLower(rest[:2])
		if escape < "20" || escape == "7f" || slices.Contains(refused, escape) {
			return false
		}
		text = rest
	}
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// hostPattern are labels from left to right, each a literal or "*".
type hostPattern []string

func compileHostPattern(text string) (hostPattern, error) {
	labels := hostPattern(strings.Split(strings.ToLower(text), "."))
	for _, l := range labels {
		if l != "*" && !isHostLabel(l) {
			return nil, fmt.Errorf("hosts: %q is no name whose labels are * or letters, digits and '-'", text)
		}
	}
	n := len(labels)
	if n < 2 || !isHostName(strings.Join(labels[n-2:], ".")) {
		return nil, fmt.Errorf("hosts: %q must end with two literal labels", text)
	}
	return labels, nil
}

// matches reports whether each label of a host, in lower case, is that of the
// pattern. A * is no name in Punycode, which may look like another.
func (p hostPattern) matches(host string) bool {
	labels := strings.Split(host, ".")
	if len(labels) != len(p) {
		return false
	}
	for i, l := range labels {
		if p[i] == l {
			continue
		}
		if p[i] != "*" || !isHostLabel(l) || strings.HasPrefix(l, "xn--") {
			return false
		}
	}
	return true
}

func compileAllowList(hosts, except []string, path string) (allowList, error) {
	a := allowList{except: except, path: path, texts: slices.Concat(hosts, except, []string{path})}
	for _, text := range hosts {
		p, err := compileHostPattern(text)
		if err != nil {
			return a, err
		}
		a.hosts = append(a.hosts, p)
	}
	for _, text := range except {
		if text == "" || text != strings.ToLower(text) || !onlyURLBytes(text, "-.*") {
			return a, fmt.Errorf("except: %q is no host in lower case with * for any text", text)
		}
	}
	if path != "" && (!plainPath(path) || strings.Contains(path, "%")) {
		return a, fmt.Errorf("path = %q is no plain path with * for text without a slash", path)
	}
	return a, nil
}

// check takes a URL apart that is allowed. The error reads on from the URL.
func (a *allowList) check(text string) (keyAddress, error) {
	address, err := parseKeyURL(text)
	if err != nil {
		return address, err
	}
	host := address.host
	if len(a.hosts) > 0 && !slices.ContainsFunc(a.hosts, func(p hostPattern) bool { return p.matches(host) }) {
		return address, fmt.Errorf("has the host %s, which is not among keys.hosts", host)
	}
	for _, pattern := range a.except {
		if matched, err := path.Match(pattern, host); err != nil || matched {
			return address, fmt.Errorf("has the host %s, which keys.except refuses", host)
		}
	}
	if a.path != "" {
		if matched, err := path.Match(a.path, address.path); err != nil || !matched {
			return address, errors.New("has a path that is not that of keys.path")
		}
	}
	if strings.Contains(text, "?") && !a.query {
		return address, errors.New("has a query, which keys.url does not have")
	}
	return address, nil
}
