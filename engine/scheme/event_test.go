package scheme_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A token is the same in every request: it must not make one event of two, and
// as a secret it has no place in a key.
func TestTokenIsNoIdentity(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "token", Signature: scheme.SignatureDef{Header: "X-Token", Encoding: scheme.List{"raw"}},
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
