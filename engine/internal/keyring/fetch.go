package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// The bounds of what an answer may say about how long it holds.
const (
	minTTL = time.Minute
	maxTTL = 24 * time.Hour
)

// statusError reports an answer that is not 200.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("status %d, want 200", int(s)) }

// fetch asks for the keys. An answer of 404 or 410 to what a request chose says
// that there is no such key; elsewhere it is an error.
func (r *Ring) fetch(ctx context.Context, ref *webhook.KeyRef, credentials map[string]webhook.Secret) (answer, error) {
	w := &wallet{credentials: credentials}
	if ref.Token != nil {
		if err := r.fetchToken(ctx, ref.Token, w); err != nil {
			return answer{}, fmt.Errorf("token of %s: %w", ref.Token.Host, err)
		}
	}
	body, header, err := r.ask(ctx, w, ref.URL, &ref.Request)
	var status statusError
	if errors.As(err, &status) && ref.Chosen && (status == http.StatusNotFound || status == http.StatusGone) {
		return answer{ttl: minTTL}, nil
	}
	if err != nil {
		return answer{}, err
	}
	keys, err := parse(ref, body)
	if err != nil {
		return answer{}, err
	}
	return answer{keys: keys, ttl: lifetime(header, ref.TTL)}, nil
}

func (r *Ring) fetchToken(ctx context.Context, token *webhook.KeyToken, w *wallet) error {
	body, _, err := r.ask(ctx, w, token.URL, &token.Request)
	if err != nil {
		return err
	}
	raw, err := locate(body, token.At)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, &w.token) != nil || w.token == "" {
		return fmt.Errorf("%s is no text", token.At)
	}
	return nil
}

// ask sends one request and returns the whole answer.
func (r *Ring) ask(ctx context.Context, w *wallet, target string, q *webhook.KeyRequest) ([]byte, http.Header, error) {
	req, err := w.write(ctx, target, q)
	if err != nil {
		return nil, nil, err
	}
	if r.config.UserAgent != "" {
		req.Header.Set("User-Agent", r.config.UserAgent)
	}
	res, err := r.config.Transport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, nil, statusError(res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, nil, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	return body, res.Header, nil
}

// lifetime returns how long an answer holds: its max-age less its age (RFC 9111,
// section 4.2), within bounds, and otherwise where it says nothing.
func lifetime(h http.Header, otherwise time.Duration) time.Duration {
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return minTTL
		case "max-age":
			seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			if err != nil {
				continue
			}
			if age, err := strconv.ParseUint(h.Get("Age"), 10, 31); err == nil {
				seconds -= min(seconds, age)
			}
			return min(max(time.Duration(seconds)*time.Second, minTTL), maxTTL)
		}
	}
	return otherwise
}
