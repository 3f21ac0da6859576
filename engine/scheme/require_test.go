package scheme_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func digestInURL() scheme.Definition {
	def := rawBody("X-Sig")
	def.Message = scheme.MessageDef{{Text: "{url}"}}
	def.Require = []scheme.RequireDef{{Value: "{query.sum}", Digest: "sha256", Of: "{body}", Encoding: "hex"}}
	return def
}

// A digest that a signed URL states covers the body, and Sign states it.
func TestDigestOfTheBody(t *testing.T) {
	s := compile(t, digestInURL(), scheme.EventDef{Type: "{json.type}"})
	secrets := []webhook.Secret{secret(t, "s", "key")}
	sum := sha256.Sum256([]byte(`{"type":"a"}`))
	for _, target := range []string{"/in", "/in?a=1", "/in?sum=" + hex.EncodeToString(sum[:])} {
		req := &webhook.Request{Scheme: "https", Host: "h", Target: target, Header: http.Header{}, Body: []byte(`{"type":"a"}`)}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatal(err)
		}
		v := scheme.Verify(s, req, secrets, now)
		if !v.Accepted() || v.Covers != webhook.CoversBody|webhook.CoversType {
			t.Errorf("%s: Verify = %+v, want accepted, covering body and type", req.Target, v)
		}
		c, refusal := s.Claim(req)
		if c == nil {
			t.Fatal(refusal)
		}
		if got := scheme.Check(c, req, secrets, s.Allowed(), now); got != v {
			t.Errorf("Check = %+v, want what Verify says: %+v", got, v)
		}
		req.Body = []byte(`{"type":"b"}`)
		if v := scheme.Verify(s, req, secrets, now); v.Reason != webhook.ConditionFailed {
			t.Errorf("another body: Verify = %+v, want condition_failed", v)
		}
	}
	stale := &webhook.Request{Scheme: "https", Host: "h", Target: "/in?sum=00", Header: http.Header{}}
	if err := scheme.Sign(s, stale, scheme.Message{Time: now}, secrets); err == nil || !strings.Contains(err.Error(), "condition_failed") {
		t.Errorf("Sign with another digest in the URL = %v, want condition_failed", err)
	}
}

// Where two bodies of one digest can be made, or nobody has signed the digest, or
// it may be left out, the body is not covered.
func TestDigestThatCoversNothing(t *testing.T) {
	for name, edit := range map[string]func(*scheme.Definition){
		"sha1":     func(d *scheme.Definition) { d.Require[0].Digest = "sha1" },
		"unsigned": func(d *scheme.Definition) { d.Require[0].Value = "{header.x-digest}" },
		"optional": func(d *scheme.Definition) { d.Require[0].Optional = true },
		"partial":  func(d *scheme.Definition) { d.Require[0].Of = "{path}" },
	} {
		def := digestInURL()
		edit(&def)
		if got := compile(t, def, scheme.EventDef{}).CoversAlways(); got.Has(webhook.CoversBody) {
			t.Errorf("%s: covers %s, want no body", name, got)
		}
	}
}

// A rule's digest of what is not there equals nothing.
func TestDigestOfNothing(t *testing.T) {
	empty := sha256.Sum256(nil)
	for name, part := range map[string]webhook.Part{
		"an absent value": {Kind: webhook.FromValue}, "an empty nested digest": {Kind: webhook.Nested},
	} {
		c, req := claimOver(t, webhook.Part{Kind: webhook.RawBody})
		c.Conditions = []webhook.Condition{{
			Kind: webhook.DigestEquals, Left: webhook.Value{Text: hex.EncodeToString(empty[:]), Found: true},
			Digest: &webhook.Digest{Algorithm: webhook.SHA256, Encoding: webhook.Hex, Parts: []webhook.Part{part}},
		}}
		if v := judge(t, c, req); v.Reason != webhook.ConditionFailed {
			t.Errorf("%s: Check = %+v, want condition_failed", name, v)
		}
	}
}

func TestDigestFaults(t *testing.T) {
	for want, r := range map[string]scheme.RequireDef{
		"no plain digest":       {Value: "{query.a}", Digest: "hmac-sha256", Of: "{body}", Encoding: "hex"},
		"unknown encoding":      {Value: "{query.a}", Digest: "sha256", Of: "{body}"},
		"must say what":         {Value: "{query.a}", Digest: "sha256", Encoding: "hex"},
		"never the secret":      {Value: "{query.a}", Digest: "sha256", Of: "{secret}", Encoding: "hex"},
		"go with digest":        {Value: "{query.a}", In: []string{"a"}, Of: "{body}"},
		"needs either":          {Value: "{query.a}", In: []string{"a"}, Digest: "sha256", Of: "{body}", Encoding: "hex"},
		"must be one value":     {Value: "a{query.a}", In: []string{"a"}},
		"or value and digest":   {Equals: []string{"{query.a}", "{query.b}"}, Value: "{query.c}"},
		"unknown value {boddy}": {Value: "{query.a}", Digest: "sha256", Of: "{boddy}", Encoding: "hex"},
	} {
		def := rawBody("X-Sig")
		def.Require = []scheme.RequireDef{r}
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%+v) = %v, want an error with %q", r, err, want)
		}
	}
}
