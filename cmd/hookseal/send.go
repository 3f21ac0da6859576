package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

// signedRequest is a signed request as JSON.
type signedRequest struct {
	Method string      `json:"method"`
	URL    string      `json:"url"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body_base64"`
}

func signedReport(req *webhook.Request) signedRequest {
	return signedRequest{req.Method, req.URL(), req.Header, req.Body}
}

// answer is what a request that was sent got back.
type answer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
}

const (
	sendTimeout = 30 * time.Second
	maxAnswer   = 64 << 10
)

// deliver sends a request once, to the address that the operator gave, and
// prints the answer. Anything but a 2xx is a no.
func deliver(ctx context.Context, w io.Writer, req *webhook.Request, asJSON bool) error {
	a, err := send(ctx, req)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(w, a)
	} else {
		_, err = fmt.Fprintf(w, "%d %s\n%s", a.Status, http.StatusText(a.Status), a.Body)
	}
	if err == nil && (a.Status < 200 || a.Status > 299) {
		err = &noError{}
	}
	return err
}

func send(ctx context.Context, req *webhook.Request) (answer, error) {
	out, err := http.NewRequestWithContext(ctx, req.Method, req.URL(), bytes.NewReader(req.Body))
	if err != nil {
		return answer{}, err
	}
	out.Header = req.Header.Clone()
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", engine.UserAgent)
	}
	client := http.Client{
		Timeout:       sendTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(out)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{resp.StatusCode, resp.Header, string(body)}, err
}
