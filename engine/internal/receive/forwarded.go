package receive

import (
	"net/http"
	"strings"
)

// forwarding is what a proxy says of the request that it received; an empty
// field is not said.
type forwarding struct{ scheme, host string }

// forwarded returns what the outermost trusted proxy says of the request. Both
// ways of saying it are read: Forwarded (RFC 7239), and the X-Forwarded fields.
// Where both are there and differ, one of them was passed on from the sender,
// and since nobody can tell which, neither counts.
func (o *Origin) forwarded(h http.Header) forwarding {
	standard, hasStandard := o.readForwarded(h["Forwarded"])
	usual, hasUsual := o.readXForwarded(h)
	switch {
	case hasStandard && hasUsual && standard != usual:
		return forwarding{}
	case hasStandard:
		return standard
	}
	return usual
}

// readForwarded walks from the last element, which the nearest proxy added,
// towards the sender for as long as the peers that they name are trusted.
func (o *Origin) readForwarded(fields []string) (forwarding, bool) {
	elements := list(fields)
	for i := len(elements) - 1; i >= 0; i-- {
		peer, seen := readElement(elements[i])
		if i == 0 || !o.trusts(peer) {
			return seen, true
		}
	}
	return forwarding{}, false
}

// readElement reads one element, such as `for=192.0.2.1;proto=https;host=a.b`.
func readElement(element string) (peer string, seen forwarding) {
	for pair := range splitQuoted(element, ';') {
		name, value, _ := strings.Cut(pair, "=")
		value = unquote(strings.TrimSpace(value))
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "for":
			peer = value
		case "proto":
			seen.scheme = knownScheme(value)
		case "host":
			seen.host = value
		}
	}
	return peer, seen
}

// readXForwarded takes of X-Forwarded-Proto and -Host the value that is as far
// from the end as X-Forwarded-For shows trusted proxies, or the first where
// proxies replaced it instead of adding theirs.
func (o *Origin) readXForwarded(h http.Header) (forwarding, bool) {
	peers := list(h["X-Forwarded-For"])
	hop := 0
	for hop < len(peers)-1 && o.trusts(peers[len(peers)-1-hop]) {
		hop++
	}
	at := func(name string) string {
		values := list(h[name])
		if len(values) == 0 {
			return ""
		}
		return values[max(0, len(values)-1-hop)]
	}
	seen := forwarding{scheme: knownScheme(at("X-Forwarded-Proto")), host: at("X-Forwarded-Host")}
	return seen, seen != forwarding{}
}

// knownScheme returns http or https in lower case, and nothing for another.
func knownScheme(text string) string {
	text = strings.ToLower(text)
	if text != "http" && text != "https" {
		return ""
	}
	return text
}

// list returns the elements of a field that is a list, over all its lines.
func list(fields []string) []string {
	var out []string
	for _, field := range fields {
		for element := range splitQuoted(field, ',') {
			if element = strings.TrimSpace(element); element != "" {
				out = append(out, element)
			}
		}
	}
	return out
}

// splitQuoted splits text at the separators that do not stand inside a quoted
// string (RFC 9110, 5.6.4).
func splitQuoted(text string, separator byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case !quoted && c == separator:
				if !yield(text[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(text[start:])
	}
}

// unquote returns what a quoted string says, and other text as it is.
func unquote(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	var out strings.Builder
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '\\' && i+1 < len(text)-1 {
			i++
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
