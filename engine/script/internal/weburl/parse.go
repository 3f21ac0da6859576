package weburl

import (
	"strconv"
	"strings"
)

// Parse reads a URL, relative to base unless that is nil. It reports false for
// text that is none.
func Parse(text string, base *URL) (*URL, bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	text, fragment, hasFragment := strings.Cut(text, "#")
	u, ok := parse(text, base)
	if !ok || text == "" && u.Opaque && !hasFragment {
		return nil, false
	}
	u.Fragment = ""
	if hasFragment {
		u.Fragment = "#" + escape(fragment, inFragment)
	}
	return u, true
}

// parse reads what is in front of the fragment.
func parse(text string, base *URL) (*URL, bool) {
	scheme, rest, ok := cutScheme(text)
	if !ok {
		return relative(text, base)
	}
	u := &URL{Scheme: scheme}
	switch {
	case u.special() && base != nil && base.Scheme == scheme && !startsWithSlash(rest, true):
		return relative(rest, base)
	case scheme == "file":
		return relative(rest, &URL{Scheme: scheme, HasHost: true})
	case u.special():
		return u.authority(strings.TrimLeft(rest, `/\`))
	case strings.HasPrefix(rest, "//"):
		return u.authority(rest[2:])
	case strings.HasPrefix(rest, "/"):
		return u.pathAndQuery(rest), true
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	u.Opaque, u.Path = true, []string{escape(rest, "")}
	u.setQuery(query, hasQuery)
	return u, true
}

func cutScheme(text string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	for i, c := range []byte(scheme) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || strings.IndexByte("0123456789+-.", c) < 0) {
			return "", "", false
		}
	}
	return scheme, rest, ok && scheme != ""
}

func startsWithSlash(text string, special bool) bool {
	return strings.HasPrefix(text, "/") || special && strings.HasPrefix(text, `\`)
}

// relative reads a reference.
func relative(text string, base *URL) (*URL, bool) {
	if base == nil || base.Opaque && text != "" {
		return nil, false
	}
	u := base.clone()
	special := u.special()
	if startsWithSlash(text, special) {
		if startsWithSlash(text[1:], special) {
			u.Username, u.Password, u.Port = "", "", ""
			text = text[2:]
			if special && u.Scheme != "file" {
				text = strings.TrimLeft(text, `/\`)
			}
			return u.authority(text)
		}
		return u.pathAndQuery(text), true
	}
	path, query, hasQuery := strings.Cut(text, "?")
	if path != "" {
		if len(u.Path) > 0 {
			u.Path = u.Path[:len(u.Path)-1]
		}
		u.addPath(path)
	}
	if path != "" || hasQuery {
		u.setQuery(query, hasQuery)
	}
	return u, true
}

// authority reads what follows the slashes.
func (u *URL) authority(text string) (*URL, bool) {
	ends := "/?"
	if u.special() {
		ends += `\`
	}
	end := strings.IndexAny(text, ends)
	if end < 0 {
		end = len(text)
	}
	authority, rest := text[:end], text[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		name, password, _ := strings.Cut(authority[:at], ":")
		u.Username, u.Password = escape(name, inUserinfo), escape(password, inUserinfo)
		authority = authority[at+1:]
		if authority == "" {
			return nil, false
		}
	}
	return u.pathAndQuery(rest), u.setAuthority(authority)
}

// setAuthority sets host and port.
func (u *URL) setAuthority(text string) bool {
	host, number := text, ""
	if colon := strings.LastIndexByte(text, ':'); colon > strings.LastIndexByte(text, ']') {
		host, number = text[:colon], text[colon+1:]
	}
	if u.Scheme == "file" && (number != "" || u.Username+u.Password != "") {
		return false
	}
	return u.setHost(host) && u.setPort(number)
}

func (u *URL) setHost(text string) bool {
	if text == "" {
		if u.special() && u.Scheme != "file" {
			return false
		}
		u.Host, u.HasHost = "", true
		return true
	}
	host, ok := parseHost(text, u.special())
	if !ok {
		return false
	}
	if u.Scheme == "file" && host == "localhost" {
		host = ""
	}
	u.Host, u.HasHost = host, true
	return true
}

func (u *URL) setPort(text string) bool {
	if text == "" {
		u.Port = ""
		return true
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || text[0] == '+' {
		return false
	}
	u.Port = strconv.FormatUint(n, 10)
	if standard, _ := port(u.Scheme); u.Port == standard {
		u.Port = ""
	}
	return true
}

func (u *URL) setQuery(text string, there bool) {
	u.Query = ""
	if !there {
		return
	}
	set := inQuery
	if u.special() {
		set = inSpecial
	}
	u.Query = "?" + escape(text, set)
}

// pathAndQuery replaces both.
func (u *URL) pathAndQuery(text string) *URL {
	path, query, hasQuery := strings.Cut(text, "?")
	u.setPath(path)
	u.setQuery(query, hasQuery)
	return u
}

func (u *URL) setPath(text string) {
	u.Path = nil
	if startsWithSlash(text, u.special()) {
		text = text[1:]
	} else if text == "" && !u.special() {
		return
	}
	u.addPath(text)
}

// addPath appends segments, and resolves those that are dots.
func (u *URL) addPath(text string) {
	if u.special() {
		text = strings.ReplaceAll(text, `\`, "/")
	}
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		dots := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		switch {
		case dots == ".." && len(u.Path) > 0:
			u.Path = u.Path[:len(u.Path)-1]
			fallthrough
		case dots == "." || dots == "..":
			if last {
				u.Path = append(u.Path, "")
			}
		default:
			u.Path = append(u.Path, escape(segment, inPath))
		}
	}
}
