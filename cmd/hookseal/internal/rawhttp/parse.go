package rawhttp

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// The limits of a head, in bytes.
const (
	maxHead   = 64 << 10
	maxFields = 500
)

// Parse reads a request as the checks see it: without the fields Host and
// Transfer-Encoding, which are the connection's, its scheme https unless the
// target says http.
//
// It returns an error for what is no request, for a body that does not have the
// length that the head states, and for a head of more than 64 KiB or 500 fields.
func Parse(data []byte) (*webhook.Request, error) {
	head := cursor{rest: data}
	line, err := head.line()
	if err != nil {
		return nil, fmt.Errorf("request line: %w", err)
	}
	req := &webhook.Request{Scheme: "https", Header: http.Header{}}
	if err := parseRequestLine(req, string(line)); err != nil {
		return nil, err
	}
	if err := parseFields(&head, req.Header); err != nil {
		return nil, err
	}
	if err := takeHost(req); err != nil {
		return nil, err
	}
	req.Body, err = parseBody(req.Header, head.rest)
	return req, err
}

func parseRequestLine(req *webhook.Request, line string) error {
	parts := strings.Split(line, " ")
	if len(parts) != 3 || !isToken(parts[0]) || parts[1] == "" {
		return fmt.Errorf("request line %s must be a method, a target and a version, such as \"POST /hooks HTTP/1.1\"", shown(line))
	}
	switch parts[2] {
	case "HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/2.0", "HTTP/3":
	default:
		return fmt.Errorf("request line ends in %s, want a version such as HTTP/1.1", shown(parts[2]))
	}
	if i := strings.IndexFunc(parts[1], func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
		return errors.New("request target holds a control character")
	}
	req.Method, req.Target = parts[0], parts[1]
	return takeAbsolute(req)
}

// takeAbsolute takes a target in absolute form apart (RFC 9112, 3.2.2).
func takeAbsolute(req *webhook.Request) error {
	if strings.HasPrefix(req.Target, "/") || req.Target == "*" {
		return nil
	}
	u, err := ParseURL(req.Target)
	if err != nil {
		return fmt.Errorf("request target %s must begin with a slash or be a URL", shown(req.Target))
	}
	u.Apply(req)
	return nil
}

func parseFields(head *cursor, h http.Header) error {
	for n := 0; ; n++ {
		line, err := head.line()
		if err != nil {
			return fmt.Errorf("header: %w", err)
		}
		if len(line) == 0 {
			return nil
		}
		if n == maxFields {
			return fmt.Errorf("header has more than %d fields", maxFields)
		}
		if line[0] == ' ' || line[0] == '\t' {
			return fmt.Errorf("header line %d begins with white space: folded lines are not read", n+1)
		}
		name, value, found := strings.Cut(string(line), ":")
		if !found || !isToken(name) {
			return fmt.Errorf("header line %d must be a name, a colon and a value", n+1)
		}
		value = strings.Trim(value, " \t")
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return fmt.Errorf("header field %s holds a control character", name)
		}
		h.Add(name, value)
	}
}

func takeHost(req *webhook.Request) error {
	hosts := req.Header["Host"]
	if len(hosts) > 1 {
		return fmt.Errorf("header has %d fields Host", len(hosts))
	}
	if len(hosts) == 1 && req.Host == "" {
		req.Host = hosts[0]
	}
	delete(req.Header, "Host")
	return nil
}

// cursor walks over the lines of a head.
type cursor struct {
	rest []byte
	read int
}

// line returns the next line without its end.
func (c *cursor) line() ([]byte, error) {
	end := bytes.IndexByte(c.rest, '\n')
	switch {
	case c.read+max(end, 0) > maxHead, end < 0 && len(c.rest) > maxHead:
		return nil, fmt.Errorf("the head has more than %d bytes", maxHead)
	case end < 0:
		return nil, errors.New("the file ends before the blank line that ends the head")
	}
	line := bytes.TrimSuffix(c.rest[:end], []byte("\r"))
	c.read += end + 1
	c.rest = c.rest[end+1:]
	return line, nil
}

// isToken reports whether text is a token (RFC 9110, 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// shown quotes text for a message, and cuts it short.
func shown(text string) string {
	const most = 60
	if len(text) > most {
		return fmt.Sprintf("%q…", text[:most])
	}
	return fmt.Sprintf("%q", text)
}
