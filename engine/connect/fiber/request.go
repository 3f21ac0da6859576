package fiber

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"github.com/hookseal/hookseal/engine"
)

var errTakenApart = errors.New("a multipart body was taken apart before it could be verified: set DisablePreParseMultipartForm in fiber.Config")

// request returns what Fiber has received as net/http would have. It shares no
// memory with Fiber, which uses its own again, but for the body.
func request(c fiber.Ctx) (*http.Request, error) {
	raw := c.Request()
	if takenApart(c) {
		return nil, errTakenApart
	}
	header, err := headerOf(&raw.Header)
	if err != nil {
		return nil, err
	}
	target := string(raw.Header.RequestURI())
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, fiber.ErrBadRequest
	}
	r := &http.Request{
		Method: string(raw.Header.Method()), URL: u, RequestURI: target,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: string(raw.Header.Host()), Header: header,
		RemoteAddr: c.RequestCtx().RemoteAddr().String(), TLS: c.RequestCtx().TLSConnectionState(),
	}
	setBody(r, raw)
	if key := c.Params("key"); key != "" {
		r.SetPathValue("key", decoded(key, c.App().Config().UnescapePath))
	}
	return r.WithContext(c.Context()), nil
}

// takenApart reports whether the server has parsed a multipart body. What
// Request.Body returns then was put together anew.
func takenApart(c fiber.Ctx) bool {
	h := &c.Request().Header
	return !c.App().Config().DisablePreParseMultipartForm && h.ContentLength() > 0 &&
		len(h.MultipartFormBoundary()) > 0 && len(h.Peek(fiber.HeaderContentEncoding)) == 0
}

// setBody takes the body as it came: a fiber.Ctx would unpack it, and
// Request.Body turns an error of a stream into a body.
func setBody(r *http.Request, raw *fasthttp.Request) {
	if raw.IsBodyStream() {
		r.Body = io.NopCloser(raw.BodyStream())
		r.ContentLength = int64(max(raw.Header.ContentLength(), -1))
		return
	}
	body := raw.Body()
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
}

// decoded returns a path parameter as [http.Request.PathValue] has it.
func decoded(param string, already bool) string {
	if !already {
		if text, err := url.PathUnescape(param); err == nil {
			param = text
		}
	}
	return strings.Clone(param)
}

// headerOf copies a header but for what net/http keeps elsewhere.
func headerOf(raw *fasthttp.RequestHeader) (http.Header, error) {
	header := http.Header{}
	for name, value := range raw.All() {
		switch key := http.CanonicalHeaderKey(string(name)); {
		case strings.ContainsRune(key, ' '):
			return nil, fiber.ErrBadRequest // RFC 9112, 5.1
		case key != fiber.HeaderHost && key != fiber.HeaderTransferEncoding:
			header[key] = append(header[key], string(value))
		}
	}
	return header, nil
}

// mirror takes out of a header what the engine has taken out of its copy, and
// sets the verdict.
func mirror(raw *fasthttp.RequestHeader, judged http.Header) {
	type field struct{ name, value []byte }
	var fields []field
	spoofed := false
	for name, value := range raw.All() {
		key := http.CanonicalHeaderKey(string(name))
		switch {
		case ownField(key):
			continue
		case key == engine.VerdictHeader || len(judged[key]) == 0:
			spoofed = true
			fields = append(fields, field{name: bytes.Clone(name)})
		default:
			fields = append(fields, field{bytes.Clone(name), bytes.Clone(value)})
		}
	}
	if spoofed {
		// Removing a field changes the order of the others: all are set again.
		for _, f := range fields {
			raw.DelBytes(f.name)
		}
		for _, f := range fields {
			if f.value != nil {
				raw.AddBytesKV(f.name, f.value)
			}
		}
	}
	if options := judged[fiber.HeaderConnection]; len(options) > 0 && !raw.ConnectionClose() {
		raw.Set(fiber.HeaderConnection, strings.Join(options, ", "))
	}
	raw.Set(engine.VerdictHeader, judged.Get(engine.VerdictHeader))
}

// ownField reports whether the server keeps a field apart from the others.
func ownField(key string) bool {
	switch key {
	case fiber.HeaderHost, fiber.HeaderContentLength, fiber.HeaderContentType, fiber.HeaderUserAgent,
		fiber.HeaderTrailer, fiber.HeaderCookie, fiber.HeaderConnection, fiber.HeaderTransferEncoding:
		return true
	}
	return false
}
