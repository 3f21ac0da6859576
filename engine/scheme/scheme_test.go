package scheme_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func secret(t testing.TB, label, key string) webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret(label, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compile(t testing.TB, def scheme.Definition, ev scheme.EventDef) *scheme.Scheme {
	t.Helper()
	s, err := scheme.Compile(def, ev, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rawBody(header string) scheme.Definition {
	return scheme.Definition{
		Algorithm: "hmac-sha256",
		Signature: scheme.SignatureDef{Header: scheme.List{header}, Prefix: scheme.List{"sha256="}, Encoding: scheme.List{"hex"}},
		Message:   scheme.MessageDef{{Text: "{body}"}},
	}
}

func stripeLike() scheme.Definition {
	return scheme.Definition{
		Algorithm: "hmac-sha256",
		Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Parse: "kv", Take: "v1", Encoding: scheme.List{"hex"}},
		Message:   scheme.MessageDef{{Text: "{sig.t}.{body}"}},
		Time:      &scheme.TimeDef{From: "{sig.t}", Unit: scheme.List{"s"}, Tolerance: "5m"},
	}
}

// The vector is from RFC 4231, test case 2.
func TestVerifyPublishedHMAC(t *testing.T) {
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	req := &webhook.Request{
		Header: http.Header{"X-Sig": {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}},
		Body:   []byte("what do ya want for nothing?"),
	}
	v := scheme.Verify(s, req, []webhook.Secret{secret(t, "rfc", "Jefe")}, now)
	if !v.Accepted() || v.Secret != "rfc" || v.Covers != webhook.CoversBody {
		t.Errorf("Verify = %+v, want accepted under rfc, covering the body", v)
	}
}

func TestSignatureSyntax(t *testing.T) {
	s := compile(t, stripeLike(), scheme.EventDef{})
	good := signed(t, s, `{"a":1}`)
	value := good.Header.Get("X-Sig")
	at, mac, _ := strings.Cut(value, ",v1=")
	tests := []struct {
		name, header string
		want         webhook.Reason
	}{
		{"as signed", value, ""},
		{"space after the comma", at + ", v1=" + mac, ""},
		{"unknown member", at + ",v0=zz,v1=" + mac, ""},
		{"a wrong one first", at + ",v1=" + strings.Repeat("0", 64) + ",v1=" + mac, ""},
		{"no signature", at, webhook.SignatureMissing},
		{"no pair", "garbage", webhook.SignatureMalformed},
		{"empty", "", webhook.SignatureMalformed},
		{"empty digest", at + ",v1=", webhook.SignatureMalformed},
		{"digest cut", at + ",v1=" + mac[:32], webhook.SignatureMalformed},
		{"the time twice", at + "," + at + ",v1=" + mac, webhook.SignatureMalformed},
		{"no time", "v1=" + mac, webhook.TimestampMissing},
		{"too many", at + strings.Repeat(",v1="+mac, 17), webhook.SignatureMalformed},
		{"too many members", at + strings.Repeat(",x=1", 40) + ",v1=" + mac, webhook.SignatureMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := *good
			req.Header = http.Header{"X-Sig": {tt.header}}
			if v := scheme.Verify(s, &req, []webhook.Secret{secret(t, "s", "key")}, now); v.Reason != tt.want {
				t.Errorf("reason = %q (%s), want %q", v.Reason, v.Detail, tt.want)
			}
		})
	}
}

func signed(t testing.TB, s *scheme.Scheme, body string) *webhook.Request {
	t.Helper()
	req := &webhook.Request{Method: "POST", Target: "/", Header: http.Header{}, Body: []byte(body)}
	err := scheme.Sign(s, req, scheme.Message{ID: "msg_1", Type: "a.b", Time: now}, []webhook.Secret{secret(t, "s", "key")})
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTolerance(t *testing.T) {
	s := compile(t, stripeLike(), scheme.EventDef{})
	req := signed(t, s, "x")
	for _, tt := range []struct {
		at   time.Duration
		want webhook.Reason
	}{
		{0, ""},
		{5 * time.Minute, ""},
		{-5 * time.Minute, ""},
		{5*time.Minute + time.Second, webhook.TimestampTooOld},
		{-5*time.Minute - time.Second, webhook.TimestampInFuture},
		{200 * 365 * 24 * time.Hour, webhook.TimestampTooOld},
	} {
		if v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "key")}, now.Add(tt.at)); v.Reason != tt.want {
			t.Errorf("%v later: reason = %q, want %q", tt.at, v.Reason, tt.want)
		}
	}
}

