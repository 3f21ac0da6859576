package script

import (
	"bytes"
	"errors"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// eventView is an event as a script sees it, and the way back.
type eventView struct {
	call *call
	ev   *webhook.Event
	// self, headers and data are what the script was given, nil before it
	// asked. Members are those of self.
	self, headers *goja.Object
	members       *lazyObject
	data          goja.Value
}

// The members of an event, in order. What is not listed in a result stays as
// the event has it.
var eventMembers = [...]string{"id", "type", "source", "provider", "time", "headers", "contentType", "body", "data"}

// object makes the event.
func (e *eventView) object() goja.Value {
	e.members = &lazyObject{names: eventMembers[:], compute: e.member}
	e.self = e.call.vm.NewDynamicObject(e.members)
	return e.self
}

func (e *eventView) member(name string) goja.Value {
	if text, ok := e.fixed(name); ok {
		return e.call.vm.ToValue(text)
	}
	switch name {
	case "type":
		return e.call.vm.ToValue(e.ev.Type)
	case "contentType":
		return e.call.vm.ToValue(e.ev.ContentType())
	case "headers":
		e.headers = e.call.headerObject(e.ev.Header)
		return e.headers
	case "body":
		return e.body()
	case "bytes":
		return e.bytes()
	case "data":
		return e.parsedBody()
	}
	return nil
}

// fixed gives the members that no transform can change.
func (e *eventView) fixed(name string) (string, bool) {
	switch name {
	case "id":
		return e.ev.ID, true
	case "source":
		return e.ev.Source, true
	case "provider":
		return e.ev.Provider, true
	case "time":
		return e.ev.Time.UTC().Format("2006-01-02T15:04:05.000Z"), true
	}
	return "", false
}

// body gives the text of the body, undefined for one that is not UTF-8.
func (e *eventView) body() goja.Value {
	if !utf8.Valid(e.ev.Body) {
		return goja.Undefined()
	}
	return e.call.vm.ToValue(string(e.ev.Body))
}

// bytes gives a copy of the body as a Uint8Array.
func (e *eventView) bytes() goja.Value {
	buffer := e.call.vm.NewArrayBuffer(bytes.Clone(e.ev.Body))
	array, err := e.call.vm.New(e.call.vm.GlobalObject().Get("Uint8Array"), e.call.vm.ToValue(buffer))
	if err != nil {
		panic(err)
	}
	return array
}

// parsedBody gives the body as JSON, undefined for one that is not.
func (e *eventView) parsedBody() goja.Value {
	data, err := e.call.parseJSON(e.ev.Body)
	switch {
	case errors.Is(err, jsonvalue.ErrDepth):
		panic(e.call.vm.NewTypeError("event.data: %v", err))
	case err != nil:
		data = goja.Undefined()
	}
	e.data = data
	return data
}

// headerObject maps lower-case names to values; repeated fields are joined with
// a comma and a space, as RFC 9110 section 5.3 allows.
func (c *call) headerObject(header map[string][]string) *goja.Object {
	object := c.vm.NewObject()
	for _, name := range sortedKeys(header) {
		define(object, strings.ToLower(name), c.text(joined(header[name])))
	}
	return object
}

func joined(values []string) string { return strings.Join(values, ", ") }

// transformContext makes the second argument of transform.
func (c *call) transformContext(tc webhook.TransformContext) goja.Value {
	return c.vm.NewDynamicObject(&lazyObject{
		names: []string{"subscription", "endpoint", "settings"},
		compute: func(name string) goja.Value {
			switch name {
			case "subscription":
				return c.vm.ToValue(tc.Subscription)
			case "endpoint":
				return c.vm.ToValue(tc.Endpoint)
			case "settings":
				return c.settings(tc.Settings)
			}
			return nil
		},
	})
}

func (c *call) settings(settings map[string]string) goja.Value {
	object := c.vm.NewObject()
	for _, name := range sortedKeys(settings) {
		define(object, name, c.text(settings[name]))
	}
	return object
}

// carriesJSON reports whether a media type is JSON's.
func carriesJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}
