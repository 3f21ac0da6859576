package host_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The guest every calls every constructor once.
func TestEveryConstructor(t *testing.T) {
	g := load(t, bad(t, "every"))
	req := request(`{"id":"e1","type":"invoice.paid"}`, map[string][]string{"X-Sig": {"t=1700000000,v1=ab,v1=cd"}})
	got, err := g.Claim(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	header := webhook.Origin{Kind: webhook.HeaderOrigin, Name: "X-Sig"}
	stated := webhook.Value{
		Origin: webhook.Origin{Kind: webhook.SignatureOrigin, Name: "X-Sig\tmember \",\" \"t\" 0"},
		Text:   "1700000000", Found: true,
	}
	want := &webhook.Claim{
		AnyOf: []webhook.Alternative{{Name: "first", AllOf: []webhook.Check{
			{
				Algorithm: webhook.HMACSHA512,
				Key: webhook.KeySelector{
					From: webhook.HintedSecrets, Prepare: "hex",
					ID: webhook.Value{Origin: webhook.Origin{Kind: webhook.QueryOrigin, Name: "key"}, Text: "k7", Found: true},
				},
				Message: []webhook.Part{
					{Kind: webhook.Literal, Text: "v1:"},
					{Kind: webhook.FromValue, Value: stated},
					{Kind: webhook.RawBody},
					{Kind: webhook.Nested, Inner: &webhook.Digest{
						Algorithm: webhook.SHA256, Encoding: webhook.HexUpper,
						Parts: []webhook.Part{{Kind: webhook.SecretText}, {Kind: webhook.ECMAScriptBody}},
					}},
				},
				Signatures: []webhook.Signature{{Text: "ab", Encodings: []webhook.Encoding{webhook.Hex, webhook.Base64URL}, Origin: header}},
			},
			{
				Algorithm:  webhook.Ed25519,
				Key:        webhook.KeySelector{From: webhook.Referenced, URL: "https://keys.example/1", Certificate: true},
				Signatures: []webhook.Signature{{Text: "cd", Encodings: []webhook.Encoding{webhook.RawText}, Origin: header}},
			},
		}}},
		Conditions: []webhook.Condition{
			{Kind: webhook.Equals, Left: stated, Right: webhook.Value{Text: "1700000000", Found: true}, Optional: true},
			{
				Kind: webhook.InSet, Set: []string{"POST", "PUT"},
				Left: webhook.Value{Origin: webhook.Origin{Kind: webhook.MethodOrigin}, Text: "POST", Found: true},
			},
			{
				Kind: webhook.DigestEquals, Optional: true,
				Left:   webhook.Value{Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: "Digest"}},
				Digest: &webhook.Digest{Algorithm: webhook.SHA256, Encoding: webhook.Base64, Parts: []webhook.Part{{Kind: webhook.RawBody}}},
			},
			{Kind: webhook.NotAfter, Left: stated, Unit: webhook.UnixMilliseconds, Leeway: time.Minute},
		},
		Time: webhook.TimeClaim{
			Value: stated, Units: []webhook.TimeUnit{webhook.UnixSeconds, webhook.DotNetInvariant},
			Past: 5 * time.Minute, Future: 1500 * time.Millisecond, Enforced: true,
		},
		ID: webhook.Value{Origin: webhook.Origin{Kind: webhook.JSONOrigin, Name: "id"}, Text: "e1", Found: true},
		Type: webhook.Value{
			Origin: webhook.Origin{Kind: webhook.JSONOrigin, Name: "type\tsplit \".\" 0"}, Text: "invoice", Found: true,
		},
		Challenge: &webhook.Challenge{Status: 200, ContentType: "text/plain", Body: []byte("token"), Unsigned: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Claim =\n%+v\nwant\n%+v", got, want)
	}
}

// A request that cannot be what the guest describes is refused with the reason,
// and nothing else of the claim is left to hold.
func TestRefusedClaim(t *testing.T) {
	g := load(t, bad(t, "every"))
	tests := map[string]struct {
		header map[string][]string
		body   string
		want   webhook.Reason
	}{
		"no signature":        {nil, "{}", webhook.SignatureMissing},
		"signature twice":     {map[string][]string{"X-Sig": {"t=1,v1=ab", "t=1,v1=ab"}}, "{}", webhook.SignatureAmbiguous},
		"one of two missing":  {map[string][]string{"X-Sig": {"t=1,v1=ab"}}, "{}", webhook.SignatureMissing},
		"prefix is not there": {map[string][]string{"X-Sig": {"t=1,v2=ab,v1=cd,v1=ef"}}, "{}", webhook.SignatureMalformed},
		"empty signature":     {map[string][]string{"X-Sig": {"t=1,v1=,v1=ef,v1=gh"}}, "{}", webhook.SignatureMalformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := g.Claim(t.Context(), request(tt.body, tt.header), nil)
			if want := (&webhook.Claim{Refused: tt.want}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Claim = %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func hexMAC(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestChaindocRule(t *testing.T) {
	g := load(t, shipped(t, "chaindoc-rule"))
	const secret = "a-test-secret"
	key, err := webhook.NewSecret("test", []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	const compact, spaced = `{"event":"document.signed","n":1}`, `{ "event": "document.signed", "n": 1.0 }`
	const sig, ev = "X-Webhook-Signature", "X-Webhook-Event"
	tests := map[string]struct {
		body   string
		header map[string][]string
		want   webhook.Verdict
	}{
		"raw body": {
			compact,
			map[string][]string{sig: {hexMAC(secret, compact)}, ev: {"document.signed"}},
			webhook.Verdict{Outcome: webhook.Accept, Candidate: "raw"},
		},
		"restringified body": {
			spaced,
			map[string][]string{sig: {hexMAC(secret, compact)}},
			webhook.Verdict{Outcome: webhook.Accept, Candidate: "stringified"},
		},
		"forged":        {compact, map[string][]string{sig: {hexMAC("other", compact)}}, webhook.Rejected(webhook.SignatureMismatch, "")},
		"no signature":  {compact, nil, webhook.Rejected(webhook.SignatureMissing, "")},
		"not hex":       {compact, map[string][]string{sig: {"test_signature"}}, webhook.Rejected(webhook.SignatureMalformed, "")},
		"twice":         {compact, map[string][]string{sig: {hexMAC(secret, compact), "00"}}, webhook.Rejected(webhook.SignatureAmbiguous, "")},
		"another event": {compact, map[string][]string{sig: {hexMAC(secret, compact)}, ev: {"document.created"}}, webhook.Rejected(webhook.ConditionFailed, "")},
		"event twice": {
			compact,
			map[string][]string{sig: {hexMAC(secret, compact)}, ev: {"document.signed", "document.signed"}},
			webhook.Rejected(webhook.FieldAmbiguous, ""),
		},
		"forged, and the event twice": {
			compact,
			map[string][]string{sig: {hexMAC("other", compact)}, ev: {"document.signed", "document.signed"}},
			webhook.Rejected(webhook.SignatureMismatch, ""),
		},
		"duplicate names": {
			`{"event":"a","event":"b"}`,
			map[string][]string{sig: {hexMAC(secret, `{"event":"a","event":"b"}`)}},
			webhook.Rejected(webhook.BodyAmbiguous, ""),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := request(tt.body, tt.header)
			claim, err := g.Claim(t.Context(), req, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := scheme.Check(claim, req, []webhook.Secret{key}, []webhook.Algorithm{webhook.HMACSHA256}, received)
			if got.Outcome != tt.want.Outcome || got.Reason != tt.want.Reason || got.Candidate != tt.want.Candidate {
				t.Errorf("verdict = %+v, want %+v", got, tt.want)
			}
			if got.Accepted() && !got.Covers.Has(webhook.CoversBody|webhook.CoversType) {
				t.Errorf("covers = %s, want body and type", got.Covers)
			}
		})
	}
}

// What stands in two places makes an optional condition fail, and a value that
// cannot be read makes a message impossible.
func TestFaultyValues(t *testing.T) {
	g := load(t, shipped(t, "chaindoc-rule"))
	header := map[string][]string{"X-Webhook-Signature": {"00"}, "X-Webhook-Event": {"a", "a"}}
	claim, err := g.Claim(t.Context(), request(`{"event":"a"}`, header), nil)
	if err != nil || len(claim.Conditions) != 1 {
		t.Fatalf("Claim = %+v, %v, want one condition", claim, err)
	}
	if cond := claim.Conditions[0]; cond.Fault != webhook.FieldAmbiguous || cond.Optional {
		t.Errorf("condition over a header that came twice = %+v, want the fault %s and not optional", cond, webhook.FieldAmbiguous)
	}
	claim, err = g.Claim(t.Context(), request(`{`, map[string][]string{"X-Webhook-Signature": {"00"}}), nil)
	if err != nil || len(claim.Conditions) != 1 || claim.Conditions[0].Fault != webhook.BodyMalformed {
		t.Errorf("Claim of a body that is not JSON = %+v, %v, want the fault %s", claim, err, webhook.BodyMalformed)
	}
}

// Two pieces of one header are two places: a signature over one does not cover
// the other.
func TestPlaces(t *testing.T) {
	g := load(t, bad(t, "pieces"))
	req := request("", map[string][]string{"X-Sig": {"t=1,u=2," + hexMAC("a-test-secret", "1")}})
	key, err := webhook.NewSecret("test", []byte("a-test-secret"))
	if err != nil {
		t.Fatal(err)
	}
	for which, want := range map[string]webhook.Coverage{"s": webhook.CoversID, "o": 0, "w": 0, "m": 0} {
		claim, err := g.Claim(t.Context(), req, map[string]string{"case": which})
		if err != nil {
			t.Fatal(err)
		}
		v := scheme.Check(claim, req, []webhook.Secret{key}, []webhook.Algorithm{webhook.HMACSHA256}, received)
		if !v.Accepted() || v.Covers != want {
			t.Errorf("case %s: verdict = %+v, want it accepted and to cover %s", which, v, want)
		}
	}
}

func TestCredentialsAreReferredTo(t *testing.T) {
	g := load(t, bad(t, "token"))
	header := map[string][]string{"Authorization": {"Bearer a-test-token"}, "Cookie": {"session=c1; other=c2"}}
	claim, err := g.Claim(t.Context(), request("", header), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []webhook.Signature{
		{
			Text: "a-test-token", Encodings: []webhook.Encoding{webhook.RawText},
			Origin: webhook.Origin{Kind: webhook.HeaderOrigin, Name: "Authorization"},
		},
		{
			Text: "c1", Encodings: []webhook.Encoding{webhook.RawText},
			Origin: webhook.Origin{Kind: webhook.CookieOrigin, Name: "session"},
		},
	}
	if got := claim.AnyOf[0].AllOf[0].Signatures; !reflect.DeepEqual(got, want) {
		t.Errorf("signatures = %+v, want %+v", got, want)
	}
}
