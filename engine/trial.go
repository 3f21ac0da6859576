package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/internal/identifier"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ErrUnknownEndpoint reports a name that no endpoint has.
var ErrUnknownEndpoint = errors.New("unknown endpoint")

// Trial is what came of a test event.
type Trial struct {
	// Method and URL are those of the request; the URL has neither user nor the
	// values of its query.
	Method, URL string
	// Header and Body are what was sent, but for the values that are secret.
	Header http.Header
	Body   []byte
	// Attempt is how the endpoint answered. Secrets that its answer repeats are
	// left out.
	Attempt webhook.Attempt
}

// Try sends a test event to an endpoint, signed as its deliveries are, and waits for
// the answer. It is no delivery: nothing is stored, the endpoint's health does not
// change, and a disabled endpoint is sent it too. It needs no store.
//
// It returns [ErrUnknownEndpoint] for a name that no endpoint has, [ErrClosed] after
// Close, and other errors where the event cannot be signed or sent. An endpoint that
// refuses the event, or cannot be reached, is no error: see [Trial.Attempt].
func (e *Engine) Try(ctx context.Context, endpoint string, p Publication) (Trial, error) {
	s := e.acquire()
	if s == nil {
		return Trial{}, ErrClosed
	}
	defer s.release()
	target, ok := s.endpoints[endpoint]
	if !ok {
		return Trial{}, fmt.Errorf("%w %q", ErrUnknownEndpoint, endpoint)
	}
	if p.ContentType == "" {
		p.ContentType = "application/json"
	}
	now := time.Now().UTC()
	ev := Event{
		ID: identifier.NewEvent(), Source: AppSource, Type: p.Type, Time: now,
		Header: http.Header{"Content-Type": {p.ContentType}}, Body: p.Body,
	}
	sender := attempt.Sender{Transport: s.transport, UserAgent: UserAgent}
	request, made, err := dispatch.Try(ctx, sender, target, ev, "test_"+strings.TrimPrefix(ev.ID, "evt_"))
	if err != nil {
		return Trial{}, fmt.Errorf("endpoint %q: %w", endpoint, err)
	}
	return s.trialOf(s.config.Endpoints[endpoint], request, made), nil
}

func (s *snapshot) trialOf(c Endpoint, request *webhook.Request, made webhook.Attempt) Trial {
	hidden := s.secretHeadersOf(c)
	t := Trial{
		Method: request.Method, URL: withoutQuery(request), Header: request.Header.Clone(), Body: request.Body, Attempt: made,
	}
	t.Header.Set("Host", request.Host)
	t.Header.Set("Content-Length", strconv.Itoa(len(request.Body)))
	if t.Header.Get("User-Agent") == "" {
		t.Header.Set("User-Agent", UserAgent)
	}
	for name := range t.Header {
		if slices.Contains(hidden, name) {
			t.Header[name] = []string{redacted}
		}
	}
	return t
}

// redacted stands for what is not shown.
const redacted = "[redacted]"

// secretHeadersOf lists the headers whose value is a secret itself: credentials,
// and the signatures of schemes that send the secret.
func (s *snapshot) secretHeadersOf(c Endpoint) []string {
	names := []string{"Authorization", "Proxy-Authorization", "Cookie"}
	for name := range c.SecretHeaders {
		names = append(names, http.CanonicalHeaderKey(name))
	}
	all := append([]Signing{{Sign: c.As, Settings: c.Settings}, {Sign: c.Sign, Settings: c.Settings}}, c.AlsoSign...)
	for _, signing := range all {
		if signing.Sign == "" || signing.Sign == NoVerification {
			continue
		}
		pack, err := s.config.Catalog.Open(context.Background(), signing.Sign, catalog.Options{Settings: signing.Settings})
		if err == nil {
			names = append(names, pack.Scheme.SecretHeaders()...)
		}
	}
	return names
}

// withoutQuery is the URL of a request without the values of its query, which may
// be secrets.
func withoutQuery(r *webhook.Request) string {
	text, query, found := strings.Cut(r.URL(), "?")
	if found && query != "" {
		text += "?" + redacted
	}
	return text
}
