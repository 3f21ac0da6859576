package host

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func emitFunctions() map[string]function {
	return map[string]function{
		hostabi.FuncEmit:       {params: "iiiiii", silent: true, hook: webhook.HookTransform, run: emit},
		hostabi.FuncForward:    {params: "ii", silent: true, hook: webhook.HookTransform, run: forward},
		hostabi.FuncEmitHeader: {params: "iiii", silent: true, hook: webhook.HookTransform, run: emitHeader},
	}
}

// emit(type, len, content_type, len, body, len) hands out one event. An empty
// type or content type is that of the event which came in.
func emit(a args) hostabi.Result {
	a.output(a.contentType(2), a.bytes(4))
	return 0
}

// forward(type, len) hands out the event that came in, with another type unless
// that is empty.
func forward(a args) hostabi.Result {
	body := a.call.body
	a.call.meter.charge(int64(len(body) / bytesPerUnit))
	a.output("", body)
	return 0
}

// output hands out an event whose type the first two arguments give.
func (a args) output(contentType string, body []byte) {
	c := a.call
	if len(c.outputs) == c.limits.Events {
		c.abort(webhook.GuestOutput, "transform hands out more than %d events", c.limits.Events)
	}
	c.hold(len(body))
	out := webhook.Output{Type: a.held(0), ContentType: contentType, Body: bytes.Clone(body)}
	if out.Type == "" {
		out.Type = c.ev.Type
	}
	if strings.ContainsFunc(out.Type, unprintable) {
		c.misuse("%s: the type holds a control character", a.name)
	}
	if out.ContentType == "" {
		out.ContentType = c.ev.ContentType()
	}
	c.outputs = append(c.outputs, out)
}

// emit_header(name, len, value, len) adds a header field to the event that was
// emitted last.
func emitHeader(a args) hostabi.Result {
	if len(a.call.outputs) == 0 {
		a.call.misuse("%s before emit", a.name)
	}
	out := &a.call.outputs[len(a.call.outputs)-1]
	name, text := a.held(0), a.held(2)
	switch {
	case !token(name):
		a.call.misuse("%s: %q is no header name", a.name, clip(name))
	case webhook.ReservedHeader(name):
		a.call.misuse("%s: the header %s cannot be set", a.name, strings.ToLower(name))
	case strings.ContainsFunc(text, unprintable):
		a.call.misuse("%s: the value of %s holds a control character", a.name, name)
	case headerFields(out.Header) == hostabi.MaxHeaders:
		a.call.abort(webhook.GuestOutput, "an event has more than %d header fields", hostabi.MaxHeaders)
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	out.Header.Add(name, text)
	return 0
}

func headerFields(h http.Header) int {
	n := 0
	for _, values := range h {
		n += len(values)
	}
	return n
}

// contentType returns the media type that the arguments i and i+1 give.
func (a args) contentType(i int) string {
	text := a.held(i)
	if strings.ContainsFunc(text, unprintable) {
		a.call.misuse("%s: the content type holds a control character", a.name)
	}
	return text
}

func unprintable(r rune) bool { return r < ' ' || r == 0x7f }

// token reports whether text is a token of RFC 9110, section 5.6.2.
func token(text string) bool {
	if text == "" {
		return false
	}
	for _, c := range []byte(text) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}
