package script

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// requestView is a request as a claim sees it.
type requestView struct {
	call     *call
	req      *webhook.Request
	settings map[string]string
}

// object makes the request.
func (r *requestView) object() goja.Value {
	return r.call.vm.NewDynamicObject(&lazyObject{
		names: []string{
			"method", "target", "path", "url", "body", "stringified", "canonical", "text", "header", "headers",
			"query", "form", "cookie", "json", "jsonText", "setting", "value", "fields",
		},
		compute: r.member,
	})
}

func (r *requestView) member(name string) goja.Value {
	switch name {
	case "target":
		return r.call.vm.ToValue(r.req.Target)
	case "method":
		return r.read(webhook.Origin{Kind: webhook.MethodOrigin}).object()
	case "path":
		return r.read(webhook.Origin{Kind: webhook.PathOrigin}).object()
	case "url":
		return r.read(webhook.Origin{Kind: webhook.URLOrigin}).object()
	case "body":
		return r.call.vm.NewDynamicObject(marker{webhook.RawBody})
	case "stringified":
		return r.call.vm.NewDynamicObject(marker{webhook.ECMAScriptBody})
	case "canonical":
		return r.call.vm.NewDynamicObject(marker{webhook.CanonicalBody})
	case "text":
		if !utf8.Valid(r.req.Body) {
			return goja.Undefined()
		}
		return r.call.text(string(r.req.Body))
	case "headers":
		return r.headers()
	case "header":
		return r.reader(webhook.HeaderOrigin)
	case "query":
		return r.reader(webhook.QueryOrigin)
	case "form":
		return r.reader(webhook.FormOrigin)
	case "cookie":
		return r.reader(webhook.CookieOrigin)
	case "json":
		return r.reader(webhook.JSONOrigin)
	case "jsonText":
		return r.call.vm.ToValue(r.jsonText)
	case "value":
		return r.call.vm.ToValue(r.value)
	case "fields":
		return r.call.vm.ToValue(r.fields)
	case "setting":
		return r.reader(webhook.SettingOrigin)
	}
	return nil
}

// read gives the handle of a place, which it knows also where the request has
// nothing there.
func (r *requestView) read(at webhook.Origin) *handle {
	h := &handle{call: r.call, place: at}
	if at.Kind == webhook.SettingOrigin {
		text, found := r.settings[at.Name]
		h.Value = webhook.Value{Origin: at, Text: text, Found: found}
		return h
	}
	h.Value, h.fault = scheme.Read(r.req, at)
	h.secret = isCredential(at)
	return h
}

// reader makes a function from a name to the handle of what it names.
func (r *requestView) reader(kind webhook.OriginKind) goja.Value {
	return r.call.vm.ToValue(func(args goja.FunctionCall) goja.Value {
		name := r.name(args)
		if kind == webhook.HeaderOrigin {
			name = http.CanonicalHeaderKey(name)
		}
		return r.read(webhook.Origin{Kind: kind, Name: name}).object()
	})
}

// name is the first argument of a function that reads a place.
func (r *requestView) name(args goja.FunctionCall) string {
	if !goja.IsString(args.Argument(0)) {
		panic(r.call.vm.NewTypeError("name is %s, want a string", describe(args.Argument(0))))
	}
	name := args.Argument(0).String()
	if strings.ContainsFunc(name, func(c rune) bool { return c < ' ' }) {
		panic(r.call.vm.NewTypeError("name %q holds a control character", name))
	}
	return name
}

// headers gives the header fields for inspection.
func (r *requestView) headers() goja.Value {
	readable := make(http.Header, len(r.req.Header))
	for name, values := range r.req.Header {
		if !carriesCredentials(name) {
			readable[name] = values
		}
	}
	return r.call.headerObject(readable)
}

// isCredential reports whether what stands at a place is not for a script to read.
func isCredential(at webhook.Origin) bool {
	return at.Kind == webhook.CookieOrigin || at.Kind == webhook.HeaderOrigin && carriesCredentials(at.Name)
}

func carriesCredentials(header string) bool {
	switch http.CanonicalHeaderKey(header) {
	case "Authorization", "Proxy-Authorization", "Cookie":
		return true
	}
	return false
}

// context makes the second argument of claim.
func (r *requestView) context() goja.Value {
	return r.call.vm.NewDynamicObject(&lazyObject{
		names: []string{"settings", "secret"},
		compute: func(name string) goja.Value {
			switch name {
			case "settings":
				return r.call.settings(r.settings)
			case "secret":
				return r.call.vm.NewDynamicObject(marker{webhook.SecretText})
			}
			return nil
		},
	})
}
