package weburl

import "strings"

// With returns the URL with one part set, as the setters of the class do: one
// that the part cannot have leaves the URL as it is.
//
// Parts are protocol, username, password, host, hostname, port, pathname, search
// and hash.
func (u *URL) With(part, value string) *URL {
	value = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(value)
	c := u.clone()
	if !c.set(part, value) {
		return u
	}
	return c
}

func (u *URL) set(part, value string) bool {
	hasNoPort := u.Host == "" || u.Scheme == "file"
	switch part {
	case "protocol":
		return u.setProtocol(value)
	case "username":
		u.Username = escape(value, inUserinfo)
		return !hasNoPort
	case "password":
		u.Password = escape(value, inUserinfo)
		return !hasNoPort
	case "host", "hostname":
		value, _, _ = strings.Cut(value, "/")
		value, _, _ = strings.Cut(value, "?")
		value, _, _ = strings.Cut(value, "#")
		if u.Opaque {
			return false
		}
		if colon := strings.LastIndexByte(value, ':'); colon > strings.LastIndexByte(value, ']') {
			number := leadingDigits(value[colon+1:])
			return part == "host" && u.Scheme != "file" && u.setHost(value[:colon]) && (number == "" || u.setPort(number))
		}
		return u.setHost(value)
	case "port":
		digits := leadingDigits(value)
		return !hasNoPort && (value == "" || digits != "") && u.setPort(digits)
	case "pathname":
		if !u.Opaque {
			u.setPath(strings.NewReplacer("?", "%3F", "#", "%23").Replace(value))
		}
		return !u.Opaque
	case "search":
		u.setQuery(strings.ReplaceAll(strings.TrimPrefix(value, "?"), "#", "%23"), value != "")
		return true
	case "hash":
		u.Fragment = ""
		if value != "" {
			u.Fragment = "#" + escape(strings.TrimPrefix(value, "#"), inFragment)
		}
		return true
	}
	return false
}

func leadingDigits(text string) string {
	return text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
}

// setProtocol changes the scheme, but not between those that are special and
// those that are not.
func (u *URL) setProtocol(value string) bool {
	scheme, _, ok := cutScheme(value + ":")
	if !ok {
		return false
	}
	standard, special := port(scheme)
	if special != u.special() || scheme == "file" && (u.Port != "" || u.Username+u.Password != "") || u.Scheme == "file" && u.Host == "" {
		return false
	}
	u.Scheme = scheme
	if u.Port == standard {
		u.Port = ""
	}
	return true
}
