package script

import (
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/dop251/goja"
	whatwg "github.com/nlnwa/whatwg-url/url"
)

// What takes longer to read than its length is refused as no URL: the parser
// looks at everything before an @ again at the next one.
const (
	maxURL    = 64 << 10
	maxURLAts = 100
)

// urlHost is what URL and URLSearchParams are made from. A URL is handed to them
// as an object of its parts.
func (c *call) urlHost() map[string]func(goja.FunctionCall) goja.Value {
	return map[string]func(goja.FunctionCall) goja.Value{
		"parseURL": func(args goja.FunctionCall) goja.Value {
			base := ""
			if v := args.Argument(1); !goja.IsUndefined(v) {
				if base = v.String(); base == "" {
					return goja.Null()
				}
			}
			u, ok := parseURL(args.Argument(0).String(), base)
			if !ok {
				return goja.Null()
			}
			return c.urlRecord(u)
		},
		"setURL": func(args goja.FunctionCall) goja.Value {
			old := args.Argument(0)
			u, ok := parseURL(old.ToObject(c.vm).Get("href").String(), "")
			value := args.Argument(2).String()
			if !ok || !readable(value) {
				return old
			}
			setURL(u, args.Argument(1).String(), value)
			return c.urlRecord(u)
		},
		"parseQuery": func(args goja.FunctionCall) goja.Value {
			pairs := []any{}
			for _, pair := range parseQuery(args.Argument(0).String()) {
				pairs = append(pairs, c.vm.NewArray(decodeUTF8([]byte(pair[0])), decodeUTF8([]byte(pair[1]))))
			}
			return c.vm.NewArray(pairs...)
		},
		"formatQuery": func(args goja.FunctionCall) goja.Value {
			var text []string
			c.vm.ForOf(args.Argument(0), func(pair goja.Value) bool {
				object := pair.ToObject(c.vm)
				text = append(text, formText(object.Get("0").String())+"="+formText(object.Get("1").String()))
				return true
			})
			return c.vm.ToValue(strings.Join(text, "&"))
		},
	}
}

// parseURL reads a URL, relative to base unless that is empty.
func parseURL(text, base string) (*whatwg.Url, bool) {
	if !readable(text) || !readable(base) {
		return nil, false
	}
	if base == "" {
		u, err := whatwg.Parse(text)
		return u, err == nil
	}
	u, err := whatwg.ParseRef(base, text)
	return u, err == nil
}

func readable(text string) bool {
	return len(text) <= maxURL && strings.Count(text, "@") <= maxURLAts
}

// setURL sets one part, if it can have the value.
func setURL(u *whatwg.Url, part, value string) {
	switch part {
	case "protocol":
		u.SetProtocol(value)
	case "username":
		u.SetUsername(value)
	case "password":
		u.SetPassword(value)
	case "host":
		u.SetHost(value)
	case "hostname":
		u.SetHostname(value)
	case "port":
		u.SetPort(value)
	case "pathname":
		u.SetPathname(value)
	case "search":
		u.SetSearch(value)
	case "hash":
		u.SetHash(value)
	}
}

func (c *call) urlRecord(u *whatwg.Url) goja.Value {
	record := c.vm.NewObject()
	for _, part := range [][2]string{
		{"href", u.Href(false)},
		{"origin", origin(u)},
		{"protocol", u.Protocol()},
		{"username", u.Username()},
		{"password", u.Password()},
		{"host", u.Host()},
		{"hostname", u.Hostname()},
		{"port", u.Port()},
		{"pathname", u.Pathname()},
		{"search", u.Search()},
		{"hash", u.Hash()},
	} {
		define(record, part[0], c.vm.ToValue(part[1]))
	}
	return record
}

// origin is the scheme, host and port that tell sites apart.
func origin(u *whatwg.Url) string {
	if !u.IsSpecialScheme() || u.Scheme() == "file" {
		return "null"
	}
	return u.Protocol() + "//" + u.Host()
}

// parseQuery reads application/x-www-form-urlencoded text, names and values by
// turns.
func parseQuery(text string) [][2]string {
	var pairs [][2]string
	for item := range strings.SplitSeq(text, "&") {
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(item, "+", " "), "=")
		pairs = append(pairs, [2]string{unescape(name), unescape(value)})
	}
	return pairs
}

// unescape percent-decodes; a sign that two digits do not follow stays.
func unescape(text string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		char, err := hex.DecodeString(after[:min(2, len(after))])
		if err != nil || len(char) == 0 {
			out.WriteByte('%')
			text = after
			continue
		}
		out.Write(char)
		text = after[2:]
	}
}

// formText escapes a name or a value as the URL Standard has it, which differs
// from package url in two characters.
func formText(text string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(text))
}
