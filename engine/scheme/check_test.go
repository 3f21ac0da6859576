package scheme_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

var hmacOnly = []webhook.Algorithm{webhook.HMACSHA256, webhook.SHA256}

// claimOver is a claim over parts with a signature that is right for "body"
// under the key "key" when the only part is the raw body.
func claimOver(t *testing.T, parts ...webhook.Part) (*webhook.Claim, *webhook.Request) {
	t.Helper()
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	req := signed(t, s, `{"event":"a","n":{"event":"b"}}`)
	return &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{{
		Algorithm:  webhook.HMACSHA256,
		Message:    parts,
		Signatures: []webhook.Signature{{Text: req.Header.Get("X-Sig")[len("sha256="):], Encodings: []webhook.Encoding{webhook.Hex}}},
	}}}}}, req
}

func judge(t *testing.T, c *webhook.Claim, req *webhook.Request) webhook.Verdict {
	t.Helper()
	return scheme.Check(c, req, []webhook.Secret{secret(t, "s", "key")}, hmacOnly, now)
}

func TestCheckAccepts(t *testing.T) {
	c, req := claimOver(t, webhook.Part{Kind: webhook.RawBody})
	c.ID = webhook.Value{Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: "X-Id"}, Text: "1", Found: true}
	c.Type = webhook.Value{Origin: webhook.Origin{Kind: webhook.JSONOrigin, Name: "event"}, Text: "a", Found: true}
	v := judge(t, c, req)
	if !v.Accepted() || v.Covers != webhook.CoversBody|webhook.CoversType {
		t.Errorf("Check = %+v, want accepted, covering body and type but not the unsigned id", v)
	}
}

// What a rule writes cannot prove anything by itself.
func TestCheckRefuses(t *testing.T) {
	body := webhook.Part{Kind: webhook.RawBody}
	tests := []struct {
		name string
		edit func(*webhook.Claim)
		want webhook.Reason
	}{
		{"no alternative", func(c *webhook.Claim) { c.AnyOf = nil }, webhook.SignatureMissing},
		{"an alternative without checks", func(c *webhook.Claim) { c.AnyOf[0].AllOf = nil }, webhook.SignatureMissing},
		{"no signature", func(c *webhook.Claim) { c.AnyOf[0].AllOf[0].Signatures = nil }, webhook.SignatureMissing},
		{"a plain digest of the body", func(c *webhook.Claim) { c.AnyOf[0].AllOf[0].Algorithm = webhook.SHA256 }, webhook.ClaimUnkeyed},
		{"a digest whose nested part has no secret", func(c *webhook.Claim) {
			c.AnyOf[0].AllOf[0].Algorithm = webhook.SHA256
			c.AnyOf[0].AllOf[0].Message = []webhook.Part{{Kind: webhook.Nested, Inner: &webhook.Digest{Algorithm: webhook.SHA256, Encoding: webhook.Hex, Parts: []webhook.Part{body}}}}
		}, webhook.ClaimUnkeyed},
		{"a key behind a URL that nothing fetched", func(c *webhook.Claim) {
			c.AnyOf[0].AllOf[0].Key = webhook.KeySelector{From: webhook.Referenced, URL: "https://example.com"}
		}, webhook.ClaimUnkeyed},
		{"an algorithm that is not listed", func(c *webhook.Claim) { c.AnyOf[0].AllOf[0].Algorithm = webhook.HMACMD5 }, webhook.AlgorithmNotAllowed},
		{"a token that is not listed", func(c *webhook.Claim) { c.AnyOf[0].AllOf[0].Algorithm = webhook.Token }, webhook.AlgorithmNotAllowed},
		{"a second check that fails", func(c *webhook.Claim) {
			wrong := c.AnyOf[0].AllOf[0]
			wrong.Message = []webhook.Part{{Kind: webhook.Literal, Text: "else"}}
			c.AnyOf[0].AllOf = append(c.AnyOf[0].AllOf, wrong)
		}, webhook.SignatureMismatch},
		{"an absent value", func(c *webhook.Claim) {
			c.AnyOf[0].AllOf[0].Message = []webhook.Part{{Kind: webhook.FromValue, Value: webhook.Value{Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: "X"}}}}
		}, webhook.FieldMissing},
		{"a condition that fails", func(c *webhook.Claim) {
			c.Conditions = []webhook.Condition{{Kind: webhook.InSet, Left: webhook.Value{Text: "x", Found: true}, Set: []string{"y"}}}
		}, webhook.ConditionFailed},
		{"a condition on nothing", func(c *webhook.Claim) { c.Conditions = []webhook.Condition{{Kind: webhook.Equals}} }, webhook.FieldMissing},
		{"a digest condition with the secret", func(c *webhook.Claim) {
			c.Conditions = []webhook.Condition{{Kind: webhook.DigestEquals, Left: webhook.Value{Text: "00", Found: true}, Digest: &webhook.Digest{
				Algorithm: webhook.SHA256, Encoding: webhook.Hex, Parts: []webhook.Part{{Kind: webhook.SecretText}},
			}}}
		}, webhook.ConditionFailed},
		{"not yet", func(c *webhook.Claim) {
			c.Conditions = []webhook.Condition{{Kind: webhook.NotBefore, Unit: webhook.RFC3339, Left: webhook.Value{Text: "2026-01-02T03:04:06Z", Found: true}}}
		}, webhook.ConditionFailed},
		{"not yet, beyond the leeway", func(c *webhook.Claim) {
			c.Conditions = []webhook.Condition{{Kind: webhook.NotBefore, Unit: webhook.RFC3339, Leeway: time.Minute - time.Second, Left: webhook.Value{Text: now.Add(time.Minute).Format(time.RFC3339), Found: true}}}
		}, webhook.ConditionFailed},
		{"no longer, beyond the leeway", func(c *webhook.Claim) {
			c.Conditions = []webhook.Condition{{Kind: webhook.NotAfter, Unit: webhook.RFC3339, Leeway: time.Minute - time.Second, Left: webhook.Value{Text: now.Add(-time.Minute).Format(time.RFC3339), Found: true}}}
		}, webhook.ConditionFailed},
		{"an enforced time that is absent", func(c *webhook.Claim) {
			c.Time = webhook.TimeClaim{Enforced: true, Past: time.Minute, Future: time.Minute, Units: []webhook.TimeUnit{webhook.UnixSeconds}}
		}, webhook.TimestampMissing},
		{"a signed challenge under a wrong signature", func(c *webhook.Claim) {
			c.AnyOf[0].AllOf[0].Message = nil
			c.Challenge = &webhook.Challenge{Status: 200, Unsigned: true}
		}, webhook.SignatureMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, req := claimOver(t, body)
			tt.edit(c)
			if v := judge(t, c, req); v.Accepted() || v.Outcome == webhook.Challenged || v.Reason != tt.want {
				t.Errorf("Check = %s %q (%s), want reject %q", v.Outcome, v.Reason, v.Detail, tt.want)
			}
		})
	}
}

