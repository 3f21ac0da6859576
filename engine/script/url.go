package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/script/internal/weburl"
)

// urlHost is what URL and URLSearchParams are made from. A URL is handed to them
// as an object of its parts.
func (c *call) urlHost() map[string]func(goja.FunctionCall) goja.Value {
	return map[string]func(goja.FunctionCall) goja.Value{
		"parseURL": func(args goja.FunctionCall) goja.Value {
			var base *weburl.URL
			if v := args.Argument(1); !goja.IsUndefined(v) {
				var ok bool
				if base, ok = weburl.Parse(v.String(), nil); !ok {
					return goja.Null()
				}
			}
			u, ok := weburl.Parse(args.Argument(0).String(), base)
			if !ok {
				return goja.Null()
			}
			return c.urlRecord(u)
		},
		"setURL": func(args goja.FunctionCall) goja.Value {
			old := args.Argument(0).ToObject(c.vm)
			u, ok := weburl.Parse(old.Get("href").String(), nil)
			if !ok {
				return old
			}
			return c.urlRecord(u.With(args.Argument(1).String(), args.Argument(2).String()))
		},
		"parseQuery": func(args goja.FunctionCall) goja.Value {
			pairs := []any{}
			for _, pair := range weburl.ParseQuery(args.Argument(0).String()) {
				pairs = append(pairs, c.vm.NewArray(decodeUTF8([]byte(pair[0])), decodeUTF8([]byte(pair[1]))))
			}
			return c.vm.NewArray(pairs...)
		},
		"formatQuery": func(args goja.FunctionCall) goja.Value {
			var pairs [][2]string
			c.vm.ForOf(args.Argument(0), func(pair goja.Value) bool {
				object := pair.ToObject(c.vm)
				pairs = append(pairs, [2]string{object.Get("0").String(), object.Get("1").String()})
				return true
			})
			return c.vm.ToValue(weburl.FormatQuery(pairs))
		},
	}
}

func (c *call) urlRecord(u *weburl.URL) goja.Value {
	record := c.vm.NewObject()
	for _, part := range [][2]string{
		{"href", u.String()},
		{"origin", u.Origin()},
		{"protocol", u.Scheme + ":"},
		{"username", u.Username},
		{"password", u.Password},
		{"host", u.Authority()},
		{"hostname", u.Host},
		{"port", u.Port},
		{"pathname", u.Pathname()},
		{"search", sign(u.Query)},
		{"hash", sign(u.Fragment)},
	} {
		define(record, part[0], c.vm.ToValue(part[1]))
	}
	return record
}

// sign leaves out a sign that nothing follows.
func sign(text string) string {
	if len(text) == 1 {
		return ""
	}
	return text
}
