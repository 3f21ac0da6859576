package receive

import (
	"context"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

type verdictKey struct{}

// VerdictFrom returns the verdict that a request's context carries.
func VerdictFrom(ctx context.Context) (webhook.Verdict, bool) {
	v, ok := ctx.Value(verdictKey{}).(*webhook.Verdict)
	if !ok {
		return webhook.Verdict{}, false
	}
	return *v, true
}

// mark returns the value of the verdict header, a structured field (RFC 9651):
// accept, challenge or, for what was refused and let pass, unverified.
func mark(source string, v webhook.Verdict) string {
	var b strings.Builder
	b.Grow(96)
	switch v.Outcome {
	case webhook.Accept:
		b.WriteString("accept")
	case webhook.Challenged:
		b.WriteString("challenge")
	default:
		b.WriteString("unverified; reason=")
		b.WriteString(string(v.Reason))
	}
	b.WriteString("; source=")
	writeString(&b, source)
	if v.Outcome == webhook.Accept {
		if v.Secret != "" {
			b.WriteString("; secret=")
			writeString(&b, v.Secret)
		}
		b.WriteString("; covers=")
		writeString(&b, v.Covers.String())
	}
	return b.String()
}

// writeString writes a String (RFC 9651, 3.3.3), or a Display String (3.3.8)
// where the text has characters that a String cannot have.
func writeString(b *strings.Builder, text string) {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		writeDisplayString(b, text)
		return
	}
	b.WriteByte('"')
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	b.WriteByte('"')
}

func writeDisplayString(b *strings.Builder, text string) {
	b.WriteString(`%"`)
	for _, c := range []byte(strings.ToValidUTF8(text, "\ufffd")) {
		if c < ' ' || c > '~' || c == '%' || c == '"' {
			fmt.Fprintf(b, "%%%02x", c)
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
}

// Unmark removes the verdict header, which only we may set, from a request:
// from its header and its trailer, under every spelling that some server behind
// us could read as the same name, and from Connection, by which a sender could
// have the next proxy drop ours.
func Unmark(r *http.Request) {
	unmark(r.Header)
	unmark(r.Trailer)
	for i, value := range r.Header["Connection"] {
		if mentions(value) {
			r.Header["Connection"][i] = withoutMark(value)
		}
	}
}

func unmark(h http.Header) {
	for name := range h {
		if isMark(name) {
			delete(h, name)
		}
	}
}

// isMark reports whether a name is the verdict header's to a server that
// ignores case and, as CGI does (RFC 3875, 4.1.18), cannot tell "-" from "_" or
// whatever else is no letter.
func isMark(name string) bool {
	if len(name) != len(webhook.VerdictHeader) {
		return false
	}
	for i := range len(name) {
		if foldName(name[i]) != foldName(webhook.VerdictHeader[i]) {
			return false
		}
	}
	return true
}

func foldName(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return c
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	}
	return '-'
}

func mentions(connection string) bool {
	for option := range strings.SplitSeq(connection, ",") {
		if isMark(textproto.TrimString(option)) {
			return true
		}
	}
	return false
}

func withoutMark(connection string) string {
	var kept []string
	for option := range strings.SplitSeq(connection, ",") {
		if option = textproto.TrimString(option); !isMark(option) {
			kept = append(kept, option)
		}
	}
	return strings.Join(kept, ", ")
}
