package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// ErrNotRunning reports that no server has the store open.
var ErrNotRunning = errors.New("no server is running")

// Client is the operator of a store that a running server has open.
type Client struct{ http http.Client }

const clientTimeout = 30 * time.Second

// Dial finds the server that has a store's file open. It returns
// [ErrNotRunning] if there is none.
func Dial(ctx context.Context, data string) (*Client, error) {
	path := socketPath(data)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx, "", "")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EINVAL) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("call the running server: %w", err)
	}
	if err := conn.Close(); err != nil {
		return nil, err
	}
	return &Client{http.Client{
		Timeout:   clientTimeout,
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true},
	}}, nil
}

// Redeliver implements [Operator].
func (c *Client) Redeliver(ctx context.Context, id string) error {
	return c.post(ctx, "/deliveries/"+url.PathEscape(id)+"/redeliver", nil)
}

// Erase implements [Operator].
func (c *Client) Erase(ctx context.Context, event string) error {
	return c.post(ctx, "/events/"+url.PathEscape(event)+"/erase", nil)
}

// SetDisabled implements [Operator].
func (c *Client) SetDisabled(ctx context.Context, endpoint string, disabled bool) (webhook.Health, error) {
	verb := "enable"
	if disabled {
		verb = "disable"
	}
	var h webhook.Health
	err := c.post(ctx, "/endpoints/"+url.PathEscape(endpoint)+"/"+verb, &h)
	return h, err
}

// Pauses implements [Operator].
func (c *Client) Pauses(ctx context.Context) (paused map[string]engine.EndpointPause, err error) {
	err = c.call(ctx, http.MethodGet, "/pauses", &paused)
	return paused, err
}

// remoteError is what the server said, and the sentinel that it stands for.
type remoteError struct {
	text     string
	sentinel error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.sentinel }

const maxReply = 1 << 20

func (c *Client) post(ctx context.Context, path string, into any) error {
	return c.call(ctx, http.MethodPost, path, into)
}

func (c *Client) call(ctx context.Context, method, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://hookseal"+path, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("call the running server: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fmt.Errorf("call the running server: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		if into == nil {
			return nil
		}
		return json.Unmarshal(text, into)
	}
	var f failure
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("the running server answered %s", resp.Status)
	}
	switch resp.StatusCode {
	case http.StatusNotFound:
		return &remoteError{f.Error, store.ErrNotFound}
	case http.StatusConflict:
		return &remoteError{f.Error, store.ErrNotFinal}
	case http.StatusGone:
		return &remoteError{f.Error, store.ErrErased}
	}
	return errors.New(f.Error)
}
