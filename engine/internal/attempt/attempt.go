package attempt

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// How much of a response body is kept, and how much is read: up to the latter
// the connection can be used again, beyond it is closed.
const (
	KeptBody = 4 << 10
	ReadBody = 64 << 10
)

// Sender makes attempts. It is safe for concurrent use.
type Sender struct {
	// Transport carries the requests. It is used without an [http.Client], so
	// that there is nobody who could follow a redirect.
	Transport http.RoundTripper
	// UserAgent is sent where the request names none.
	UserAgent string
}

// Send sends a signed request and returns what came of it within the timeout,
// the response body included. The request is not changed.
//
// A canceled context ends the attempt at once; what the endpoint made of it is
// then unknown.
func (s Sender) Send(ctx context.Context, signed *webhook.Request, timeout time.Duration) webhook.Attempt {
	start := time.Now()
	made := webhook.Attempt{At: start}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s.exchange(ctx, signed, &made)
	made.Duration = time.Since(start)
	if made.Status == 0 && ctx.Err() == context.DeadlineExceeded {
		made.Error = "no response within " + timeout.String()
	}
	return made
}

func (s Sender) exchange(ctx context.Context, signed *webhook.Request, made *webhook.Attempt) {
	request, err := s.request(ctx, signed)
	if err != nil {
		made.Error = OneLine(err)
		return
	}
	response, err := s.Transport.RoundTrip(request)
	if err != nil {
		made.Error = OneLine(err)
		return
	}
	defer response.Body.Close()
	made.Status = response.StatusCode
	made.RetryAfter = RetryAfter(response.Header.Get("Retry-After"), made.At)
	made.Response = beginning(response.Body)
}

// request builds what is sent. Content-Length is always stated: an endpoint
// behind a simple server may not understand chunks.
func (s Sender) request(ctx context.Context, signed *webhook.Request) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL(), bytes.NewReader(signed.Body))
	if err != nil {
		return nil, err
	}
	// A transport leaves the header as it is.
	request.Header = signed.Header
	if request.Header.Get("User-Agent") == "" {
		request.Header = make(http.Header, len(signed.Header)+1)
		maps.Copy(request.Header, signed.Header)
		request.Header["User-Agent"] = []string{s.UserAgent}
	}
	return request, nil
}

// beginning reads up to ReadBody bytes and returns the first KeptBody of them.
// The status has decided already, so that a body which breaks off is merely
// shorter.
func beginning(body io.Reader) []byte {
	limited := io.LimitReader(body, ReadBody)
	kept, err := io.ReadAll(io.LimitReader(limited, KeptBody))
	if err == nil {
		_, _ = io.Copy(io.Discard, limited)
	}
	return kept
}
