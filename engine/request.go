package engine

import (
	"cmp"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/hookseal/hookseal/engine/internal/receive"
)

// defaultMaxBody is the limit of a body that names none, in bytes.
const defaultMaxBody = 1 << 20

var (
	// ErrBodyTooLarge reports a body over its limit.
	ErrBodyTooLarge = receive.ErrBodyTooLarge
	// ErrBodyIncomplete reports a body that ended before its end.
	ErrBodyIncomplete = receive.ErrBodyIncomplete
)

// RequestLimits say how much of a request is read, and what is believed of it.
// The zero value reads up to 1 MiB and believes the connection.
type RequestLimits struct {
	// MaxBody bounds the body in bytes; zero is 1 MiB.
	MaxBody int64
	// PublicURL is that of [Source].
	PublicURL string
	// TrustedProxies are those of [Config].
	TrustedProxies []netip.Prefix
}

// FromHTTP reads the whole body of r and returns the request as it came: its
// request-target byte for byte, and the scheme and host that its sender
// addressed. r then has the same body again, still to be read, with its length
// and GetBody; a trailer stays. The two share header and body. Its Key is the
// path parameter "key" ([http.Request.PathValue]).
//
// It returns [ErrBodyTooLarge] and [ErrBodyIncomplete], and another error for a
// PublicURL that is none. No part of a body is ever handed out: one that is too
// large by its length is left unread, and after any other error of the body,
// reading r.Body returns that error too.
func FromHTTP(r *http.Request, limits RequestLimits) (*Request, error) {
	origin, err := originOf(limits.PublicURL, limits.TrustedProxies)
	if err != nil {
		return nil, err
	}
	body := receive.Body{Limit: cmp.Or(limits.MaxBody, defaultMaxBody)}
	data, err := body.Read(r)
	if err != nil {
		return nil, err
	}
	req := origin.Request(r, nil, data, time.Now())
	req.Key = r.PathValue("key")
	return req, nil
}

func originOf(publicURL string, trusted []netip.Prefix) (receive.Origin, error) {
	origin := receive.Origin{Trusted: trusted}
	if publicURL == "" {
		return origin, nil
	}
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return origin, errors.New("the public URL must be an http or https URL of a host, with or without a path, and nothing more")
	}
	origin.Public = u
	return origin, nil
}
