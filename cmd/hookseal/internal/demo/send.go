package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// sendAll has every provider post its mail in order, all at the same time, and
// returns when all is answered or the context ends.
func (s *stage) sendAll(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(s.mail)}}
	defer client.CloseIdleConnections()
	var sending sync.WaitGroup
	for _, postings := range s.mail {
		sending.Go(func() {
			for _, p := range postings {
				if !pause(ctx, s.pace) {
					return
				}
				s.desk.answered(p.source, p.send(ctx, client, s.url))
			}
		})
	}
	sending.Wait()
}

// pause keeps a human pace; it returns false when the context ended.
func pause(ctx context.Context, pace time.Duration) bool {
	timer := time.NewTimer(pace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// send posts the webhook over HTTP. It returns what was wrong with the answer,
// nothing if it was the one that is due.
func (p posting) send(ctx context.Context, client *http.Client, url string) string {
	status, reason, err := p.exchange(ctx, client, url)
	if err != nil {
		return fmt.Sprintf("%s got no answer: %v", p.about, err)
	}
	if status != p.want.status || reason != p.want.reason {
		return fmt.Sprintf("%s was answered %s, want %s", p.about,
			answerText(status, reason), answerText(p.want.status, p.want.reason))
	}
	return ""
}

func (p posting) exchange(ctx context.Context, client *http.Client, url string) (int, webhook.Reason, error) {
	req, err := http.NewRequestWithContext(ctx, p.request.Method, url+p.request.Target, bytes.NewReader(p.request.Body))
	if err != nil {
		return 0, "", err
	}
	req.Header = p.request.Header.Clone()
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil || resp.StatusCode < http.StatusBadRequest {
		return resp.StatusCode, "", err
	}
	var refusal struct {
		Reason webhook.Reason `json:"reason"`
	}
	err = json.Unmarshal(body, &refusal)
	return resp.StatusCode, refusal.Reason, err
}

func answerText(status int, reason webhook.Reason) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, reason))
}