func TestSecrets(t *testing.T) {
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	req := signed(t, s, "body")
	good, other := secret(t, "good", "key"), secret(t, "other", "another key")
	ended := good
	ended.NotAfter = now.Add(-time.Nanosecond)
	atEnd := good
	atEnd.NotAfter = now
	tests := []struct {
		name    string
		secrets []webhook.Secret
		reason  webhook.Reason
		label   string
	}{
		{"one", []webhook.Secret{good}, "", "good"},
		{"second", []webhook.Secret{other, good}, "", "good"},
		{"wrong", []webhook.Secret{other}, webhook.SignatureMismatch, ""},
		{"ended", []webhook.Secret{ended}, webhook.NoSecret, ""},
		{"ended beside another", []webhook.Secret{ended, other}, webhook.SignatureMismatch, ""},
		{"at its last moment", []webhook.Secret{atEnd}, "", "good"},
		{"none", nil, webhook.NoSecret, ""},
		{"the zero secret", []webhook.Secret{{}}, webhook.NoSecret, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := scheme.Verify(s, req, tt.secrets, now)
			if v.Reason != tt.reason || v.Secret != tt.label {
				t.Errorf("Verify = %q under %q, want %q under %q", v.Reason, v.Secret, tt.reason, tt.label)
			}
		})
	}
}

// The key that an attacker has is the empty one.
func TestEmptyKeyNeverVerifies(t *testing.T) {
	def := rawBody("X-Sig")
	def.Key = "strip:whsec_ | base64"
	s := compile(t, def, scheme.EventDef{})
	req := &webhook.Request{
		// HMAC-SHA256 of "" under the empty key.
		Header: http.Header{"X-Sig": {"sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"}},
	}
	prefixOnly := secret(t, "prefix only", "whsec_")
	if err := s.CheckSecret(prefixOnly); err == nil {
		t.Error("CheckSecret accepts a secret of which nothing is left")
	}
	if v := scheme.Verify(s, req, []webhook.Secret{prefixOnly}, now); v.Reason != webhook.NoSecret {
		t.Errorf("Verify = %+v, want no_secret", v)
	}
}

