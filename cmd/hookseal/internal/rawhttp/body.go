package rawhttp

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// parseBody returns the body by the framing that the header states: chunked, a
// length, or everything.
func parseBody(h http.Header, rest []byte) ([]byte, error) {
	codings, lengths := h["Transfer-Encoding"], h["Content-Length"]
	if len(codings) > 0 {
		if len(codings) > 1 || !strings.EqualFold(codings[0], "chunked") {
			return nil, fmt.Errorf("Transfer-Encoding is %s, of which only chunked is read", shown(strings.Join(codings, ", ")))
		}
		if len(lengths) > 0 {
			return nil, errors.New("header has both Transfer-Encoding and Content-Length")
		}
		delete(h, "Transfer-Encoding")
		return dechunk(rest)
	}
	for _, text := range lengths {
		if err := checkLength(text, len(rest)); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func checkLength(text string, have int) error {
	want, err := strconv.ParseUint(text, 10, 63)
	if err != nil || text[0] == '+' {
		return fmt.Errorf("Content-Length %s is no number", shown(text))
	}
	if want == uint64(have) {
		return nil
	}
	hint := "the body was cut"
	switch {
	case want+1 == uint64(have):
		hint = "did an editor add a newline at the end?"
	case want < uint64(have):
		hint = "there is more than the request in the file, or its line ends were rewritten"
	case want == uint64(have)+1:
		hint = "did an editor remove the newline at the end?"
	}
	return fmt.Errorf("Content-Length is %d, and the body has %d bytes: %s", want, have, hint)
}

// dechunk decodes the chunked transfer coding (RFC 9112, 7.1). Trailer fields
// are read over.
func dechunk(rest []byte) ([]byte, error) {
	body := make([]byte, 0, len(rest))
	for n := 1; ; n++ {
		c := cursor{rest: rest}
		line, err := c.line()
		if err != nil {
			return nil, chunkError(n, "its size line does not end")
		}
		digits, _, _ := strings.Cut(string(line), ";")
		size, err := strconv.ParseUint(strings.TrimRight(digits, " \t"), 16, 31)
		if err != nil {
			return nil, chunkError(n, "it begins with no size in hex; if the body is decoded already, remove the Transfer-Encoding line")
		}
		rest = c.rest
		if size == 0 {
			return body, endChunked(rest)
		}
		if uint64(len(rest)) < size {
			return nil, chunkError(n, fmt.Sprintf("it has %d bytes of %d", len(rest), size))
		}
		body = append(body, rest[:size]...)
		rest = bytes.TrimPrefix(rest[size:], []byte("\r"))
		if len(rest) == 0 || rest[0] != '\n' {
			return nil, chunkError(n, "no line end follows its data")
		}
		rest = rest[1:]
	}
}

// endChunked reads the trailer, after which nothing may follow.
func endChunked(rest []byte) error {
	c := cursor{rest: rest}
	if err := parseFields(&c, http.Header{}); err != nil {
		return fmt.Errorf("trailer of the chunked body: %w", err)
	}
	if len(c.rest) > 0 {
		return fmt.Errorf("%d bytes follow the end of the chunked body", len(c.rest))
	}
	return nil
}

func chunkError(n int, what string) error {
	return fmt.Errorf("chunk %d of the body: %s", n, what)
}
