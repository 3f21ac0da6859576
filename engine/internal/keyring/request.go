package keyring

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// address tells documents apart. The digests are under the ring's salt.
type address struct {
	url, at, entryID, entryKey string
	format                     webhook.KeyFormat
	// request is of all that is sent, the credentials by their names; credentials
	// is of their values. Both are zero for a plain GET.
	request, credentials [sha256.Size]byte
}

// addressOf returns the address of what ref asks for with the credentials. The
// error names a credential that is not there.
func (r *Ring) addressOf(ref *webhook.KeyRef, credentials map[string]webhook.Secret) (address, error) {
	a := address{url: ref.URL, at: ref.At, entryID: ref.EntryID, entryKey: ref.EntryKey, format: ref.Format}
	if ref.Token == nil && isPlain(&ref.Request) {
		return a, nil
	}
	request, values := hmac.New(sha256.New, r.salt[:]), hmac.New(sha256.New, r.salt[:])
	requests := []*webhook.KeyRequest{&ref.Request}
	if ref.Token != nil {
		fmt.Fprintf(request, "%q %q ", ref.Token.URL, ref.Token.At)
		requests = append(requests, &ref.Token.Request)
	}
	for _, q := range requests {
		fmt.Fprintf(request, "%q", *q)
		for _, text := range textsOf(q) {
			for _, part := range text {
				if part.Kind != webhook.KeyCredential {
					continue
				}
				secret := credentials[part.Text].Reveal()
				if len(secret) == 0 {
					return a, fmt.Errorf("the source has no credential %q", part.Text)
				}
				fmt.Fprintf(values, "%q %q ", part.Text, secret)
			}
		}
	}
	request.Sum(a.request[:0])
	values.Sum(a.credentials[:0])
	return a, nil
}

func isPlain(q *webhook.KeyRequest) bool {
	return q.Method == http.MethodGet && len(q.Headers)+len(q.Basic)+len(q.JSON)+len(q.Form) == 0
}

func textsOf(q *webhook.KeyRequest) []webhook.KeyText {
	texts := []webhook.KeyText{q.Basic}
	for _, fields := range [][]webhook.KeyField{q.Headers, q.JSON, q.Form} {
		for _, f := range fields {
			texts = append(texts, f.Value)
		}
	}
	return texts
}

// wallet is what the texts of a request are filled from.
type wallet struct {
	credentials map[string]webhook.Secret
	token       string
}

func (w *wallet) fill(text webhook.KeyText) string {
	var b strings.Builder
	for _, part := range text {
		switch part.Kind {
		case webhook.KeyCredential:
			b.Write(w.credentials[part.Text].Reveal())
		case webhook.KeyTokenText:
			b.WriteString(w.token)
		default:
			b.WriteString(part.Text)
		}
	}
	return b.String()
}

// write makes the HTTP request.
func (w *wallet) write(ctx context.Context, target string, q *webhook.KeyRequest) (*http.Request, error) {
	body, contentType, err := w.body(q)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, q.Method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if len(q.Basic) > 0 {
		user, password, _ := strings.Cut(w.fill(q.Basic), ":")
		req.SetBasicAuth(user, password)
	}
	for _, h := range q.Headers {
		req.Header.Set(h.Name, w.fill(h.Value))
	}
	return req, nil
}

func (w *wallet) body(q *webhook.KeyRequest) (body []byte, contentType string, err error) {
	if len(q.JSON) > 0 {
		members := map[string]string{}
		for _, f := range q.JSON {
			members[f.Name] = w.fill(f.Value)
		}
		body, err = json.Marshal(members)
		return body, "application/json", err
	}
	if len(q.Form) > 0 {
		fields := url.Values{}
		for _, f := range q.Form {
			fields.Set(f.Name, w.fill(f.Value))
		}
		return []byte(fields.Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}
