package scheme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A time that nobody signed does not drive a replay window.
func TestUnsignedTimeIsNoTolerance(t *testing.T) {
	def := rawBody("X-Sig")
	def.Time = &scheme.TimeDef{From: "{header.x-time}", Unit: scheme.List{"s"}, Tolerance: "5m"}
	if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Errorf("Compile = %v, want an error", err)
	}
	def.Time.Tolerance = "off"
	if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err != nil {
		t.Errorf("Compile without a tolerance = %v", err)
	}
	c, req := claimOver(t, webhook.Part{Kind: webhook.RawBody})
	c.Time = webhook.TimeClaim{
		Enforced: true, Past: time.Minute, Future: time.Minute, Units: []webhook.TimeUnit{webhook.UnixSeconds},
		Value: webhook.Value{Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: "X-Time"}, Text: "1767323045", Found: true},
	}
	if v := judge(t, c, req); v.Reason != webhook.ClaimUnkeyed {
		t.Errorf("Check = %+v, want claim_unkeyed", v)
	}
}

// A claim with an empty nested digest is refused, and a nested value that is
// absent is missing.
func TestNestedParts(t *testing.T) {
	c, req := claimOver(t, webhook.Part{Kind: webhook.Nested})
	if v := judge(t, c, req); v.Reason != webhook.ClaimUnkeyed {
		t.Errorf("Check of an empty nested digest = %+v, want claim_unkeyed", v)
	}
	c, req = claimOver(t, webhook.Part{Kind: webhook.Nested, Inner: &webhook.Digest{
		Algorithm: webhook.SHA256, Encoding: webhook.Hex, Parts: []webhook.Part{{Kind: webhook.FromValue}},
	}})
	if v := judge(t, c, req); v.Reason != webhook.FieldMissing {
		t.Errorf("Check of an absent nested value = %+v, want field_missing", v)
	}
}

// Sign refuses what Verify would.
func TestSignKeepsConditions(t *testing.T) {
	def := rawBody("X-Sig")
	def.Require = []scheme.RequireDef{{Equals: []string{"{json.event}", "{header.x-event}"}, Optional: true}}
	s := compile(t, def, scheme.EventDef{})
	req := &webhook.Request{Header: map[string][]string{"X-Event": {"a"}}, Body: []byte(`{"event":"b"}`)}
	err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{secret(t, "s", "key")})
	if err == nil || !strings.Contains(err.Error(), string(webhook.ConditionFailed)) {
		t.Errorf("Sign = %v, want condition_failed", err)
	}
}
