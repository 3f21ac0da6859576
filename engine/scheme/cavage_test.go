package scheme_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestCavageRefusals(t *testing.T) {
	s := compile(t, keygenLike(), scheme.EventDef{})
	key, text := pairOfSeed()
	secrets := []webhook.Secret{secret(t, "acc", text)}
	const body, date = `{"data":{}}`, "Fri, 02 Jan 2026 03:04:05 GMT"
	sum := sha256.Sum256([]byte(body))
	digest := "sha-256=" + base64.StdEncoding.EncodeToString(sum[:])
	const list = "(request-target) host date digest"
	base := "(request-target): post /in?a=b\nhost: example.com\ndate: " + date + "\ndigest: " + digest
	sig := base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(base)))
	right := `keyid="acc", algorithm="ed25519", signature="` + sig + `", headers="` + list + `"`
	swap := func(from, to string) string { return strings.Replace(right, from, to, 1) }
	for _, tt := range []struct {
		name, header string
		change       func(*webhook.Request)
		want         webhook.Reason
	}{
		{name: "right", header: right},
		{name: "without spaces, in another order", header: `headers="` + list + `",signature="` + sig + `",keyId="acc"`},
		{name: "hs2019", header: swap(`"ed25519"`, `"hs2019"`)},
		{name: "digest in upper case is another text", header: right, change: func(r *webhook.Request) {
			r.Header.Set("Digest", strings.Replace(digest, "sha", "SHA", 1))
		}, want: webhook.SignatureMismatch},
		{name: "another body", header: right, change: func(r *webhook.Request) { r.Body = []byte("{}") }, want: webhook.ConditionFailed},
		{name: "another target", header: right, change: func(r *webhook.Request) { r.Target = "/in?a=c" }, want: webhook.SignatureMismatch},
		{name: "another method", header: right, change: func(r *webhook.Request) { r.Method = "PUT" }, want: webhook.SignatureMismatch},
		{name: "another host", header: right, change: func(r *webhook.Request) { r.Host = "example.org" }, want: webhook.SignatureMismatch},
		{name: "another date", header: right, change: func(r *webhook.Request) { r.Header.Set("Date", "Fri, 02 Jan 2026 03:04:06 GMT") }, want: webhook.SignatureMismatch},
		{name: "no date", header: right, change: func(r *webhook.Request) { r.Header.Del("Date") }, want: webhook.TimestampMissing},
		{name: "no digest", header: right, change: func(r *webhook.Request) { r.Header.Del("Digest") }, want: webhook.FieldMissing},
		{name: "digest twice", header: right, change: func(r *webhook.Request) { r.Header.Add("Digest", digest) }, want: webhook.FieldAmbiguous},
		{name: "line break in the target", header: right, change: func(r *webhook.Request) { r.Target = "/in\nhost: b" }, want: webhook.FieldMalformed},
		{name: "another algorithm", header: swap(`"ed25519"`, `"hmac-sha256"`), want: webhook.AlgorithmNotAllowed},
		{name: "digest not listed", header: swap(" digest", ""), want: webhook.FieldMissing},
		{name: "component twice", header: swap(" digest", " digest digest"), want: webhook.SignatureMalformed},
		{name: "component in upper case", header: swap(" digest", " Digest"), want: webhook.SignatureMalformed},
		{name: "two spaces", header: swap(" digest", "  digest"), want: webhook.SignatureMalformed},
		{name: "unknown pseudo-header", header: swap(" digest", " digest (x)"), want: webhook.SignatureMalformed},
		{name: "no list", header: swap(`, headers="`+list+`"`, ""), want: webhook.SignatureMalformed},
		{name: "no signature", header: swap(`signature="`+sig+`", `, ""), want: webhook.SignatureMalformed},
		{name: "signature twice", header: right + `, signature="` + sig + `"`, want: webhook.SignatureMalformed},
		{name: "list twice", header: right + `, headers="date"`, want: webhook.SignatureMalformed},
		{name: "two names of the key", header: right + `, keyId="acc"`, want: webhook.SignatureMalformed},
		{name: "unknown parameter", header: right + `, x="1"`, want: webhook.SignatureMalformed},
		{name: "parameter without quotes", header: swap(`keyid="acc"`, "keyid=acc"), want: webhook.SignatureMalformed},
		{name: "created in quotes", header: right + `, created="1"`, want: webhook.SignatureMalformed},
		{name: "escape", header: swap(`keyid="acc"`, `keyid="a\cc"`), want: webhook.SignatureMalformed},
		{name: "not ASCII", header: swap(`keyid="acc"`, `keyid="acé"`), want: webhook.SignatureMalformed},
		{name: "no end of a value", header: right[:len(right)-1], want: webhook.SignatureMalformed},
		{name: "no comma", header: swap(`", algorithm`, `" algorithm`), want: webhook.SignatureMalformed},
		{name: "comma at the end", header: right + ",", want: webhook.SignatureMalformed},
		{name: "too long", header: swap(`keyid="acc"`, `keyid="`+strings.Repeat("x", 16<<10)+`"`), want: webhook.SignatureMalformed},
		{name: "expired", header: right + ", expires=1", want: webhook.TimestampTooOld},
	} {
		req := &webhook.Request{
			Method: "POST", Scheme: "https", Host: "example.com", Target: "/in?a=b",
			Header: http.Header{"Keygen-Signature": {tt.header}, "Date": {date}, "Digest": {digest}}, Body: []byte(body),
		}
		if tt.change != nil {
			tt.change(req)
		}
		v := scheme.Verify(s, req, secrets, now)
		if v.Reason != tt.want || v.Accepted() != (tt.want == "") {
			t.Errorf("%s: Verify = %s %s %s, want %q", tt.name, v.Outcome, v.Reason, v.Detail, tt.want)
		}
		if v.Accepted() && v.Covers != webhook.CoversBody|webhook.CoversTime {
			t.Errorf("%s: covers %s, want body and time", tt.name, v.Covers)
		}
	}
}

func TestCavageSigned(t *testing.T) {
	def := keygenLike()
	def.Signature.Components = append(def.Signature.Components, "(created)")
	for _, from := range []scheme.TimeDef{
		{From: "{header.Date}", Unit: scheme.List{"http-date"}, Tolerance: "5m"},
		{From: "{sig.created}", Unit: scheme.List{"s"}, Tolerance: "5m"},
	} {
		def.Time = &from
		s := compile(t, def, scheme.EventDef{})
		_, text := pairOfSeed()
		req := &webhook.Request{Method: "POST", Host: "example.com", Target: "/in", Body: []byte("{}"), Header: http.Header{"Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}}}
		secrets := []webhook.Secret{secret(t, "acc", text)}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatal(err)
		}
		v := scheme.Verify(s, req, secrets, now)
		if !v.Accepted() || v.Covers != webhook.CoversBody|webhook.CoversTime || s.KeyID(req) != "acc" {
			t.Errorf("%s: Verify = %s %s %s, covers %s, key %q, want accepted, body and time, acc: %v", from.From, v.Outcome, v.Reason, v.Detail, v.Covers, s.KeyID(req), req.Header)
		}
	}
}
