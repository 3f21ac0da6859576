package host

import (
	"reflect"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// claiming is a claim in which nothing is built. Its values are a text and one
// that is absent.
func claiming(t *testing.T) *call {
	t.Helper()
	c := calling(t, webhook.HookClaim)
	c.claim = claimBuilder{}
	c.values = []value{{Value: webhook.Value{Text: "00", Found: true}}, {}}
	return c
}

// step is one call of a function.
type step struct {
	name      string
	arguments []any
}

func (c *call) takes(t *testing.T, steps ...step) {
	t.Helper()
	for _, s := range steps {
		if _, ended := c.asks(t, s.name, s.arguments...); ended != nil {
			t.Fatalf("%s%v: %v", s.name, s.arguments, ended)
		}
	}
}

func TestDefaultsOfAClaim(t *testing.T) {
	c := claiming(t)
	c.takes(t, step{"alternative", []any{""}}, step{"check", []any{"hmac-sha256"}}, step{"signature", []any{0, 1}},
		step{"time", []any{0}}, step{"time_unit", []any{1}})
	claim := c.claim.finish()
	if got, want := claim.AnyOf[0].AllOf[0].Key, (webhook.KeySelector{}); got != want {
		t.Errorf("key = %+v, want all secrets of the source as they are", got)
	}
	if claim.Time.Enforced || c.claim.complete() != nil {
		t.Errorf("time = %+v, %v, want it stated and not bounded", claim.Time, c.claim.complete())
	}

	bound, tolerance, off := step{"time_bound", []any{int64(1000), int64(2000)}}, step{"time_tolerance", []any{"5m"}}, step{"time_tolerance", []any{"off"}}
	for _, tt := range []struct {
		steps []step
		want  webhook.TimeClaim
	}{
		{[]step{bound, tolerance}, webhook.TimeClaim{Past: 5 * time.Minute, Future: 5 * time.Minute, Enforced: true}},
		{[]step{tolerance, bound}, webhook.TimeClaim{Past: time.Second, Future: 2 * time.Second, Enforced: true}},
		{[]step{bound, off}, webhook.TimeClaim{}},
		{[]step{off, bound}, webhook.TimeClaim{Past: time.Second, Future: 2 * time.Second, Enforced: true}},
	} {
		c := claiming(t)
		c.takes(t, tt.steps...)
		if got := c.claim.time; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("time after %v = %+v, want %+v", tt.steps, got, tt.want)
		}
	}
}

// What cannot count is no identifier, whatever text there was.
func TestFaultyIdentifier(t *testing.T) {
	c := claiming(t)
	c.req.Body = []byte(`{"a":"no GUID"}`)
	handle, ended := c.asks(t, "value", int(hostabi.FieldExpression), "json.a | uuid:N", -1)
	if ended != nil {
		t.Fatal(ended)
	}
	c.takes(t, step{"id", []any{int(handle)}})
	if got := c.claim.id; got.Found || got.Text != "" {
		t.Errorf("id = %+v, want none", got)
	}
	if got := c.value(handle).fault; got != webhook.FieldMalformed {
		t.Errorf("fault = %q, want %s", got, webhook.FieldMalformed)
	}
}

func TestFlagsOfAClaim(t *testing.T) {
	for _, two := range []step{
		{"part_digest", []any{"sha256", 1 | 4}},
		{"part_digest", []any{"sha256", 0}},
		{"condition_digest", []any{0, "sha256", 1 | 4, 0}},
	} {
		c := claiming(t)
		c.takes(t, step{"alternative", []any{"a"}}, step{"check", []any{"hmac-sha256"}})
		if _, ended := c.asks(t, two.name, two.arguments...); ended == nil || ended.(*abort).kind != webhook.GuestABI {
			t.Errorf("%s%v: %v, want an error of the kind abi", two.name, two.arguments, ended)
		}
	}
	c := claiming(t)
	for _, name := range []string{"a", "", "a", ""} {
		c.takes(t, step{"alternative", []any{name}}, step{"check", []any{"hmac-sha256"}}, step{"signature", []any{0, 1}})
	}
	c.takes(t, step{"alternative", []any{"b"}}, step{"check", []any{"hmac-sha256"}}, step{"signature", []any{1, 1}})
	if got := c.claim.finish(); len(got.AnyOf) != 4 || got.Refused != "" {
		t.Errorf("claim = %+v, want four alternatives, and the one without a signature left out", got)
	}
}

func TestUnsignedChallenge(t *testing.T) {
	challenge := func(unsigned int) step { return step{"challenge", []any{200, "text/plain", "hello", unsigned}} }
	alternative := []step{{"alternative", []any{""}}, {"check", []any{"hmac-sha256"}}, {"signature", []any{0, 1}}}
	for _, tt := range []struct {
		name   string
		steps  []step
		reason webhook.Reason
	}{
		{"unsigned", []step{challenge(1)}, ""},
		{"unsigned, in a claim whose condition fails", []step{challenge(1), {"condition_equals", []any{0, 1, 0}}}, ""},
		{"signed, without a signature", []step{challenge(0)}, webhook.SignatureMissing},
		{"unsigned, in a claim with an alternative", append(alternative, challenge(1)), webhook.SignatureMalformed},
		{"unsigned, in a claim whose alternative cannot hold", append(alternative[:2:2], challenge(1)), webhook.SignatureMissing},
	} {
		c := claiming(t)
		c.takes(t, tt.steps...)
		v := scheme.Check(c.claim.finish(), c.req, nil, []webhook.Algorithm{webhook.HMACSHA256}, time.Unix(0, 0))
		if v.Reason != tt.reason || (v.Outcome == webhook.Challenged) != (tt.reason == "") {
			t.Errorf("%s: %v %s (%s), want %q", tt.name, v.Outcome, v.Reason, v.Detail, tt.reason)
		}
	}
}