// A rule that reads a value from a body that says it twice is refused, even
// though the bytes are authentic.
func TestCheckRefusesAmbiguousJSON(t *testing.T) {
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	req := signed(t, s, `{"event":"a","event":"b"}`)
	c := &webhook.Claim{AnyOf: []webhook.Alternative{{AllOf: []webhook.Check{{
		Algorithm: webhook.HMACSHA256, Message: []webhook.Part{{Kind: webhook.RawBody}},
		Signatures: []webhook.Signature{{Text: req.Header.Get("X-Sig")[len("sha256="):], Encodings: []webhook.Encoding{webhook.Hex}}},
	}}}}}
	c.Conditions = []webhook.Condition{{Kind: webhook.InSet, Set: []string{"b"}, Left: webhook.Value{
		Origin: webhook.Origin{Kind: webhook.JSONOrigin, Name: "event"}, Text: "b", Found: true,
	}}}
	if v := judge(t, c, req); v.Reason != webhook.BodyAmbiguous {
		t.Errorf("Check = %+v, want body_ambiguous", v)
	}
}

// The claim that a data scheme states is judged like the scheme itself.
func TestClaimOfAScheme(t *testing.T) {
	s := compile(t, stripeLike(), scheme.EventDef{Type: "{json.type}"})
	req := signed(t, s, `{"type":"a.b"}`)
	c, refusal := s.Claim(req)
	if c == nil {
		t.Fatal(refusal)
	}
	secrets := []webhook.Secret{secret(t, "s", "key")}
	got, want := scheme.Check(c, req, secrets, s.Allowed(), now), scheme.Verify(s, req, secrets, now)
	if got != want || !got.Accepted() {
		t.Errorf("Check = %+v, Verify = %+v, want the same acceptance", got, want)
	}
	req.Header = http.Header{}
	if _, refusal := s.Claim(req); refusal.Reason != webhook.SignatureMissing {
		t.Errorf("Claim without a signature = %+v", refusal)
	}
}

// The clocks of two hosts may differ by the leeway of a condition.
func TestLeeway(t *testing.T) {
	for kind, at := range map[webhook.ConditionKind]time.Time{webhook.NotBefore: now.Add(time.Minute), webhook.NotAfter: now.Add(-time.Minute)} {
		c, req := claimOver(t, webhook.Part{Kind: webhook.RawBody})
		c.Conditions = []webhook.Condition{{
			Kind: kind, Unit: webhook.RFC3339, Leeway: time.Minute, Left: webhook.Value{Text: at.Format(time.RFC3339), Found: true},
		}}
		if v := judge(t, c, req); !v.Accepted() {
			t.Errorf("Check of a condition of kind %d at %s = %s %q (%s), want accept", kind, at, v.Outcome, v.Reason, v.Detail)
		}
	}
}
