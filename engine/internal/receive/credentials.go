package receive

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Credentials are what a source demands beside the signature. The zero value
// demands nothing; every one that is given must hold.
type Credentials struct {
	// Basic is "user:password" (RFC 7617).
	Basic []webhook.Secret
	// Bearer is a token (RFC 6750).
	Bearer []webhook.Secret
	// Header names a header whose value is one of HeaderTokens.
	Header       string
	HeaderTokens []webhook.Secret
}

func (c *Credentials) judge(h http.Header, now time.Time) webhook.Verdict {
	if len(c.Basic) > 0 {
		sent, ok := authorization(h, "Basic")
		if !ok {
			return webhook.Rejected(webhook.CredentialsMissing, "basic")
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(sent)
		if err != nil || !oneOf(c.Basic, raw, now) {
			return webhook.Rejected(webhook.CredentialsMismatch, "basic")
		}
	}
	if len(c.Bearer) > 0 {
		sent, ok := authorization(h, "Bearer")
		if !ok {
			return webhook.Rejected(webhook.CredentialsMissing, "bearer")
		}
		if !oneOf(c.Bearer, []byte(sent), now) {
			return webhook.Rejected(webhook.CredentialsMismatch, "bearer")
		}
	}
	if c.Header == "" {
		return webhook.Verdict{}
	}
	switch values := h[http.CanonicalHeaderKey(c.Header)]; {
	case len(values) == 0:
		return webhook.Rejected(webhook.CredentialsMissing, "header")
	case len(values) > 1 || !oneOf(c.HeaderTokens, []byte(values[0]), now):
		return webhook.Rejected(webhook.CredentialsMismatch, "header")
	}
	return webhook.Verdict{}
}

func authorization(h http.Header, kind string) (string, bool) {
	values := h["Authorization"]
	if len(values) != 1 {
		return "", false
	}
	scheme, credential, ok := strings.Cut(values[0], " ")
	return strings.TrimSpace(credential), ok && strings.EqualFold(scheme, kind)
}

// oneOf compares digests, so that the time tells not even the length. A secret
// that has ended or not begun does not count.
func oneOf(secrets []webhook.Secret, sent []byte, now time.Time) bool {
	got := sha256.Sum256(sent)
	match := 0
	for _, s := range secrets {
		if !s.Counts(now) {
			continue
		}
		want := sha256.Sum256(s.Reveal())
		match |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	return match == 1
}

// redacted stands for a header value that carries a credential.
const redacted = "[redacted]"

// redact returns the headers as they may be stored and shown: h itself, or a copy
// in which every value that is a credential itself is replaced.
func (s *Source) redact(h http.Header, j catalog.Judgement) http.Header {
	names := []string{"Authorization", "Proxy-Authorization", "Cookie"}
	if s.Credentials.Header != "" {
		names = append(names, http.CanonicalHeaderKey(s.Credentials.Header))
	}
	if s.Pack != nil {
		names = append(names, s.Pack.SecretHeaders(j, h)...)
	}
	if !slices.ContainsFunc(names, func(name string) bool { return len(h[name]) > 0 }) {
		return h
	}
	out := h.Clone()
	for _, name := range names {
		for i := range out[name] {
			out[name][i] = redacted
		}
	}
	return out
}
