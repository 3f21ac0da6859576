package scheme_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func slackLike() scheme.Definition {
	def := stripeLike()
	def.Handshakes = []scheme.HandshakeDef{
		{Value: "{json.type}", In: []string{"verify"}, Echo: "{json.challenge}"},
		{Value: "{json.type}", In: []string{"ping"}, Unless: scheme.List{"{json.event}"}, Type: "application/json", Body: "{}", Status: 202},
	}
	return def
}

func TestHandshakes(t *testing.T) {
	s := compile(t, slackLike(), scheme.EventDef{Type: "{json.type}"})
	secrets := []webhook.Secret{secret(t, "s", "key")}
	for _, tt := range []struct {
		body   string
		want   webhook.Outcome
		reason webhook.Reason
		reply  string
	}{
		{`{"type":"verify","challenge":"abc"}`, webhook.Challenged, "", "200 text/plain; charset=utf-8 abc"},
		{`{"type":"verify","challenge":""}`, webhook.Reject, webhook.FieldMalformed, ""},
		{`{"type":"verify"}`, webhook.Reject, webhook.FieldMissing, ""},
		{`{"type":"verify","challenge":"a b"}`, webhook.Reject, webhook.FieldMalformed, ""},
		{`{"type":"verify","challenge":"` + strings.Repeat("a", 257) + `"}`, webhook.Reject, webhook.FieldMalformed, ""},
		{`{"type":"verify","challenge":"a","type":"x"}`, webhook.Reject, webhook.BodyAmbiguous, ""},
		{`{"type":"\u0076erify","challenge":"abc"}`, webhook.Challenged, "", "200 text/plain; charset=utf-8 abc"},
		{`{"type":"ping"}`, webhook.Challenged, "", "202 application/json {}"},
		{`{"type":"ping","event":"e"}`, webhook.Accept, "", ""},
		{`{"type":"ping","event":{}}`, webhook.Accept, "", ""},
		{`{"type":"other"}`, webhook.Accept, "", ""},
		{`{"type":["verify"]}`, webhook.Accept, "", ""},
		{`type=verify`, webhook.Accept, "", ""},
		{`{"type":"verify","challenge":"abc"}` + strings.Repeat(" ", 8157), webhook.Challenged, "", "200 text/plain; charset=utf-8 abc"},
		{`{"type":"verify","challenge":"abc"}` + strings.Repeat(" ", 8158), webhook.Accept, "", ""},
	} {
		req := signed(t, s, tt.body)
		v := scheme.Verify(s, req, secrets, now)
		if v.Outcome != tt.want || v.Reason != tt.reason || replyText(v.Reply) != tt.reply {
			t.Errorf("%s: %s %q %q, want %s %q %q", tt.body, v.Outcome, v.Reason, replyText(v.Reply), tt.want, tt.reason, tt.reply)
		}
		if c, _ := s.Claim(req); c != nil {
			if got := scheme.Check(c, req, secrets, s.Allowed(), now); got.Outcome != tt.want || replyText(got.Reply) != tt.reply {
				t.Errorf("%s: Check = %s %q, want what Verify says", tt.body, got.Outcome, replyText(got.Reply))
			}
		}
	}
}

func replyText(c *webhook.Challenge) string {
	if c == nil {
		return ""
	}
	return strings.Join([]string{strconv.Itoa(c.Status), c.ContentType, string(c.Body)}, " ")
}

// A challenge is answered when its signature holds in time, and not before.
func TestHandshakeNeedsTheSignature(t *testing.T) {
	s := compile(t, slackLike(), scheme.EventDef{})
	req := signed(t, s, `{"type":"verify","challenge":"abc"}`)
	for name, v := range map[string]webhook.Verdict{
		"wrong secret": scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "other")}, now),
		"too old":      scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "key")}, now.Add(6*time.Minute)),
		"no signature": scheme.Verify(s, &webhook.Request{Body: req.Body}, []webhook.Secret{secret(t, "s", "key")}, now),
	} {
		if v.Outcome != webhook.Reject || v.Reply != nil {
			t.Errorf("%s: Verify = %+v, want a refusal without a reply", name, v)
		}
	}
}