func TestCompileFaults(t *testing.T) {
	tests := []struct {
		name string
		edit func(*scheme.Definition)
		want string
	}{
		{"algorithm", func(d *scheme.Definition) { d.Algorithm = "hmac-sha3" }, `unknown algorithm "hmac-sha3"`},
		{"header", func(d *scheme.Definition) { d.Signature.Header = nil }, "needs a header"},
		{"encoding", func(d *scheme.Definition) { d.Signature.Encoding = scheme.List{"base32"} }, `unknown encoding "base32"`},
		{"no encoding", func(d *scheme.Definition) { d.Signature.Encoding = nil }, "needs an encoding"},
		{"parse", func(d *scheme.Definition) { d.Signature.Parse = "json" }, `unknown signature.parse "json"`},
		{"take", func(d *scheme.Definition) { d.Signature.Parse = "kv" }, "needs take"},
		{"take without parse", func(d *scheme.Definition) { d.Signature.Take = "v1" }, "go with parse"},
		{"no message", func(d *scheme.Definition) { d.Message = nil }, "needs a message"},
		{"unkeyed", func(d *scheme.Definition) { d.Algorithm = "sha256" }, "no key takes part"},
		{"open brace", func(d *scheme.Definition) { d.Message[0].Text = "{body" }, "without its }"},
		{"closing brace", func(d *scheme.Definition) { d.Message[0].Text = "body}" }, "without its {"},
		{"value", func(d *scheme.Definition) { d.Message[0].Text = "{boddy}" }, "unknown value {boddy}"},
		{"pipe", func(d *scheme.Definition) { d.Message[0].Text = "{header.x | rot13}" }, `unknown pipe "rot13"`},
		{"piped secret", func(d *scheme.Definition) { d.Message[0].Text = "{secret | uuid:N}" }, "neither the secret"},
		{"setting", func(d *scheme.Definition) { d.Message[0].Text = "{setting.x}" }, `no setting "x"`},
		{"key", func(d *scheme.Definition) { d.Key = "rot13" }, `unknown key step "rot13"`},
		{"zero tolerance", func(d *scheme.Definition) {
			d.Time = &scheme.TimeDef{From: "{header.x}", Unit: scheme.List{"s"}, Tolerance: "0s"}
		}, "neither a positive duration"},
		{"time unit", func(d *scheme.Definition) { d.Time = &scheme.TimeDef{From: "{header.x}", Unit: scheme.List{"m"}} }, "unknown time unit"},
		{"time without a tolerance", func(d *scheme.Definition) { d.Time = &scheme.TimeDef{From: "{header.x}", Unit: scheme.List{"s"}} }, `neither a positive duration such as "5m" nor "off"`},
		{"time text", func(d *scheme.Definition) { d.Time = &scheme.TimeDef{From: "at {header.x}", Unit: scheme.List{"s"}} }, "must be one value"},
		{"require", func(d *scheme.Definition) { d.Require = []scheme.RequireDef{{Equals: []string{"{header.x}"}}} }, "needs either"},
		{"rule and message", func(d *scheme.Definition) { d.Rule = "rule.js" }, "takes algorithms alone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			def := rawBody("X-Sig")
			tt.edit(&def)
			_, err := scheme.Compile(def, scheme.EventDef{}, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Compile = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// What Sign makes, Verify accepts, for every way of writing a signature.
func TestSignRoundTrip(t *testing.T) {
	list := stripeLike()
	list.Signature = scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Parse: "list", Take: "v1", Encoding: scheme.List{"base64"}}
	list.Message = scheme.MessageDef{{Text: "{header.x-id}.{header.x-time}.{body}"}}
	list.Time = &scheme.TimeDef{From: "{header.x-time}", Unit: scheme.List{"ms"}, Tolerance: "1m"}
	digest := rawBody("X-Sig")
	digest.Algorithm, digest.Signature.Encoding = "sha512", scheme.List{"HEX"}
	digest.Message = scheme.MessageDef{{Text: "{body}.{secret}"}}
	url64 := rawBody("X-Sig")
	url64.Signature.Encoding = scheme.List{"base64url"}
	stringify := rawBody("X-Sig")
	stringify.Message = scheme.MessageDef{{Name: "raw", Text: "{body}"}, {Name: "new", Text: "{body | stringify:ecmascript}", Sign: true}}
	for name, def := range map[string]scheme.Definition{
		"prefix": rawBody("X-Sig"), "kv": stripeLike(), "list": list, "digest": digest, "base64url": url64, "stringify": stringify,
	} {
		t.Run(name, func(t *testing.T) {
			s := compile(t, def, scheme.EventDef{ID: "{header.x-id}"})
			req := signed(t, s, `{"b": 1.50, "a": "é"}`)
			secrets := []webhook.Secret{secret(t, "s", "key")}
			if v := scheme.Verify(s, req, secrets, now); !v.Accepted() {
				t.Fatalf("Verify = %s (%s) of %v", v.Reason, v.Detail, req.Header)
			}
			req.Body = append(req.Body, ' ')
			if v := scheme.Verify(s, req, secrets, now); v.Accepted() && !v.Restringified {
				t.Error("Verify accepts another body")
			}
		})
	}
}

func TestToken(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"X-Token"}, Encoding: scheme.List{"raw"}},
	}, scheme.EventDef{})
	for _, tt := range []struct {
		sent string
		want webhook.Reason
	}{{"key", ""}, {"keys", webhook.SignatureMismatch}, {"ke", webhook.SignatureMismatch}, {"", webhook.SignatureMalformed}} {
		req := &webhook.Request{Header: http.Header{"X-Token": {tt.sent}}}
		v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "key")}, now)
		if v.Reason != tt.want || v.Covers != 0 {
			t.Errorf("token %q: %q covering %s, want %q covering none", tt.sent, v.Reason, v.Covers, tt.want)
		}
	}
	if got := s.SecretHeaders(); len(got) != 1 || got[0] != "X-Token" {
		t.Errorf("SecretHeaders = %v, want X-Token, which is the secret itself", got)
	}
}

func TestTruncatedBodyIsRefused(t *testing.T) {
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	req := signed(t, s, "body")
	req.Truncated = true
	if v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "key")}, now); v.Reason != webhook.BodyTruncated {
		t.Errorf("Verify = %+v, want body_truncated", v)
	}
}

// Who looks at a refusal learns where the signature should have been.
func TestSignatureMissingNamesItsHeaders(t *testing.T) {
	for _, tt := range []struct {
		name string
		with func(*scheme.SignatureDef)
		want string
	}{
		{"one", func(*scheme.SignatureDef) {}, "there is no header X-Sig"},
		{"several names", func(d *scheme.SignatureDef) { d.Header = append(d.Header, "x-old-sig") }, "there is no header X-Sig or X-Old-Sig"},
		{"repeated", func(d *scheme.SignatureDef) { d.Repeats = true }, "there is no header X-Sig"},
		{"numbered", func(d *scheme.SignatureDef) { d.Numbered = 3 }, "there is no header X-Sig1 to X-Sig3"},
	} {
		def := rawBody("X-Sig")
		tt.with(&def.Signature)
		s := compile(t, def, scheme.EventDef{})
		v := scheme.Verify(s, &webhook.Request{Method: "POST", Header: http.Header{}}, []webhook.Secret{secret(t, "s", "key")}, now)
		if v.Reason != webhook.SignatureMissing || v.Detail != tt.want {
			t.Errorf("%s: Verify = %s %q, want %q", tt.name, v.Reason, v.Detail, tt.want)
		}
	}
}
