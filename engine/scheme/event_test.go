package scheme_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A token is the same in every request: it must not make one event of two, and
// as a secret it has no place in a key.
func TestTokenIsNoIdentity(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"X-Token"}, Encoding: scheme.List{"raw"}},
	}, scheme.EventDef{ID: "{header.x-id}", Dedup: "id"})
	identify := func(id, body string) string {
		req := &webhook.Request{Header: http.Header{"X-Token": {"key"}}, Body: []byte(body)}
		if id != "" {
			req.Header.Set("X-Id", id)
		}
		return s.Identify(req, webhook.Verdict{Outcome: webhook.Accept}, "").DedupKey
	}
	if got := identify("1", "a"); got != "id:1" {
		t.Errorf("key = %q, want id:1", got)
	}
	if a, b := identify("", "a"), identify("", "b"); a == b || !strings.HasPrefix(a, "body:") {
		t.Errorf("keys of two bodies without an id = %q and %q, want two digests", a, b)
	}
	c := &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{{
		Algorithm: webhook.Token, Signatures: []webhook.Signature{{Text: "key"}},
	}}}}}
	req := &webhook.Request{Body: []byte("a")}
	if got := s.IdentifyClaim(c, req, webhook.Verdict{Outcome: webhook.Accept}, "").DedupKey; got != identify("", "a") {
		t.Errorf("key of a claim by token = %q, want that of the body", got)
	}
}

// A replay has the key of what was signed, however its signature is written; the
// same body signed anew has another.
func TestDedupSignature(t *testing.T) {
	def := stripeLike()
	s := compile(t, def, scheme.EventDef{Dedup: scheme.DedupSignature})
	secrets := []webhook.Secret{secret(t, "s", "key")}
	keyOf := func(at time.Time, change func(string) string) string {
		t.Helper()
		req := &webhook.Request{Header: http.Header{}, Body: []byte("body")}
		if err := scheme.Sign(s, req, scheme.Message{Time: at}, secrets); err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Sig", change(req.Header.Get("X-Sig")))
		v := scheme.Verify(s, req, secrets, now)
		if !v.Accepted() {
			t.Fatalf("Verify = %s %s", v.Reason, v.Detail)
		}
		return s.Identify(req, v, "").DedupKey
	}
	same := func(text string) string { return text }
	first := keyOf(now, same)
	for name, change := range map[string]func(string) string{
		"in capitals": func(text string) string {
			return strings.Replace(text, text[len(text)-64:], strings.ToUpper(text[len(text)-64:]), 1)
		},
		"with another":     func(text string) string { return text + ",v1=" + strings.Repeat("0", 64) },
		"with white space": func(text string) string { return strings.Replace(text, ",", ", ", 1) },
	} {
		if got := keyOf(now, change); got != first {
			t.Errorf("key of the signature %s = %s, want %s", name, got, first)
		}
	}
	if keyOf(now.Add(time.Second), same) == first {
		t.Error("the same body signed a second later has the same key")
	}
}
