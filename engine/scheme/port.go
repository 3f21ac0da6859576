package scheme

import "strings"

// splitPort takes a URL apart around the port of its authority, without
// normalising anything: what was signed is the text as it was sent.
func splitPort(text string) (before, port, after string, ok bool) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return "", "", "", false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[:end]
	// The colons of an IPv6 address stand before its bracket, those of
	// credentials before their @.
	host := max(strings.LastIndexByte(authority, ']'), strings.LastIndexByte(authority, '@')) + 1
	if colon := strings.IndexByte(authority[host:], ':'); colon >= 0 {
		authority, port = authority[:host+colon], authority[host+colon:]
	}
	return scheme + "://" + authority, port, rest[end:], true
}

// withPort writes the standard port of the scheme into a URL that names none.
func withPort(text string) (string, bool) {
	before, port, after, ok := splitPort(text)
	if !ok {
		return "", false
	}
	if port == "" {
		port = ":80"
		if strings.HasPrefix(text, "https://") {
			port = ":443"
		}
	}
	return before + port + after, true
}

// withoutPort takes the port out of a URL, whichever it is.
func withoutPort(text string) (string, bool) {
	before, _, after, ok := splitPort(text)
	return before + after, ok
}
