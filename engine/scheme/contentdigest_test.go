package scheme_test

import (
	"net/http"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The digests are those of RFC 9530, appendix A and D, of {"hello": "world"} and a
// line break.
func TestDigestHeaders(t *testing.T) {
	const (
		body   = "{\"hello\": \"world\"}\n"
		sha256 = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="
		other  = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	)
	for _, tt := range []struct {
		pipe, header string
		want         webhook.Reason
	}{
		{"content-digest:sha-256", "sha-256=:" + sha256 + ":", ""},
		{"content-digest:sha-256", "sha-512=:AA==:,sha-256=:" + sha256 + ":", ""},
		{"content-digest:sha-256", "sha-256=:" + other + ":", webhook.ConditionFailed},
		{"content-digest:sha-256", "sha-256=:" + sha256 + ":, sha-256=:" + other + ":", webhook.FieldMalformed},
		{"content-digest:sha-256", "SHA-256=:" + sha256 + ":", webhook.FieldMalformed},
		{"content-digest:sha-256", "sha-256=" + sha256, webhook.FieldMalformed},
		{"content-digest:sha-256", "sha-512=:AA==:", webhook.FieldMalformed},
		{"content-digest:sha-256", "", webhook.FieldMalformed},
		{"digest:sha-256", "sha-256=" + sha256, ""},
		{"digest:sha-256", "UNIXsum=30637, SHA-256=" + sha256, ""},
		{"digest:sha-256", "sha-256=" + other, webhook.ConditionFailed},
		{"digest:sha-256", "sha-256=" + sha256 + ",SHA-256=" + other, webhook.FieldMalformed},
		{"digest:sha-256", "sha-256", webhook.FieldMalformed},
		{"digest:sha-256", "sha-512=AA==", webhook.FieldMalformed},
		{"digest:sha-256", "", webhook.FieldMalformed},
	} {
		def := rawBody("X-Sig")
		def.Message = scheme.MessageDef{{Text: "{header.X-Digest}"}}
		def.Require = []scheme.RequireDef{{Value: "{header.X-Digest | " + tt.pipe + "}", Digest: "sha256", Of: "{body}", Encoding: "base64"}}
		s := compile(t, def, scheme.EventDef{})
		unchecked := def
		unchecked.Require = nil
		req := &webhook.Request{Header: http.Header{"X-Digest": {tt.header}}, Body: []byte(body)}
		secrets := []webhook.Secret{secret(t, "s", "key")}
		if err := scheme.Sign(compile(t, unchecked, scheme.EventDef{}), req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatal(err)
		}
		v := scheme.Verify(s, req, secrets, now)
		if v.Reason != tt.want || v.Accepted() != (tt.want == "") {
			t.Errorf("%s of %q: Verify = %s %s %s, want %q", tt.pipe, tt.header, v.Outcome, v.Reason, v.Detail, tt.want)
		}
		if v.Accepted() && v.Covers != webhook.CoversBody {
			t.Errorf("%s of %q covers %s, want the body", tt.pipe, tt.header, v.Covers)
		}
		fresh := &webhook.Request{Body: []byte(body)}
		if err := scheme.Sign(s, fresh, scheme.Message{Time: now}, secrets); err != nil {
			t.Errorf("%s: Sign = %v", tt.pipe, err)
		} else if v := scheme.Verify(s, fresh, secrets, now); !v.Accepted() {
			t.Errorf("%s: Verify what was signed = %s %s", tt.pipe, v.Reason, v.Detail)
		}
	}
}

func TestHTTPDate(t *testing.T) {
	def := rawBody("X-Sig")
	def.Message = scheme.MessageDef{{Text: "{header.Date}{body}"}}
	def.Time = &scheme.TimeDef{From: "{header.Date}", Unit: scheme.List{"http-date"}, Tolerance: "5m"}
	s := compile(t, def, scheme.EventDef{})
	untimed := def
	untimed.Time = nil
	u := compile(t, untimed, scheme.EventDef{})
	for text, want := range map[string]webhook.Reason{
		"Fri, 02 Jan 2026 03:04:05 GMT":   "",
		"Fri, 02 Jan 2026 03:09:06 GMT":   webhook.TimestampInFuture,
		"Fri, 02 Jan 2026 02:59:04 GMT":   webhook.TimestampTooOld,
		"Sat, 02 Jan 2026 03:04:05 GMT":   webhook.TimestampMalformed, // it was a Friday
		"fri, 02 jan 2026 03:04:05 GMT":   webhook.TimestampMalformed,
		"Fri, 2 Jan 2026 03:04:05 GMT":    webhook.TimestampMalformed,
		"Fri, 02 Jan 2026 03:04:05 UTC":   webhook.TimestampMalformed,
		"Friday, 02-Jan-26 03:04:05 GMT":  webhook.TimestampMalformed,
		"Fri Jan  2 03:04:05 2026":        webhook.TimestampMalformed,
		"Fri, 02 Jan 2026 03:04:05 GMT ":  webhook.TimestampMalformed,
		"Fri, 02 Jan 2026 03:04:05.0 GMT": webhook.TimestampMalformed,
		"2026-01-02T03:04:05Z":            webhook.TimestampMalformed,
	} {
		req := &webhook.Request{Header: http.Header{"Date": {text}}, Body: []byte("x")}
		secrets := []webhook.Secret{secret(t, "s", "key")}
		if err := scheme.Sign(u, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatal(err)
		}
		if v := scheme.Verify(s, req, secrets, now); v.Reason != want {
			t.Errorf("%q: Verify = %s %s, want %q", text, v.Outcome, v.Reason, want)
		}
	}
}
