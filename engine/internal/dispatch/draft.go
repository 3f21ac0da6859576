package dispatch

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// draft returns the request of a delivery before it is signed.
func draft(e Endpoint, l *store.Lease) *webhook.Request {
	contentType, body := l.Event.ContentType(), l.Event.Body
	var extra http.Header
	if output := l.Delivery.Output; output != nil {
		body, extra = output.Body, output.Header
		if output.ContentType != "" {
			contentType = output.ContentType
		}
	}
	header := http.Header{"Content-Type": {contentType}}
	for name, values := range extra {
		if name = http.CanonicalHeaderKey(name); !framing(name) {
			header[name] = append([]string(nil), values...)
		}
	}
	if user := e.URL.User; user != nil {
		password, _ := user.Password()
		basic := http.Request{Header: header}
		basic.SetBasicAuth(user.Username(), password)
	}
	for name, values := range e.Header {
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	// What nobody verified must not look verified by our signature.
	if mark := l.Event.Header[webhook.VerdictHeader]; len(mark) > 0 {
		header[webhook.VerdictHeader] = append([]string(nil), mark...)
	}
	return &webhook.Request{
		Method: http.MethodPost,
		Scheme: e.URL.Scheme,
		Host:   e.URL.Host,
		Target: e.URL.RequestURI(),
		Header: header,
		Body:   body,
	}
}

// maxField bounds one header field, since what is larger is refused by most
// servers.
const maxField = 8 << 10

// unsendable says which header field cannot be sent, empty if all can. Part of
// them is made of what a sender or a transform chose.
func unsendable(header http.Header) string {
	for name, values := range header {
		for _, value := range values {
			if len(name)+len(value) > maxField {
				return fmt.Sprintf("header %s is longer than %d bytes", name[:min(len(name), 64)], maxField)
			}
			if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return fmt.Sprintf("header %s holds a control character", name)
			}
		}
	}
	return ""
}

// framing reports whether a header field belongs to the connection, which is
// not a transform's to shape.
func framing(name string) bool {
	switch name {
	case "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authorization",
		"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// messageType is the type of what is sent: the transform's, where it gave one.
func messageType(l *store.Lease) string {
	if l.Delivery.Output != nil && l.Delivery.Output.Type != "" {
		return l.Delivery.Output.Type
	}
	return l.Event.Type
}