// The reply is the caller's own.
func TestHandshakeReplyIsACopy(t *testing.T) {
	s := compile(t, slackLike(), scheme.EventDef{})
	req, secrets := signed(t, s, `{"type":"ping"}`), []webhook.Secret{secret(t, "s", "key")}
	scheme.Verify(s, req, secrets, now).Reply.Body[0] = 'x'
	if got := string(scheme.Verify(s, req, secrets, now).Reply.Body); got != "{}" {
		t.Errorf("reply = %q, want {}", got)
	}
}

func TestHandshakeFaults(t *testing.T) {
	is := scheme.HandshakeDef{Value: "{json.type}", In: []string{"ping"}}
	for want, edit := range map[string]func(*scheme.HandshakeDef){
		"needs value and in":             func(h *scheme.HandshakeDef) { h.In = nil },
		"want 200 to 299":                func(h *scheme.HandshakeDef) { h.Status = 302 },
		"not both":                       func(h *scheme.HandshakeDef) { h.Echo, h.Body, h.Type = "{json.a}", "b", "text/plain" },
		"is answered as text/plain":      func(h *scheme.HandshakeDef) { h.Echo, h.Type = "{json.a}", "text/html" },
		"needs its type":                 func(h *scheme.HandshakeDef) { h.Body = "b" },
		"other than 204":                 func(h *scheme.HandshakeDef) { h.Body, h.Type, h.Status = "b", "text/plain", 204 },
		"takes single values":            func(h *scheme.HandshakeDef) { h.Echo = "{body}" },
		"must be one value":              func(h *scheme.HandshakeDef) { h.Value = "a{json.a}" },
		"is not covered by the sig":      func(h *scheme.HandshakeDef) { h.Value = "{header.x-event}" },
		"{query.hub} is not covered":     func(h *scheme.HandshakeDef) { h.Present = scheme.List{"{query.hub}"} },
		"{header.x-real} is not covered": func(h *scheme.HandshakeDef) { h.Unless = scheme.List{"{header.x-real}"} },
	} {
		def, h := stripeLike(), is
		edit(&h)
		def.Handshakes = []scheme.HandshakeDef{h}
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%+v) = %v, want an error with %q", h, err, want)
		}
	}
	token := scheme.Definition{Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"X-Token"}, Encoding: scheme.List{"raw"}}, Handshakes: []scheme.HandshakeDef{is}}
	rule := scheme.Definition{Rule: "rule.js", Algorithms: scheme.List{"hmac-sha256"}, Handshakes: []scheme.HandshakeDef{is}}
	for want, def := range map[string]scheme.Definition{"is not covered": token, "the rule's to answer": rule} {
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile = %v, want an error with %q", err, want)
		}
	}
}

// A value with characters that JSON writes in several ways is found in each.
func TestHandshakeByEscapedValue(t *testing.T) {
	def := stripeLike()
	def.Handshakes = []scheme.HandshakeDef{{Value: "{json.type}", In: []string{"a/b"}}}
	s := compile(t, def, scheme.EventDef{})
	for _, body := range []string{`{"type":"a/b"}`, `{"type":"a\/b"}`, `{"type":"a\u002fb"}`} {
		if v := scheme.Verify(s, signed(t, s, body), []webhook.Secret{secret(t, "s", "key")}, now); v.Outcome != webhook.Challenged {
			t.Errorf("%s: %s, want a challenge", body, v.Outcome)
		}
	}
}

// No body makes a challenge that is given back with more than its plain letters.
func FuzzHandshake(f *testing.F) {
	for _, seed := range []string{`{"type":"verify","challenge":"abc"}`, `{"type":"verify","challenge":"\u003cb>"}`, `{"type":"ping"}`, `[]`, ""} {
		f.Add(seed)
	}
	s := compile(f, slackLike(), scheme.EventDef{})
	secrets := []webhook.Secret{secret(f, "s", "key")}
	f.Fuzz(func(t *testing.T, body string) {
		v := scheme.Verify(s, signed(t, s, body), secrets, now)
		if (v.Outcome == webhook.Challenged) != (v.Reply != nil) {
			t.Fatalf("%q: %+v", body, v)
		}
		if v.Reply == nil || v.Reply.ContentType == "application/json" {
			return
		}
		if text := string(v.Reply.Body); text == "" || len(text) > 256 || strings.ContainsFunc(text, func(c rune) bool { return c > '~' || c <= ' ' || strings.ContainsRune("<>&\"'%/", c) }) {
			t.Errorf("%q is answered with %q", body, text)
		}
	})
}
